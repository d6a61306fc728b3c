package org.jacreg.bounds.certify.vnnlib;

import java.util.Arrays;

/** The answer to whether a property can be violated. */
public sealed interface VnnLibVerdict {

    /**
     * The competitions' word for it.
     *
     * @return {@code unsat}, {@code sat} or {@code unknown}
     */
    String answer();

    /**
     * Proved: no input of the property's boxes violates it, neither in real arithmetic nor in that of the network's owner.
     *
     * @param boxes boxes of inputs that were bounded
     */
    record Holds(long boxes) implements VnnLibVerdict {

        @Override
        public String answer() {
            return "unsat";
        }
    }

    /** A violation was found and checked. */
    final class Violated implements VnnLibVerdict {

        private final double[] input;
        private final double[] output;

        Violated(double[] input, double[] output) {
            this.input = input.clone();
            this.output = output.clone();
        }

        /**
         * The input.
         *
         * @return a fresh array
         */
        public double[] input() {
            return input.clone();
        }

        /**
         * What the network gives for it.
         *
         * @return a fresh array
         */
        public double[] output() {
            return output.clone();
        }

        @Override
        public String answer() {
            return "sat";
        }

        /**
         * The violation in the competitions' form: the answer, then {@code ((X_0 ...) ... (Y_0 ...) ...)}.
         *
         * @return the text
         */
        public String text() {
            StringBuilder text = new StringBuilder("sat\n(");
            for (int i = 0; i < input.length; i++) {
                text.append(i == 0 ? "" : "\n")
                        .append("(X_")
                        .append(i)
                        .append(' ')
                        .append(input[i])
                        .append(')');
            }
            for (int j = 0; j < output.length; j++) {
                text.append("\n(Y_").append(j).append(' ').append(output[j]).append(')');
            }
            return text.append(")\n").toString();
        }

        @Override
        public String toString() {
            return "Violated[input=" + Arrays.toString(input) + ", output=" + Arrays.toString(output) + "]";
        }
    }

    /**
     * Neither.
     *
     * @param boxes boxes of inputs that were bounded
     * @param reason why it ended
     */
    record Unknown(long boxes, String reason) implements VnnLibVerdict {

        @Override
        public String answer() {
            return "unknown";
        }
    }
}
