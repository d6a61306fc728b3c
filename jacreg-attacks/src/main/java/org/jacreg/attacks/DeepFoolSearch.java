package org.jacreg.attacks;

import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Region;
import org.jacreg.classifier.Classifier;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One call of {@link DeepFool}. */
final class DeepFoolSearch {

    /** Added to the length of a step, so that steps to a boundary that is all but reached do not vanish. */
    private static final double LEAST_STEP = 1e-4;

    private final DeepFool.Options options;
    private final Oracle oracle;
    private final Region region;
    private final Boundaries boundaries;
    private final double[][] sums;

    DeepFoolSearch(DeepFool.Options options, Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        this.options = options;
        this.oracle = Oracle.of(model, x, y, Search.closest(options.norm(), options.targeted()), listener);
        this.region = QuietOps.call(() -> Region.unbounded(
                options.norm(), options.limits(), oracle.batch().points(), model.box()));
        this.boundaries = new Boundaries(oracle, region, options.norm());
        this.sums = new double[oracle.size()][oracle.entries()];
    }

    AttackResult run(String name) {
        int[][] rivals = boundaries.rivals(options.classes() - 1);
        int[] rows = oracle.missed();
        Active active = new Active(rows, oracle.copies(rows));
        for (int step = 0; step < options.steps() && !active.isEmpty(); step++) {
            Boundaries.Boundary[] near = options.targeted()
                    ? boundaries.towardsLabel(active.rows(), active.points())
                    : boundaries.nearest(active.rows(), active.points(), rivals);
            int[] moving = active.keep(
                    i -> !near[i].isOutOfReach() && !oracle.findings().isBroken(active.row(i)));
            for (int i = 0; i < active.size(); i++) {
                step(active.row(i), active.point(i), near[moving[i]]);
            }
            oracle.progress(step + 1, options.steps());
        }
        oracle.logits(active.rows(), active.points());
        oracle.progress(options.steps(), options.steps());
        return oracle.result(name, 0);
    }

    private void step(int row, double[] point, Boundaries.Boundary near) {
        double[] sum = sums[row];
        double[] input = oracle.input(row);
        double[] normal = near.normal();
        double length = near.distance() + LEAST_STEP;
        double slope = Norm.L2.length(normal);
        for (int j = 0; j < point.length; j++) {
            sum[j] += length * (options.norm() == Norm.L2 ? normal[j] / slope : Math.signum(normal[j]));
            point[j] = input[j] + (1 + options.overshoot()) * sum[j];
        }
        region.clip(row, point);
    }
}
