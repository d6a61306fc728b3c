package org.jacreg.attacks;

import java.util.Arrays;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Region;
import org.jacreg.classifier.Classifier;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One call of {@link Fmn}. */
final class FmnSearch {

    private final Fmn.Options options;
    private final Oracle oracle;
    private final Region region;
    private final double[] epsilon;
    private final double[] found;

    FmnSearch(Fmn.Options options, Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        this.options = options;
        this.oracle = Oracle.of(model, x, y, Search.closest(options.norm(), options.targeted()), listener);
        this.region = QuietOps.call(() -> Region.unbounded(
                options.norm(), options.limits(), oracle.batch().points(), model.box()));
        this.epsilon = new double[oracle.size()];
        this.found = new double[oracle.size()];
        Arrays.fill(epsilon, Double.POSITIVE_INFINITY);
        Arrays.fill(found, Double.POSITIVE_INFINITY);
    }

    AttackResult run(String name) {
        int[] rows = oracle.missed();
        Active active = new Active(rows, oracle.copies(rows));
        LogitLoss margin = Margin.of(oracle, options.targeted());
        for (int step = 0; step < options.steps() && !active.isEmpty(); step++) {
            Gradients gradients = oracle.gradients(active.rows(), active.points(), margin);
            Rates rates = new Rates(
                    annealed(step, options.radiusRate(), options.lastRadiusRate()),
                    annealed(step, options.stepSize(), options.lastStepSize()));
            active.keep(i -> move(active.row(i), active.point(i), gradients, i, rates));
            oracle.progress(step + 1, options.steps());
        }
        oracle.logits(active.rows(), active.points());
        oracle.progress(options.steps(), options.steps());
        return oracle.result(name, 0);
    }

    /** By how much the radius changes in a step, and the length of the step. */
    private record Rates(double radius, double step) {}

    private double annealed(int step, double first, double last) {
        return last + (first - last) * (1 + Math.cos(Math.PI * step / options.steps())) / 2;
    }

    /** Adapts the radius, steps and projects; says whether the sample can still move. */
    private boolean move(int row, double[] point, Gradients gradients, int i, Rates rates) {
        double[] gradient = gradients.inputs()[i];
        FrozenFeatures.clear(region, row, gradient);
        double length = Norm.L2.length(gradient);
        double distance = region.distance(row, point);
        if (oracle.isHit(row, gradients.logits()[i])) {
            found[row] = Math.min(found[row], distance);
            epsilon[row] = Math.min((1 - rates.radius()) * epsilon[row], found[row]);
        } else if (length == 0) {
            return false;
        } else if (found[row] < Double.POSITIVE_INFINITY) {
            epsilon[row] *= 1 + rates.radius();
        } else {
            double away =
                    Math.abs(gradients.values()[i]) / options.norm().dual().length(gradient);
            // on a linear model the sum ends on the boundary, where a tie is no error
            epsilon[row] = (1 + rates.radius()) * (distance + away);
        }
        if (length > 0) {
            for (int j = 0; j < point.length; j++) {
                point[j] += rates.step() * gradient[j] / length;
            }
        }
        region.project(row, point, epsilon[row]);
        return true;
    }
}
