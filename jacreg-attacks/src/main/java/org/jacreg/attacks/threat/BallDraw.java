package org.jacreg.attacks.threat;

import java.util.SplittableRandom;

/** Uniform draws from balls around the origin. */
final class BallDraw {

    private BallDraw() {}

    /*
     * l2: a Gaussian direction times U^(1/D). l1: signed exponentials over their sum are uniform on the sphere, times U^(1/D) in the ball
     * (Barthe, Guedon, Mendelson, Naor 2005 for all l_p).
     */

    static double[] uniform(Norm norm, double epsilon, int entries, SplittableRandom random) {
        double[] draw = new double[entries];
        double size = 0;
        for (int j = 0; j < entries; j++) {
            draw[j] = switch (norm) {
                case LINF -> epsilon * (2 * random.nextDouble() - 1);
                case L2 -> random.nextGaussian();
                case L1 -> random.nextExponential() * (random.nextBoolean() ? 1 : -1);
            };
            size += norm == Norm.L2 ? draw[j] * draw[j] : Math.abs(draw[j]);
        }
        if (norm == Norm.LINF) {
            return draw;
        }
        double radius = epsilon * Math.pow(random.nextDouble(), 1.0 / entries);
        double scale = size > 0 ? radius / (norm == Norm.L2 ? Math.sqrt(size) : size) : 0;
        for (int j = 0; j < entries; j++) {
            draw[j] *= scale;
        }
        return draw;
    }
}
