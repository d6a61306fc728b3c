package org.jacreg.attacks;

import java.util.Arrays;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Region;
import org.jacreg.classifier.Classifier;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One call of {@link CarliniWagner}. */
final class CarliniWagnerSearch {

    /** The objective must fall below this share of its value a tenth of the steps ago. */
    private static final double PROGRESS = 0.9999;

    private static final int CHECKS = 10;

    private final CarliniWagner.Options options;
    private final Oracle oracle;
    private final Region region;
    private final BoxVariables box;
    private final WeightSearch weights;
    private final boolean[] hopeless;

    CarliniWagnerSearch(
            CarliniWagner.Options options, Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        this.options = options;
        this.oracle = Oracle.of(model, x, y, Search.closest(Norm.L2, options.targeted()), listener);
        this.region = QuietOps.call(
                () -> Region.unbounded(Norm.L2, options.limits(), oracle.batch().points(), model.box()));
        this.box = new BoxVariables(region);
        this.weights = new WeightSearch(oracle.size(), options.weight());
        this.hopeless = new boolean[oracle.size()];
    }

    AttackResult run(String name) {
        long total = (long) options.searches() * options.steps();
        for (int search = 0; search < options.searches(); search++) {
            int[] rows =
                    Arrays.stream(oracle.missed()).filter(row -> !hopeless[row]).toArray();
            new Descent(rows).run((long) search * options.steps(), total);
            Arrays.stream(rows).forEach(weights::next);
        }
        oracle.progress(total, total);
        return oracle.result(name, 0);
    }

    /** The minimisation for one choice of weights. */
    private final class Descent {

        private final Active active;
        private final AdamRows adam = new AdamRows(oracle.size(), oracle.entries());
        private final double[][] variables = new double[oracle.size()][];
        private final double[] lastObjective = new double[oracle.size()];

        Descent(int[] rows) {
            this.active = new Active(rows, oracle.copies(rows));
            Arrays.fill(lastObjective, Double.POSITIVE_INFINITY);
            for (int row : rows) {
                variables[row] = box.start(row);
            }
        }

        void run(long done, long total) {
            LogitLoss margin = Margin.of(oracle, options.targeted());
            int window = Math.max(1, options.steps() / CHECKS);
            for (int step = 0; step < options.steps() && !active.isEmpty(); step++) {
                for (int i = 0; i < active.size(); i++) {
                    box.point(active.row(i), variables[active.row(i)], active.point(i));
                }
                Gradients found = oracle.gradients(active.rows(), active.points(), margin);
                boolean check = step % window == 0;
                active.keep(i -> descend(active.row(i), active.point(i), found, i, check));
                oracle.progress(done + step + 1, total);
            }
        }

        /** Takes a step; says whether there is a point in another one. */
        private boolean descend(int row, double[] point, Gradients found, int i, boolean check) {
            double missing = options.confidence() - found.values()[i];
            double[] gradient = found.inputs()[i];
            double[] input = oracle.input(row);
            double weight = missing > 0 ? weights.of(row) : 0;
            double objective = Math.max(0, missing) * weights.of(row);
            FrozenFeatures.clear(region, row, gradient);
            hopeless[row] |= missing > 0 && !oracle.findings().isBroken(row) && Norm.L2.length(gradient) == 0;
            if (oracle.isHit(row, found.logits()[i]) && missing <= 0) {
                weights.reached(row);
            }
            for (int j = 0; j < gradient.length; j++) {
                double change = point[j] - input[j];
                objective += change * change;
                gradient[j] = 2 * change - weight * gradient[j];
            }
            if (hopeless[row] || (check && objective > PROGRESS * lastObjective[row])) {
                return false;
            }
            lastObjective[row] = check ? objective : lastObjective[row];
            box.pullBack(row, variables[row], gradient);
            double[] direction = adam.direction(row, gradient);
            for (int j = 0; j < direction.length; j++) {
                variables[row][j] -= options.stepSize() * direction[j];
            }
            return true;
        }
    }
}
