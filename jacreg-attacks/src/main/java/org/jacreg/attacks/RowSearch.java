package org.jacreg.attacks;

import java.util.Arrays;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Projection;
import org.jacreg.attacks.threat.Region;
import org.jacreg.classifier.Classifier;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Projected ascent on the cross-entropy on rows, with or without momentum: what {@link GradientSearch} does on arrays, for every norm and
 * with limits on features.
 *
 * @param options what to do
 * @param decay how much of the momentum stays from one step to the next; 0 for none
 * @param name the attack's configuration, for the result
 */
record RowSearch(Pgd.Options options, double decay, String name) {

    AttackResult run(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        Search search = Search.strongest(options.threat().norm(), options.targeted());
        Oracle oracle = Oracle.of(model, x, y, search, listener);
        Region region =
                QuietOps.call(() -> Region.of(options.threat(), oracle.batch().points(), model.box()));
        for (int restart = 0; restart < options.restarts(); restart++) {
            int[] rows = restart == 0 ? oracle.all() : oracle.unbroken();
            if (rows.length > 0) {
                climb(oracle, region, rows, restart);
            }
        }
        return oracle.result(name, options.seed());
    }

    private void climb(Oracle oracle, Region region, int[] rows, int restart) {
        long seed = Seeds.restart(options.seed(), restart);
        double[][] points = options.randomStart()
                ? Arrays.stream(rows)
                        .mapToObj(row -> region.randomPoint(row, seed))
                        .toArray(double[][]::new)
                : oracle.copies(rows);
        double[][] momenta = new double[rows.length][oracle.entries()];
        LogitLoss loss = AttackLosses.crossEntropy(oracle::label, options.targeted());
        for (int k = 0; k < options.steps(); k++) {
            Gradients answer = oracle.gradients(rows, points, loss);
            for (int i = 0; i < rows.length; i++) {
                accumulate(momenta[i], answer.inputs()[i], region, rows[i]);
                move(region, rows[i], points[i], momenta[i]);
            }
            oracle.progress((long) restart * options.steps() + k + 1, (long) options.restarts() * options.steps());
        }
        oracle.logits(rows, points);
    }

    /** {@code m <- decay m + g / ||g||_1}, without features that may not change. */
    private void accumulate(double[] momentum, double[] gradient, Region region, int row) {
        RowStep.mask(region, row, gradient);
        double greatest = 0;
        for (double g : gradient) {
            greatest = Math.max(greatest, Math.abs(g));
        }
        double sum = 0;
        for (double g : gradient) {
            sum += greatest > 0 ? Math.abs(g / greatest) : 0;
        }
        for (int j = 0; j < momentum.length; j++) {
            momentum[j] = decay * momentum[j] + (sum > 0 ? gradient[j] / greatest / sum : 0);
        }
    }

    private void move(Region region, int row, double[] point, double[] direction) {
        if (region.norm() == Norm.L1) {
            int entries = Math.max(1, (int) Math.round(options.density() * point.length));
            RowStep.spend(region, row, point, direction, options.stepSize(), entries);
        } else {
            RowStep.add(region.norm(), point, direction, options.stepSize());
        }
        if (options.projection() == Projection.RESCALE_THEN_CLIP && region.norm() != Norm.LINF) {
            rescale(region, row, point);
        } else {
            region.project(row, point);
        }
    }

    private static void rescale(Region region, int row, double[] point) {
        double[] center = region.center(row);
        double factor = Math.min(1, region.epsilon() / region.distance(row, point));
        for (int j = 0; j < point.length; j++) {
            point[j] = factor < 1 ? center[j] + factor * (point[j] - center[j]) : point[j];
        }
        region.clip(row, point);
    }
}
