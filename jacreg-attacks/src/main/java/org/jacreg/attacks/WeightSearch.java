package org.jacreg.attacks;

import java.util.Arrays;

/** For every sample the weight of the misclassification term: ten times more where no error is found, bisected where one is. */
final class WeightSearch {

    private final double[] weight;
    private final double[] low;
    private final double[] high;
    private final boolean[] reached;

    WeightSearch(int samples, double first) {
        this.weight = new double[samples];
        this.low = new double[samples];
        this.high = new double[samples];
        this.reached = new boolean[samples];
        Arrays.fill(weight, first);
        Arrays.fill(high, Double.POSITIVE_INFINITY);
    }

    double of(int row) {
        return weight[row];
    }

    /** Takes note of an error found with the present weight. */
    void reached(int row) {
        reached[row] = true;
    }

    /** Chooses the next weight. */
    void next(int row) {
        if (reached[row]) {
            high[row] = Math.min(high[row], weight[row]);
        } else {
            low[row] = Math.max(low[row], weight[row]);
        }
        weight[row] = high[row] < Double.POSITIVE_INFINITY ? (low[row] + high[row]) / 2 : 10 * weight[row];
        reached[row] = false;
    }
}
