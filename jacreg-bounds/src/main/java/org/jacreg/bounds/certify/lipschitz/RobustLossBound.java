package org.jacreg.bounds.certify.lipschitz;

/**
 * Upper bounds of the largest cross-entropy over a ball, {@code max_{||d|| <= eps} CE(f(x + d), y)}: proved, not estimated to first order.
 *
 * @param marginwise {@code ln(1 + sum_{j != y} exp(z_j - z_y + eps G_j))}, {@code G_j} the constants of {@code z_y - z_j} over the ball,
 *     integrated over growing balls
 * @param surrogate the Jacobian-regularised loss with the supremum over the ball for the norm at the sample: {@code CE + eps sup
 *     ||J||_{1,1}} for l_inf, {@code CE + eps sqrt(2) sup ||J||_F} for l2, {@code CE + eps sup max_i sum_c |J_ci|} for l1
 */
public record RobustLossBound(double marginwise, double surrogate) {

    /**
     * The smaller one.
     *
     * @return a bound; infinite if numbers overflow in the ball
     */
    public double best() {
        return Math.min(marginwise, surrogate);
    }
}
