package org.jacreg.bounds.rademacher;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Draws sign vectors and evaluates the exact supremum for each, in parallel.
 *
 * <p>Draws come in blocks of {@value #BLOCK}, so that a sample larger than the cache is read once a block. Each block has
 * a generator split off the seed's in order, and always draws the bits of a full block: draw k depends on the seed and
 * the sample size alone, neither on the threads nor on how many draws are asked for.
 */
final class SignDraws {

    private static final int BLOCK = 16;

    private final Sample sample;
    private final LpNorm dual;
    private final double epsilon;

    /**
     * For {@code sup_w sum_i sigma_i <w, x_i> - epsilon (sum_i sigma_i) ||w||_1} over {@code ||w||_p <= 1}, in the scale of
     * the sample; {@code dual} is the dual norm of p.
     */
    SignDraws(Sample sample, LpNorm dual, double epsilon) {
        this.sample = sample;
        this.dual = dual;
        this.epsilon = epsilon;
    }

    double[] suprema(int draws, long seed) {
        int blocks = (draws - 1) / BLOCK + 1;
        SplittableRandom root = new SplittableRandom(seed);
        SplittableRandom[] randoms = new SplittableRandom[blocks];
        for (int b = 0; b < blocks; b++) {
            randoms[b] = root.split();
        }
        double[] suprema = new double[draws];
        IntStream.range(0, blocks).parallel().forEach(b -> fill(suprema, b * BLOCK, randoms[b]));
        return suprema;
    }

    private void fill(double[] suprema, int first, SplittableRandom random) {
        int size = Math.min(BLOCK, suprema.length - first);
        double[][] sums = new double[size][sample.width()];
        int[] signSums = new int[size];
        long[] bits = new long[BLOCK];
        for (int i = 0; i < sample.size(); i++) {
            if (i % Long.SIZE == 0) {
                for (int k = 0; k < BLOCK; k++) {
                    bits[k] = random.nextLong();
                }
            }
            double[] row = sample.row(i);
            for (int k = 0; k < size; k++) {
                int sign = (bits[k] >>> (i % Long.SIZE) & 1) == 0 ? 1 : -1;
                signSums[k] += sign;
                addMultiple(sums[k], sign, row);
            }
        }
        for (int k = 0; k < size; k++) {
            suprema[first + k] = supremum(sums[k], signSums[k]);
        }
    }

    private static void addMultiple(double[] sum, double factor, double[] row) {
        for (int j = 0; j < row.length; j++) {
            sum[j] += factor * row[j];
        }
    }

    /**
     * With {@code u = sum_i sigma_i x_i} and {@code c = epsilon sum_i sigma_i}: the best w has the signs of u, so with {@code
     * t = |w|} the supremum is that of {@code sum_j t_j (|u_j| - c)} over {@code t >= 0}, {@code ||t||_p <= 1}; coordinates
     * with a negative factor get {@code t_j = 0}, the rest is Hoelder's inequality with equality. One formula for
     * both signs of c: {@code || max(|u| - c, 0) ||_q}. Overwrites {@code u}.
     */
    double supremum(double[] u, int signSum) {
        double c = epsilon * signSum;
        for (int j = 0; j < u.length; j++) {
            u[j] = Math.max(Math.abs(u[j]) - c, 0);
        }
        return dual.of(u);
    }
}
