package org.jacreg.attacks;

import java.util.function.IntUnaryOperator;

/**
 * The functions of one sample's logits that gradient attacks raise. Labels and targets are asked for by the sample's row.
 *
 * <p>Sources: cross-entropy, Madry et al. 2018; the difference of logits ratio and its targeted form, Croce and Hein, "Reliable evaluation
 * of adversarial robustness with an ensemble of diverse parameter-free attacks", ICML 2020, arXiv 2003.01690.
 */
final class AttackLosses {

    /** Keeps the ratio finite where the logits in its denominator are equal, as in the authors' code. */
    private static final double NEVER_ZERO = 1e-12;

    private AttackLosses() {}

    /** {@code ln sum_k exp(z_k) - z_y}; targeted: its negative, with the class to reach for {@code y}. */
    static LogitLoss crossEntropy(IntUnaryOperator label, boolean targeted) {
        double sign = targeted ? -1 : 1;
        return (row, z, cotangent) -> {
            int y = label.applyAsInt(row);
            for (int c = 0; c < z.length; c++) {
                cotangent[c] += sign * Math.exp(-LogitMargin.crossEntropy(z, c));
            }
            cotangent[y] -= sign;
            return sign * LogitMargin.crossEntropy(z, y);
        };
    }

    /**
     * {@code -(z_y - max_{j != y} z_j) / (z_(1) - z_(3) + 1e-12)}, {@code z_(k)} the k-th greatest logit: positive exactly for an error,
     * the same for logits of another scale. Needs three classes.
     */
    static LogitLoss differenceOfLogitsRatio(IntUnaryOperator label) {
        return (row, z, cotangent) -> {
            int y = label.applyAsInt(row);
            int[] order = descending(z);
            int other = order[0] == y ? order[1] : order[0];
            double difference = z[y] - z[other];
            double scale = z[order[0]] - z[order[2]] + NEVER_ZERO;
            cotangent[y] -= 1 / scale;
            cotangent[other] += 1 / scale;
            cotangent[order[0]] += difference / (scale * scale);
            cotangent[order[2]] -= difference / (scale * scale);
            return -difference / scale;
        };
    }

    /**
     * {@code -(z_y - z_t) / (z_(1) - (z_(3) + z_(4)) / 2 + 1e-12)}: leads from the class {@code y} to the class {@code t}. Needs four classes.
     */
    static LogitLoss targetedRatio(IntUnaryOperator label, IntUnaryOperator target) {
        return (row, z, cotangent) -> {
            int y = label.applyAsInt(row);
            int t = target.applyAsInt(row);
            int[] order = descending(z);
            double difference = z[y] - z[t];
            double scale = z[order[0]] - .5 * (z[order[2]] + z[order[3]]) + NEVER_ZERO;
            double byScale = difference / (scale * scale);
            cotangent[y] -= 1 / scale;
            cotangent[t] += 1 / scale;
            cotangent[order[0]] += byScale;
            cotangent[order[2]] -= .5 * byScale;
            cotangent[order[3]] -= .5 * byScale;
            return -difference / scale;
        };
    }

    /** The classes by falling logit; the first of equals comes first. */
    static int[] descending(double[] z) {
        int[] order = new int[z.length];
        for (int c = 0; c < z.length; c++) {
            int place = c;
            while (place > 0 && z[c] > z[order[place - 1]]) {
                order[place] = order[place - 1];
                place--;
            }
            order[place] = c;
        }
        return order;
    }

    /** The classes but one, by falling logit: the order in which targets are tried. */
    static int[] targets(double[] z, int label) {
        int[] targets = new int[z.length - 1];
        int count = 0;
        for (int c : descending(z)) {
            if (c != label) {
                targets[count++] = c;
            }
        }
        return targets;
    }
}
