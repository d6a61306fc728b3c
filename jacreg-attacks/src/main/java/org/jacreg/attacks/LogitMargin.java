package org.jacreg.attacks;

/** Functions of logits that attacks without gradients lower. */
final class LogitMargin {

    private LogitMargin() {}

    /** {@code z_y - max_{c != y} z_c}: negative where the prediction is another class. */
    static double of(double[] logits, int label) {
        double other = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < logits.length; c++) {
            other = c == label ? other : Math.max(other, logits[c]);
        }
        return logits[label] - other;
    }

    /**
     * {@code logsumexp(z) - z_y}, as {@code ln(1 + s) + (z_top - z_y)} with the sum {@code s} over the classes below the top one: points that
     * are classified with great certainty, whose loss is below the rounding of 1, can still be told apart.
     */
    static double crossEntropy(double[] logits, int label) {
        int top = label;
        for (int c = 0; c < logits.length; c++) {
            top = logits[c] > logits[top] ? c : top;
        }
        double others = 0;
        for (int c = 0; c < logits.length; c++) {
            others += c == top ? 0 : Math.exp(logits[c] - logits[top]);
        }
        return Math.log1p(others) + (logits[top] - logits[label]);
    }
}
