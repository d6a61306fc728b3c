package org.jacreg.bounds.certify.smoothing;

/**
 * What sampling says about the smoothed classifier at one input.
 *
 * @param topClass the class that was guessed to be the likeliest, from draws of its own
 * @param topCount how often it came out of the other draws
 * @param samples how many these were
 * @param lowerProbability the one-sided lower confidence bound of its probability (Clopper-Pearson), rounded down
 * @param sigma the standard deviation of the noise, in input units
 * @param alpha the probability with which the bound may fail
 */
public record SmoothedRadius(
        int topClass, long topCount, long samples, double lowerProbability, double sigma, double alpha) {

    /**
     * Whether there is no answer: the class may be no majority.
     *
     * @return true if the lower bound does not exceed 1/2
     */
    public boolean abstains() {
        return !(lowerProbability > 0.5);
    }

    /**
     * The radius {@code sigma Phi^-1(lowerProbability)}: with confidence {@code 1 - alpha} the smoothed classifier answers {@link
     * #topClass} everywhere nearer than this.
     *
     * @return the l2 radius in input units, rounded down; 0 if it {@link #abstains}
     */
    public double radius() {
        return abstains() ? 0 : Math.max(0, Math.nextDown(sigma * ClopperPearson.quantile(lowerProbability)));
    }

    /**
     * Whether this certifies a label at a distance.
     *
     * @param label the true class
     * @param distance an l2 distance, at least 0
     * @return true if it answers, with this label, and the radius is greater than the distance
     */
    public boolean certifies(int label, double distance) {
        return !abstains() && topClass == label && radius() > distance;
    }
}
