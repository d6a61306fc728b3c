package org.jacreg.bounds.rademacher;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Estimates the empirical Gaussian complexity of a class, as {@link MonteCarloRademacher} does the Rademacher complexity: with
 * standard normal numbers in the place of signs, and the same exact suprema.
 *
 * @param draws the number of draws, at least 2
 * @param seed the seed; every value is allowed. The numbers are the same on every platform
 */
public record MonteCarloGaussian(int draws, long seed) {

    /**
     * Checks the number of draws.
     *
     * @param draws the number of draws
     * @param seed the seed
     * @throws IllegalArgumentException if {@code draws < 2}
     */
    public MonteCarloGaussian {
        RademacherEstimate.requireDraws(draws);
    }

    /**
     * Estimates the complexity of a linear class.
     *
     * @param linearClass the class
     * @param x the sample, shape [n, d], any numeric type; computed with in float64. Not modified.
     * @return the estimate
     * @throws IllegalArgumentException if the sample is no matrix, is empty, or holds NaN or infinity, or if the
     *     estimate overflows
     */
    public GaussianEstimate estimate(LinearClass linearClass, INDArray x) {
        Sample sample = Sample.of("sample", x);
        return of(
                linearClass + " on a sample " + MonteCarloRademacher.shape(sample),
                sample.size(),
                Moments.of(
                        new AdversarialLinearClass(linearClass, LpNorm.LINF, 0),
                        sample,
                        true,
                        Multipliers.NORMALS,
                        draws,
                        seed));
    }

    /**
     * Estimates the complexity of a linear class under attack.
     *
     * @param attacked the class and the attack, with {@linkplain AdversarialLinearClass#exact exact} suprema
     * @param x the sample, shape [n, d], any numeric type; computed with in float64. Not modified.
     * @param labels the labels, shape [n] or [n, 1], each -1 or +1. Not modified.
     * @return the estimate
     * @throws IllegalArgumentException if the sample is no matrix, is empty, or holds NaN or infinity, if the labels do not
     *     fit, the suprema are not exact, or the estimate overflows
     */
    public GaussianEstimate estimateAdversarial(AdversarialLinearClass attacked, INDArray x, INDArray labels) {
        if (!attacked.exact()) {
            throw new IllegalArgumentException(
                    "weights in l_" + attacked.weights().norm().p() + ", attack in l_"
                            + attacked.attack().p() + ": the supremum is not known exactly for this pair");
        }
        Sample sample = Sample.of("sample", x, attacked.epsilon()).signedBy(labels);
        return of(
                MonteCarloRademacher.described(attacked, sample),
                sample.size(),
                Moments.of(attacked, sample, true, Multipliers.NORMALS, draws, seed));
    }

    /**
     * Estimates the complexity of any class of functions whose suprema can be computed.
     *
     * @param oracle the class
     * @return the estimate
     * @throws IllegalArgumentException if the oracle has no points, or gives a supremum that is NaN or infinite
     */
    public GaussianEstimate estimate(SupremumOracle oracle) {
        return of(
                oracle + " on " + oracle.size() + " points",
                oracle.size(),
                Moments.of(oracle, Multipliers.NORMALS, draws, seed));
    }

    private GaussianEstimate of(String quantity, int size, Moments moments) {
        return new GaussianEstimate(
                quantity, moments.mean(), moments.standardError(), moments.scale(), size, draws, seed);
    }
}
