package org.jacreg.bounds.rademacher;

/** Which number of a network, for one input, a class of functions consists of. */
public sealed interface NetworkFunction {

    /**
     * One logit {@code x -> f_W(x)_k}.
     *
     * @param index k, from 0
     * @return the function
     * @throws IllegalArgumentException if {@code index} is negative
     */
    static NetworkFunction logit(int index) {
        return new Logit(index);
    }

    /**
     * The softmax cross-entropy {@code (x, y) -> ln sum_c exp f_W(x)_c - f_W(x)_y}: the loss class.
     *
     * @return the function; it needs labels
     */
    static NetworkFunction crossEntropy() {
        return new CrossEntropy();
    }

    /**
     * The Frobenius norm of the Jacobian {@code x -> ||J_W(x)||_F} of the logits by the input.
     *
     * @return the function
     */
    static NetworkFunction jacobianFrobenius() {
        return new JacobianFrobenius();
    }

    /**
     * The entrywise l1 norm of the Jacobian {@code x -> ||J_W(x)||_{1,1}} of the logits by the input.
     *
     * @return the function
     */
    static NetworkFunction jacobianL11() {
        return new JacobianL11();
    }

    /**
     * One logit.
     *
     * @param index which, from 0
     */
    record Logit(int index) implements NetworkFunction {

        /**
         * Checks the index.
         *
         * @param index which, from 0
         * @throws IllegalArgumentException if {@code index} is negative
         */
        public Logit {
            if (index < 0) {
                throw new IllegalArgumentException("logit: got index " + index + ", wanted 0 or more");
            }
        }
    }

    /** The softmax cross-entropy with the label of the sample. */
    record CrossEntropy() implements NetworkFunction {}

    /** The Frobenius norm of the Jacobian. */
    record JacobianFrobenius() implements NetworkFunction {}

    /** The entrywise l1 norm of the Jacobian. */
    record JacobianL11() implements NetworkFunction {}
}
