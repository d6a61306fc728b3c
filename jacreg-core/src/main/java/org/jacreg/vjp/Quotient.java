package org.jacreg.vjp;

import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Quotients by divisors that depend on weights and may have a single entry, as norms have in a batch of one.
 *
 * <p>ND4J 1.0.0-M2.1 takes {@code -sum(ct) sum(a) / b^2} for the gradient of {@code a / b} by a single {@code b} (docs/nd4j-bugs.md),
 * where {@code -sum(ct a) / b^2} is right. Its gradients of products and reciprocals are right for all shapes.
 */
final class Quotient {

    private Quotient() {}

    /** {@code a / b}, broadcast. */
    static SDVariable of(SDVariable a, SDVariable b) {
        return a.mul(b.getSameDiff().math().reciprocal(b));
    }
}
