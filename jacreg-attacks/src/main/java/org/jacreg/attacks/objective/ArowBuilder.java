package org.jacreg.attacks.objective;

import org.jacreg.attacks.threat.NormBall;

/**
 * The options that ARoW and its relatives share: the weight of a divergence in which samples count differently, and smoothed labels.
 *
 * @param <B> the builder of the objective
 */
public abstract sealed class ArowBuilder<B extends ArowBuilder<B>> extends ObjectiveBuilder<B>
        permits Arow.Builder, Cow.Builder, HatArow.Builder {

    private double lambda = 3;
    private double labelSmoothing = 0.2;

    ArowBuilder(NormBall ball) {
        super(InnerAttack.in(ball).loss(InnerLoss.KL).start(InnerStart.UNIFORM));
    }

    final double lambda() {
        return lambda;
    }

    final double labelSmoothing() {
        return labelSmoothing;
    }

    /**
     * Sets the weight of the divergence.
     *
     * @param value at least 0 and finite; 3 unless set. The code's {@code lamb} is {@code 2 lambda}: its default 6 is 3 here, and 7, used for CIFAR-10, is 3.5
     * @return this builder
     */
    public final B lambda(double value) {
        this.lambda = value;
        return self();
    }

    /**
     * Sets the smoothing of labels, {@code alpha}.
     *
     * @param value at least 0 and less than 1; 0.2 unless set, as published; 0 is plain cross-entropy
     * @return this builder
     */
    public final B labelSmoothing(double value) {
        this.labelSmoothing = value;
        return self();
    }
}
