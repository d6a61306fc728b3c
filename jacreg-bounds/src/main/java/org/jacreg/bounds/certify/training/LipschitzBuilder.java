package org.jacreg.bounds.certify.training;

/**
 * The options of objectives with Lipschitz constants.
 *
 * @param <B> the builder of the objective
 */
public abstract sealed class LipschitzBuilder<B extends LipschitzBuilder<B>> extends VerifiedTrainingBuilder<B>
        permits GloroTraining.Builder, LipschitzMarginTraining.Builder {

    private static final int DEFAULT_ITERATIONS = 5;

    private final double epsilon;
    private int iterations = DEFAULT_ITERATIONS;
    private long seed;

    LipschitzBuilder(double epsilon) {
        super(new Ramp(0, 0));
        this.epsilon = epsilon;
    }

    final double epsilon() {
        return epsilon;
    }

    final int iterations() {
        return iterations;
    }

    final long seed() {
        return seed;
    }

    /**
     * Sets how often the directions of the norms are improved in every step; those of the first step are iterated until they settle.
     *
     * @param value at least 1; 5 unless set
     * @return this builder
     */
    public final B iterations(int value) {
        this.iterations = value;
        return self();
    }

    /**
     * Sets the seed of the first directions.
     *
     * @param value any; 0 unless set
     * @return this builder
     */
    public final B seed(long value) {
        this.seed = value;
        return self();
    }
}
