package org.jacreg.attacks;

import java.util.Arrays;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Region;
import org.jacreg.classifier.Classifier;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One call of {@link Ddn}. */
final class DdnSearch {

    private final Ddn.Options options;
    private final Oracle oracle;
    private final Region region;
    private final double[] radius;

    DdnSearch(Ddn.Options options, Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        this.options = options;
        this.oracle = Oracle.of(model, x, y, Search.closest(Norm.L2, options.targeted()), listener);
        this.region = QuietOps.call(
                () -> Region.unbounded(Norm.L2, options.limits(), oracle.batch().points(), model.box()));
        this.radius = new double[oracle.size()];
        Arrays.fill(radius, options.radius());
    }

    AttackResult run(String name) {
        int[] rows = oracle.missed();
        Active active = new Active(rows, oracle.copies(rows));
        LogitLoss loss = AttackLosses.crossEntropy(oracle::label, options.targeted());
        for (int step = 0; step < options.steps() && !active.isEmpty(); step++) {
            Gradients found = oracle.gradients(active.rows(), active.points(), loss);
            double share = (1 + Math.cos(Math.PI * step / options.steps())) / 2;
            double length = options.lastStepSize() + (options.stepSize() - options.lastStepSize()) * share;
            active.keep(i -> move(active.row(i), active.point(i), found, i, length));
            oracle.progress(step + 1, options.steps());
        }
        oracle.logits(active.rows(), active.points());
        oracle.progress(options.steps(), options.steps());
        return oracle.result(name, 0);
    }

    /** Steps, adapts the radius and rescales; says whether the sample can still move. */
    private boolean move(int row, double[] point, Gradients found, int i, double stepSize) {
        double[] gradient = found.inputs()[i];
        FrozenFeatures.clear(region, row, gradient);
        boolean hit = oracle.isHit(row, found.logits()[i]);
        double slope = Norm.L2.length(gradient);
        if (slope == 0 && !hit) {
            return false;
        }
        radius[row] *= hit ? 1 - options.radiusRate() : 1 + options.radiusRate();
        double[] input = oracle.input(row);
        double[] change = new double[point.length];
        for (int j = 0; j < point.length; j++) {
            change[j] = point[j] - input[j] + (slope > 0 ? stepSize * gradient[j] / slope : 0);
        }
        double size = Norm.L2.length(change);
        if (size == 0) {
            return false;
        }
        for (int j = 0; j < point.length; j++) {
            point[j] = input[j] + radius[row] * change[j] / size;
        }
        region.clip(row, point);
        return true;
    }
}
