package org.jacreg.bounds.certify.estimate;

import java.util.Arrays;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.classifier.InputBox;

/** Points drawn uniformly from a ball around an input, then moved into the box coordinate by coordinate. */
final class BallPoints {

    private final double[] center;
    private final double radius;
    private final BallNorm norm;
    private final InputBox box;
    private final RandomGenerator random;

    /** The points are a function of the seed and of the input's values. */
    BallPoints(double[] center, double radius, BallNorm norm, InputBox box, long seed) {
        this.center = center;
        this.radius = radius;
        this.norm = norm;
        this.box = box;
        long values = 31L * Arrays.hashCode(center) + center.length;
        this.random = new Well19937c(new int[] {(int) seed, (int) (seed >>> 32), (int) values, (int) (values >>> 32)});
    }

    double[] next() {
        double[] step = direction();
        for (int i = 0; i < step.length; i++) {
            step[i] = Math.min(box.upper(), Math.max(box.lower(), center[i] + radius * step[i]));
        }
        return step;
    }

    /** A point of the unit ball. */
    private double[] direction() {
        double[] step = new double[center.length];
        double sum = 0;
        for (int i = 0; i < step.length; i++) {
            switch (norm) {
                case L1 -> {
                    // spacings of sorted uniform numbers are exponential numbers over their sum
                    step[i] = -Math.log(1 - random.nextDouble());
                    sum += step[i];
                }
                case L2 -> {
                    step[i] = random.nextGaussian();
                    sum += step[i] * step[i];
                }
                case LINF -> step[i] = 2 * random.nextDouble() - 1;
            }
        }
        double scale = switch (norm) {
            case L1 -> 1 / (sum - Math.log(1 - random.nextDouble()));
            case L2 -> Math.pow(random.nextDouble(), 1.0 / step.length) / Math.sqrt(sum);
            case LINF -> 1;
        };
        for (int i = 0; i < step.length; i++) {
            step[i] *= norm == BallNorm.L1 && random.nextBoolean() ? -scale : scale;
        }
        return step;
    }
}
