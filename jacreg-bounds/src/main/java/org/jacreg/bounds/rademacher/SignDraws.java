package org.jacreg.bounds.rademacher;

/**
 * Evaluates the supremum over a linear class for each draw of {@link Multipliers}, in parallel. A sample larger than the cache is
 * read once a block.
 */
final class SignDraws {

    private final Sample sample;
    private final AttackedSupremum kernel;
    private final double epsilon;
    private final boolean above;

    /**
     * For {@code sup_w sum_i sigma_i <w, x_i> - epsilon (sum_i sigma_i) ||w||_1} over {@code ||w||_p <= 1}, in the scale of
     * the sample; {@code dual} is the dual norm of p.
     */
    SignDraws(Sample sample, LpNorm dual, double epsilon) {
        this(sample, new AttackedSupremum(dual, LpNorm.LINF), epsilon, true);
    }

    /** For any attack; {@code above} chooses the upper bound of a supremum that is known between bounds only. */
    SignDraws(Sample sample, AttackedSupremum kernel, double epsilon, boolean above) {
        this.sample = sample;
        this.kernel = kernel;
        this.epsilon = epsilon;
        this.above = above;
    }

    double[] suprema(Multipliers multipliers, int draws, long seed) {
        double[] suprema = new double[draws];
        multipliers.forEachBlock(draws, sample.size(), seed, (first, block) -> fill(suprema, first, block));
        return suprema;
    }

    private void fill(double[] suprema, int first, double[][] block) {
        int size = Math.min(block.length, suprema.length - first);
        double[][] sums = new double[size][sample.width()];
        double[] totals = new double[size];
        for (int i = 0; i < sample.size(); i++) {
            double[] row = sample.row(i);
            for (int k = 0; k < size; k++) {
                totals[k] += block[k][i];
                addMultiple(sums[k], block[k][i], row);
            }
        }
        for (int k = 0; k < size; k++) {
            suprema[first + k] = supremum(sums[k], totals[k]);
        }
    }

    private static void addMultiple(double[] sum, double factor, double[] row) {
        for (int j = 0; j < row.length; j++) {
            sum[j] += factor * row[j];
        }
    }

    /** With {@code u = sum_i sigma_i x_i} and {@code c = epsilon sum_i sigma_i}. Overwrites {@code u}. */
    double supremum(double[] u, double total) {
        return above ? kernel.upper(u, epsilon * total) : kernel.lower(u, epsilon * total);
    }
}
