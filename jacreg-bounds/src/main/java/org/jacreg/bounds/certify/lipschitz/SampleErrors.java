package org.jacreg.bounds.certify.lipschitz;

/** The logits of a sample and how far off they may be. */
final class SampleErrors {

    private final double[] logits;
    private final double[] own;
    private final double[] evaluated;
    private final double reach;

    SampleErrors(double[] logits, double[] own, double[] evaluated, double reach) {
        this.logits = logits;
        this.own = own;
        this.evaluated = evaluated;
        this.reach = reach;
    }

    /** A logit as computed in float64. */
    double logit(int c) {
        return logits[c];
    }

    /** How far it is from the one in real arithmetic. */
    double own(int c) {
        return own[c];
    }

    /** How far the network's own arithmetic is from real arithmetic. */
    double evaluated(int c) {
        return evaluated[c];
    }

    int classes() {
        return logits.length;
    }

    /** The distance up to which nothing overflows; not positive if something may at the sample itself. */
    double reach() {
        return reach;
    }
}
