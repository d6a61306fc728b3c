package org.jacreg.bounds.certify.training;

import org.jacreg.training.ModelNames;

/**
 * The options that all objectives of this package share.
 *
 * @param <B> the builder of the objective
 */
public abstract sealed class VerifiedTrainingBuilder<B extends VerifiedTrainingBuilder<B>>
        permits BoxBuilder, LipschitzBuilder {

    private Ramp ramp;
    private ModelNames names = ModelNames.INFERRED;

    VerifiedTrainingBuilder(Ramp ramp) {
        this.ramp = ramp;
    }

    /** This builder, as what it is. */
    abstract B self();

    final Ramp ramp() {
        return ramp;
    }

    final ModelNames names() {
        return names;
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

    /**
     * Names the input.
     *
     * @param name a floating-point placeholder; read off the graph unless set
     * @return this builder
     */
    public final B input(String name) {
        this.names = names.withInput(name);
        return self();
    }

    /**
     * Names the logits.
     *
     * @param name a variable of shape {@code [N, C]} before the softmax; read off the graph's loss unless set
     * @return this builder
     */
    public final B logits(String name) {
        this.names = names.withLogits(name);
        return self();
    }

    /**
     * Names the labels.
     *
     * @param name a placeholder that holds one-hot rows {@code [N, C]} or class indices {@code [N]}; read off the graph's loss
     *     unless set
     * @return this builder
     */
    public final B label(String name) {
        this.names = names.withLabel(name);
        return self();
    }
}
