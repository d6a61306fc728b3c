package org.jacreg.attacks;

import org.jacreg.attacks.threat.Region;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.Classifier;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Asks about random points, one after the other, for every sample that is not broken yet.
 *
 * @param threat where the points lie
 * @param repeats how many points a sample gets at most
 * @param seed the seed of all draws
 * @param targeted whether labels are classes to reach
 */
record NoiseSearch(ThreatModel threat, int repeats, long seed, boolean targeted) {

    /** Makes a point of a region. */
    @FunctionalInterface
    interface Draw {
        double[] point(Region region, int row, long seed);
    }

    AttackResult run(Draw draw, String name, Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        Oracle oracle = Oracle.of(model, x, y, Search.strongest(threat.norm(), targeted), listener);
        Region region = QuietOps.call(() -> Region.of(threat, oracle.batch().points(), model.box()));
        for (int repeat = 0; repeat < repeats; repeat++) {
            int[] rows = oracle.unbroken();
            if (rows.length == 0) {
                break;
            }
            double[][] points = new double[rows.length][];
            for (int i = 0; i < rows.length; i++) {
                points[i] = draw.point(region, rows[i], Seeds.restart(seed, repeat));
            }
            oracle.logits(rows, points);
            oracle.progress(repeat + 1L, repeats);
        }
        return oracle.result(name, seed);
    }
}
