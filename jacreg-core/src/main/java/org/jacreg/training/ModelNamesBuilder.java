package org.jacreg.training;

/**
 * What builders of objectives share: the names of the graph's input, logits and labels, for graphs on which {@link ModelNames} does not
 * find them.
 *
 * @param <B> the builder of the objective
 */
public abstract class ModelNamesBuilder<B extends ModelNamesBuilder<B>> {

    private ModelNames names = ModelNames.INFERRED;

    /** Starts with no name. */
    protected ModelNamesBuilder() {}

    /**
     * This builder, as what it is.
     *
     * @return this
     */
    protected abstract B self();

    /**
     * What was named.
     *
     * @return the names so far
     */
    protected final ModelNames names() {
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
     * @param name a placeholder that holds one-hot rows {@code [N, C]}, or other distributions where the objective takes them, or class
     *     indices {@code [N]}; read off the graph's loss unless set
     * @return this builder
     */
    public final B label(String name) {
        this.names = names.withLabel(name);
        return self();
    }
}
