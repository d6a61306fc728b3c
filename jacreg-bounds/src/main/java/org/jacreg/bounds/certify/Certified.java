package org.jacreg.bounds.certify;

/**
 * A proof: at every point of the input box within {@code radius} of the input, the logit of {@code label} is larger than every
 * other one.
 *
 * @param radius the radius, nonnegative; 0 says it of the input alone
 * @param norm the norm of the ball
 * @param label the class
 * @param margin a lower bound over the ball of {@code z_label - max_{j != label} z_j}, positive
 * @param method how it was proved
 * @param arithmetic how the network is evaluated
 */
public record Certified(
        double radius, BallNorm norm, int label, double margin, ProofMethod method, Arithmetic arithmetic)
        implements Certificate {

    /**
     * Refuses what is no proof.
     *
     * @param radius the radius
     * @param norm the norm of the ball
     * @param label the class
     * @param margin a lower bound of the margin
     * @param method how it was proved
     * @param arithmetic how the network is evaluated
     * @throws IllegalArgumentException if the radius is negative, infinite or NaN, or the margin not positive
     */
    public Certified {
        if (!(radius >= 0 && radius < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "certified radius: got " + radius + ", wanted a nonnegative finite number");
        }
        if (!(margin > 0)) {
            throw new IllegalArgumentException(
                    "margin of a certificate: got " + margin + ", wanted a positive number; a tie is no proof");
        }
    }
}
