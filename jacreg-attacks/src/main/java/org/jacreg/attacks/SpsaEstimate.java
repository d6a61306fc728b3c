package org.jacreg.attacks;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jacreg.attacks.threat.Region;

/**
 * Gradients of the margin from differences along random signs: {@code (1 / samples) sum_i (m(x + delta v_i) - m(x - delta v_i)) / (2 delta) *
 * v_i}, unbiased where {@code m} is linear, entry {@code j} with the variance {@code (||g||^2 - g_j^2) / samples} there.
 *
 * @param oracle whom to ask
 * @param region says which features may change
 * @param samples directions per estimate
 * @param delta the length of a step along every entry
 * @param targeted whether the margin is that of the other classes over the label's
 */
record SpsaEstimate(Oracle oracle, Region region, int samples, double delta, boolean targeted) {

    /** Points per question; more would only hold more memory. */
    private static final int POINTS = 128;

    /** The gradients at the points of some samples, {@code points} and {@code randoms} having one for every row of the batch. */
    double[][] at(int[] rows, double[][] points, SplittableRandom[] randoms) {
        double[][] gradients = new double[rows.length][];
        int together = Math.max(1, POINTS / (2 * samples));
        for (int from = 0; from < rows.length; from += together) {
            int[] some = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + together));
            double[][] sums = new double[some.length][oracle.entries()];
            for (int done = 0; done < samples; done += POINTS / 2) {
                addDifferences(some, points, randoms, Math.min(POINTS / 2, samples - done), sums);
            }
            System.arraycopy(sums, 0, gradients, from, some.length);
        }
        return gradients;
    }

    /** Adds the share that a number of directions have in the estimates. */
    private void addDifferences(
            int[] rows, double[][] points, SplittableRandom[] randoms, int directions, double[][] sums) {
        int pairs = rows.length * directions;
        int[] asked = new int[2 * pairs];
        double[][] probes = new double[2 * pairs][];
        double[][] signs = new double[pairs][];
        for (int k = 0; k < pairs; k++) {
            int row = rows[k / directions];
            signs[k] = signs(row, randoms[row]);
            asked[2 * k] = row;
            asked[2 * k + 1] = row;
            probes[2 * k] = shifted(points[row], signs[k], delta);
            probes[2 * k + 1] = shifted(points[row], signs[k], -delta);
        }
        double[][] logits = oracle.probe(asked, probes);
        for (int k = 0; k < pairs; k++) {
            int label = oracle.label(asked[2 * k]);
            double difference = LogitMargin.of(logits[2 * k], label) - LogitMargin.of(logits[2 * k + 1], label);
            double slope = (targeted ? -difference : difference) / (2 * delta) / samples;
            double[] sum = sums[k / directions];
            for (int j = 0; j < sum.length; j++) {
                sum[j] += slope * signs[k][j];
            }
        }
    }

    /** Random signs; 0 for features that may not change. */
    private double[] signs(int row, SplittableRandom random) {
        double[] signs = new double[region.entries()];
        for (int j = 0; j < signs.length; j++) {
            double sign = random.nextBoolean() ? 1 : -1;
            signs[j] = region.lower(row, j) < region.upper(row, j) ? sign : 0;
        }
        return signs;
    }

    private static double[] shifted(double[] point, double[] signs, double by) {
        double[] shifted = point.clone();
        for (int j = 0; j < shifted.length; j++) {
            shifted[j] += by * signs[j];
        }
        return shifted;
    }
}
