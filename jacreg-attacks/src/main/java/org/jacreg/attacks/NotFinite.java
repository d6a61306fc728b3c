package org.jacreg.attacks;

import java.util.Arrays;

/** The error for a model that answers with NaN or an infinity. */
final class NotFinite {

    private static final int NAMED = 10;

    private NotFinite() {}

    static ArithmeticException of(String what, int[] samples) {
        String named = Arrays.toString(Arrays.copyOf(samples, Math.min(samples.length, NAMED)));
        return new ArithmeticException("the classifier's " + what + " are NaN or infinite for " + samples.length
                + " samples of the batch (" + (samples.length > NAMED ? "first " : "") + "rows " + named
                + "); an attack on them would prove nothing. Check the weights and the scale of the input");
    }
}
