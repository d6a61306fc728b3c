package org.jacreg.bounds.measures;

/**
 * An estimate of the largest noise on the weights that a classifier's accuracy survives.
 *
 * @param sigma the largest standard deviation tried that the accuracy survived; 0 if none
 * @param failed the smallest one above it that it did not survive; infinite if the accuracy survived whatever was tried
 * @param accuracy the accuracy without noise
 * @param options what it was searched with
 */
public record SigmaEstimate(double sigma, double failed, double accuracy, NoiseTolerance.Options options) {

    /**
     * The divergence {@code KL(N(w, sigma^2 I) || N(w_0, sigma^2 I)) = ||w - w_0||_2^2 / (2 sigma^2)} that PAC-Bayes bounds
     * take.
     *
     * @param squaredDistance {@code ||w - w_0||_2^2} over all free parameters; {@code w_0 = 0} is common
     * @return the divergence; infinite for {@code sigma = 0}, 0 for a distance of 0
     * @throws IllegalArgumentException if the distance is NaN or negative, or the noise was relative to the weights
     */
    public double divergence(double squaredDistance) {
        if (!(squaredDistance >= 0)) {
            throw new IllegalArgumentException(
                    "squared distance: got " + squaredDistance + ", wanted a nonnegative number");
        }
        if (options.relative()) {
            throw new IllegalArgumentException("divergence: the noise was relative to the weights, so its covariance is"
                    + " not sigma^2 I; search with absolute noise");
        }
        return squaredDistance == 0 ? 0 : squaredDistance / (2 * sigma * sigma);
    }
}
