package org.jacreg.attacks.objective;

/**
 * Weights of samples by how far they are from being misclassified, in attack steps: {@code w_n = (1 + tanh(lambda + 5 (T/2 -
 * kappa_n) / (T/2))) / 2}, scaled so that a batch's mean is 1. {@code T} is the number of steps of the inner attack and {@code
 * kappa_n} at how many of the {@code T} points where it took a gradient the sample was still classified rightly. Samples that
 * fall at once count most. The weights are numbers: no gradient runs through them.
 *
 * <p>Source: Zhang et al., "Geometry-aware instance-reweighted adversarial training", ICLR 2021, arXiv 2010.01736. Its
 * accuracy under PGD is not borne out by AutoAttack: measure with more than PGD.
 *
 * @param lambda shifts the weights; -1 as published
 * @param fromEpoch the first epoch with weights, of the training configuration's count; all weights are 1 before it, as the
 *     steps of a young model mean nothing. The published codes begin at epoch 50 to 60 of 100 to 120
 */
public record GairWeights(double lambda, int fromEpoch) {

    /** The published steepness. */
    private static final double STEEPNESS = 5;

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if lambda is not finite or the epoch is negative
     */
    public GairWeights {
        if (!Double.isFinite(lambda)) {
            throw new IllegalArgumentException("GAIR: lambda must be finite, got " + lambda);
        }
        if (fromEpoch < 0) {
            throw new IllegalArgumentException("GAIR: fromEpoch must be at least 0, got " + fromEpoch);
        }
    }

    /**
     * The weights with {@code lambda = -1}.
     *
     * @param epoch the first epoch with weights
     * @return the weights
     * @throws IllegalArgumentException if the epoch is negative
     */
    public static GairWeights fromEpoch(int epoch) {
        return new GairWeights(-1, epoch);
    }

    /** The weights of a batch. */
    double[] of(int[] survived, int steps, int epoch) {
        double[] weights = new double[survived.length];
        double sum = 0;
        for (int n = 0; n < weights.length; n++) {
            double half = steps / 2.0;
            weights[n] = epoch < fromEpoch ? 1 : (1 + Math.tanh(lambda + STEEPNESS * (half - survived[n]) / half)) / 2;
            sum += weights[n];
        }
        for (int n = 0; n < weights.length; n++) {
            // With a very negative lambda all weights may be 0 to rounding.
            weights[n] = sum > 0 ? weights[n] * weights.length / sum : 1;
        }
        return weights;
    }
}
