package org.jacreg.bounds.certify.training;

import org.jacreg.training.ModelNamesBuilder;

/**
 * The options that all objectives of this package share, besides the names of the graph's variables.
 *
 * @param <B> the builder of the objective
 */
public abstract sealed class VerifiedTrainingBuilder<B extends VerifiedTrainingBuilder<B>> extends ModelNamesBuilder<B>
        permits BoxBuilder, LipschitzBuilder {

    private Ramp ramp;

    VerifiedTrainingBuilder(Ramp ramp) {
        this.ramp = ramp;
    }

    final Ramp ramp() {
        return ramp;
    }

    /**
     * Sets when the radius, and the weights with it, grow from their first to their last values.
     *
     * @param warmUp steps before, at least 0
     * @param length steps meanwhile, at least 0
     * @return this builder
     * @throws IllegalArgumentException if a number is negative
     */
    public final B ramp(int warmUp, int length) {
        this.ramp = new Ramp(warmUp, length);
        return self();
    }
}
