package org.jacreg.bounds.certify;

/** The answer to whether a classifier's decision at one input is stable. */
public sealed interface Certificate permits Certified, NotCertified {

    /**
     * Whether stability is proved.
     *
     * @return true for {@link Certified}
     */
    default boolean certified() {
        return this instanceof Certified;
    }

    /**
     * The radius within which no perturbation changes the decision.
     *
     * @return the certified radius, or -1 where nothing is certified
     */
    double radius();
}
