package org.jacreg.attacks;

import java.util.Arrays;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Region;
import org.jacreg.classifier.Classifier;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One call of {@link ElasticNet}. */
final class ElasticNetSearch {

    private final ElasticNet.Options options;
    private final Oracle oracle;
    private final Region region;
    private final WeightSearch weights;

    ElasticNetSearch(ElasticNet.Options options, Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        this.options = options;
        Search search = Search.closest(Norm.L1, options.targeted());
        this.oracle = Oracle.of(
                model,
                x,
                y,
                options.decision() == ElasticNet.Decision.L1 ? search : search.by(this::elasticNet),
                listener);
        this.region = QuietOps.call(
                () -> Region.unbounded(Norm.L1, options.limits(), oracle.batch().points(), model.box()));
        this.weights = new WeightSearch(oracle.size(), options.weight());
    }

    private double elasticNet(double[] point, double[] input) {
        double euclidean = Norm.L2.distance(point, input);
        return euclidean * euclidean + options.beta() * Norm.L1.distance(point, input);
    }

    AttackResult run(String name) {
        long total = (long) options.searches() * options.steps();
        int[] rows = oracle.missed();
        for (int search = 0; search < options.searches() && rows.length > 0; search++) {
            new Descent(rows).run((long) search * options.steps(), total);
            Arrays.stream(rows).forEach(weights::next);
        }
        oracle.progress(total, total);
        return oracle.result(name, 0);
    }

    /** The minimisation for one choice of weights. */
    private final class Descent {

        /** At the extrapolated points {@code y_k}. */
        private final Active active;

        /** The iterates {@code x_k}. */
        private final double[][] iterates = new double[oracle.size()][];

        Descent(int[] rows) {
            this.active = new Active(rows, oracle.copies(rows));
            for (int row : rows) {
                iterates[row] = oracle.input(row).clone();
            }
        }

        void run(long done, long total) {
            LogitLoss margin = Margin.of(oracle, options.targeted());
            for (int step = 0; step < options.steps() && !active.isEmpty(); step++) {
                Gradients found = oracle.gradients(active.rows(), active.points(), margin);
                double size = options.stepSize() * Math.sqrt(1 - (double) step / options.steps());
                double[][] next = new double[active.size()][];
                Arrays.setAll(next, i -> shrunk(active.row(i), active.point(i), found, i, size));
                double[][] logits = oracle.logits(active.rows(), next);
                double momentum = step / (step + 3.0);
                active.keep(i -> extrapolate(active.row(i), active.point(i), next[i], logits[i], momentum));
                oracle.progress(done + step + 1, total);
            }
        }

        /** A gradient step on the smooth part, then the shrinkage of changes, then the box. */
        private double[] shrunk(int row, double[] point, Gradients found, int i, double size) {
            double weight = options.confidence() - found.values()[i] > 0 ? weights.of(row) : 0;
            double[] gradient = found.inputs()[i];
            double[] input = oracle.input(row);
            double[] next = new double[point.length];
            for (int j = 0; j < next.length; j++) {
                double change = point[j] - input[j];
                double moved = change - size * (2 * change - weight * gradient[j]);
                next[j] = input[j] + Math.signum(moved) * Math.max(0, Math.abs(moved) - options.beta());
            }
            region.clip(row, next);
            return next;
        }

        /** Goes on from an iterate; says whether there is a point in it: what does not leave the input never will, as steps get smaller. */
        private boolean extrapolate(int row, double[] point, double[] next, double[] logits, double momentum) {
            double margin = LogitMargin.of(logits, oracle.label(row)) * (options.targeted() ? 1 : -1);
            if (oracle.isHit(row, logits) && margin >= options.confidence()) {
                weights.reached(row);
            }
            double[] input = oracle.input(row);
            boolean resting = Arrays.equals(point, input) && Arrays.equals(next, input);
            double[] before = iterates[row];
            for (int j = 0; j < point.length; j++) {
                point[j] = next[j] + momentum * (next[j] - before[j]);
            }
            region.clip(row, point);
            iterates[row] = next;
            return !resting;
        }
    }
}
