package org.jacreg.attacks;

/**
 * By how much an attack has succeeded: {@code max_{k != y} z_k - z_y}, targeted {@code z_y - max_{k != y} z_k}, positive where the predicted
 * class is what the attack looks for. The first class wins a tie.
 */
final class Margin {

    private Margin() {}

    static LogitLoss of(Oracle oracle, boolean targeted) {
        double sign = targeted ? -1 : 1;
        return (row, logits, cotangent) -> {
            int label = oracle.label(row);
            int rival = rival(logits, label);
            cotangent[rival] = sign;
            cotangent[label] = -sign;
            return sign * (logits[rival] - logits[label]);
        };
    }

    /** The class of highest logit beside the label. */
    static int rival(double[] logits, int label) {
        int top = label == 0 ? 1 : 0;
        for (int k = 0; k < logits.length; k++) {
            top = k != label && logits[k] > logits[top] ? k : top;
        }
        return top;
    }
}
