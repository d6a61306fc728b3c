package org.jacreg.attacks.objective;

import org.jacreg.training.ModelNames;

/**
 * The names that an objective without inner attack needs of a graph.
 *
 * @param <B> the builder of the objective
 */
public abstract sealed class NamesBuilder<B extends NamesBuilder<B>>
        permits Cure.Builder, InputGradientRegularization.Builder {

    private ModelNames names = ModelNames.INFERRED;

    NamesBuilder() {}

    /** This builder, as what it is. */
    abstract B self();

    /** What was named. */
    final ModelNames names() {
        return names;
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
     * @param name a placeholder that holds one-hot rows or other distributions {@code [N, C]}, or class indices {@code [N]}; read off
     *     the graph's loss unless set
     * @return this builder
     */
    public final B label(String name) {
        this.names = names.withLabel(name);
        return self();
    }
}
