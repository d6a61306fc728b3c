package org.jacreg.bounds.measures;

/**
 * An estimate of how far the mean loss rises in a neighbourhood of the weights. It is a lower one: a point of the neighbourhood with
 * that loss was found, a worse one may exist.
 *
 * @param loss the mean cross-entropy at the weights themselves
 * @param worst the largest mean cross-entropy found
 * @param options what it was searched with
 */
public record SharpnessEstimate(double loss, double worst, Sharpness.Options options) {

    /**
     * The rise of the loss.
     *
     * @return {@code worst - loss}, nonnegative
     */
    public double rise() {
        return worst - loss;
    }

    /**
     * The rise in the form of Keskar et al. (2017).
     *
     * @return {@code 100 (worst - loss) / (1 + loss)}
     */
    public double percent() {
        return 100 * rise() / (1 + loss);
    }
}
