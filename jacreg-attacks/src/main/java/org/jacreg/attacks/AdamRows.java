package org.jacreg.attacks;

/**
 * Adam on Java rows, every sample by itself (Kingma and Ba 2015, arXiv 1412.6980): {@code m <- b1 m + (1 - b1) g}, {@code v <- b2 v + (1 -
 * b2) g^2}, direction {@code m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + 1e-8)}.
 */
final class AdamRows {

    private static final double FIRST_DECAY = 0.9;
    private static final double SECOND_DECAY = 0.999;
    private static final double TINY = 1e-8;

    private final int entries;
    private final double[][] first;
    private final double[][] second;
    private final int[] steps;

    AdamRows(int samples, int entries) {
        this.entries = entries;
        this.first = new double[samples][];
        this.second = new double[samples][];
        this.steps = new int[samples];
    }

    /** Takes in the gradient of a sample, which is not modified. */
    double[] direction(int row, double[] gradient) {
        if (steps[row] == 0) {
            first[row] = new double[entries];
            second[row] = new double[entries];
        }
        steps[row]++;
        double[] m = first[row];
        double[] v = second[row];
        double firstScale = 1 - Math.pow(FIRST_DECAY, steps[row]);
        double secondScale = 1 - Math.pow(SECOND_DECAY, steps[row]);
        double[] direction = new double[entries];
        for (int j = 0; j < entries; j++) {
            m[j] += (1 - FIRST_DECAY) * (gradient[j] - m[j]);
            v[j] += (1 - SECOND_DECAY) * (gradient[j] * gradient[j] - v[j]);
            direction[j] = m[j] / firstScale / (Math.sqrt(v[j] / secondScale) + TINY);
        }
        return direction;
    }
}
