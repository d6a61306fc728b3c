package org.jacreg.examples.certification;

import java.util.Collections;
import java.util.List;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.Certified;

/**
 * What is said of every point of the input box in a ball around a sample.
 *
 * @param sample the index of the sample
 * @param label its class
 * @param norm the norm of the ball
 * @param radius its radius
 * @param method how the claim came about
 * @param margins for every other class a lower bound of {@code z_label - z_j}
 * @param loss an upper bound of the cross-entropy, infinity if nothing is said of it
 * @param slack how far, relative to {@code 1 + max |z|}, computed margins may lie below: 0 for claims about the network as it is
 *     evaluated, rounding errors for claims in real arithmetic
 */
public record Claim(
        int sample,
        int label,
        BallNorm norm,
        double radius,
        String method,
        List<Double> margins,
        double loss,
        double slack) {

    /** Copies the list. */
    public Claim {
        margins = List.copyOf(margins);
    }

    /**
     * What a certificate says.
     *
     * @param sample the index of the sample
     * @param classes the number of classes
     * @param certified the certificate
     * @param slack see above
     * @return the claim
     */
    public static Claim of(int sample, int classes, Certified certified, double slack) {

        return new Claim(
                sample,
                certified.label(),
                certified.norm(),
                certified.radius(),
                certified.method().name(),
                Collections.nCopies(classes, certified.margin()),
                Double.POSITIVE_INFINITY,
                slack);
    }

    /**
     * The same for another radius: a planted fault.
     *
     * @param factor of the radius
     * @return the claim
     */
    Claim stretched(double factor) {
        return new Claim(sample, label, norm, radius * factor, method, margins, loss, slack);
    }
}
