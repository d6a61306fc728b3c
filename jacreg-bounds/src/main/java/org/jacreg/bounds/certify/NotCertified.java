package org.jacreg.bounds.certify;

/**
 * No proof. It does not say that an adversarial point exists.
 *
 * @param reason why not
 * @param explanation the same in words and numbers
 */
public record NotCertified(Reason reason, String explanation) implements Certificate {

    /** Why nothing is certified. */
    public enum Reason {
        /** The network gives another class at the input itself. */
        MISCLASSIFIED,
        /** Two logits may be equal at the input itself, up to rounding. */
        TIE,
        /** The lower bound of the margin is not positive. */
        BOUND_TOO_LOOSE,
        /** Numbers may become too large for the arithmetic somewhere in the ball, as where a divisor may be 0, or be none, as roots below 0. */
        OVERFLOW
    }

    @Override
    public double radius() {
        return -1;
    }
}
