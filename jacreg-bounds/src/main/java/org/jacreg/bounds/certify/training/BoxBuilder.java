package org.jacreg.bounds.certify.training;

import org.jacreg.classifier.InputBox;

/**
 * The options of objectives that bound over a box around every sample.
 *
 * @param <B> the builder of the objective
 */
public abstract sealed class BoxBuilder<B extends BoxBuilder<B>> extends VerifiedTrainingBuilder<B>
        permits IntervalBoundTraining.Builder, CrownIbpTraining.Builder {

    private static final int PUBLISHED_WARM_UP = 2000;
    private static final int PUBLISHED_RAMP = 10_000;

    private final double epsilon;
    private InputBox box = InputBox.unbounded();
    private Weight kappa = new Weight(1, 0.5);

    BoxBuilder(double epsilon) {
        super(new Ramp(PUBLISHED_WARM_UP, PUBLISHED_RAMP));
        this.epsilon = epsilon;
    }

    final double epsilon() {
        return epsilon;
    }

    final InputBox box() {
        return box;
    }

    final Weight kappa() {
        return kappa;
    }

    /**
     * Sets the inputs that are meaningful; nothing is bounded outside of them.
     *
     * @param lower the least value of a coordinate; {@code -infinity} unless set
     * @param upper the greatest value of a coordinate; {@code +infinity} unless set. Pixels scaled to [0, 1] want {@code bounds(0, 1)}
     * @return this builder
     * @throws IllegalArgumentException if a bound is NaN or {@code lower >= upper}
     */
    public final B bounds(double lower, double upper) {
        this.box = new InputBox(lower, upper);
        return self();
    }

    /**
     * Sets the weight of the cross-entropy at the sample; the bound has the rest.
     *
     * @param from before the ramp, in [0, 1]; 1 unless set, as published
     * @param to after it, in [0, 1]; 0.5 unless set, as published
     * @return this builder
     * @throws IllegalArgumentException if a number is not in [0, 1]
     */
    public final B kappa(double from, double to) {
        this.kappa = new Weight(from, to);
        return self();
    }
}
