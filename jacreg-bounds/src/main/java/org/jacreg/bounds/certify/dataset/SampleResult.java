package org.jacreg.bounds.certify.dataset;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.Certified;
import org.jacreg.bounds.certify.NotCertified;
import org.jacreg.bounds.certify.smoothing.SmoothedRadius;

/** What is known of one sample. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = SampleResult.Proved.class, name = "proved"),
    @JsonSubTypes.Type(value = SampleResult.Smoothed.class, name = "smoothed"),
    @JsonSubTypes.Type(value = SampleResult.Refused.class, name = "refused")
})
public sealed interface SampleResult {

    /** Why a sample has no radius. */
    enum Reason {
        /** The network gives another class at the sample itself. */
        MISCLASSIFIED,
        /** Two logits may be equal at the sample itself, up to rounding. */
        TIE,
        /** The lower bound of the margin is not positive at the smallest radius that was tried. */
        BOUND_TOO_LOOSE,
        /** Numbers become too large for the arithmetic. */
        OVERFLOW,
        /** A point of another class was found at the smallest radius that was tried. */
        REFUTED,
        /** The budget was used up at the smallest radius that was tried. */
        UNDECIDED,
        /** The smoothed classifier gives no answer. */
        ABSTAINED
    }

    /**
     * The true class.
     *
     * @return its index
     */
    int label();

    /**
     * What the network answers at the sample itself, in float64; for a smoothed classifier what it answers.
     *
     * @return the class, the first of several equal ones; -1 if a smoothed classifier abstains
     */
    int predicted();

    /**
     * The radius.
     *
     * @return 0 if nothing is certified
     */
    double radius();

    /**
     * Whether the label is certified within a radius.
     *
     * @param distance the radius, nonnegative
     * @return true if it is
     */
    boolean certifiedAt(double distance);

    /**
     * Whether the sample is classified correctly as it is.
     *
     * @return true if it is
     */
    default boolean correct() {
        return predicted() == label();
    }

    /**
     * The label is proved to win everywhere within the radius, end included.
     *
     * @param label the true class
     * @param predicted the same class
     * @param radius the radius
     * @param margin a lower bound of the margin within the radius, positive
     */
    record Proved(int label, int predicted, double radius, double margin) implements SampleResult {

        @Override
        public boolean certifiedAt(double distance) {
            return distance <= radius;
        }
    }

    /**
     * The smoothed classifier answers with the label everywhere nearer than the radius, with the confidence of {@link
     * Guarantee.Confidence}.
     *
     * @param label the true class
     * @param predicted the same class
     * @param radius the l2 radius, positive
     * @param lowerProbability the lower confidence bound of the class's probability
     * @param count how often it came out
     */
    record Smoothed(int label, int predicted, double radius, double lowerProbability, long count)
            implements SampleResult {

        @Override
        public boolean certifiedAt(double distance) {
            return distance < radius;
        }
    }

    /**
     * Nothing is certified.
     *
     * @param label the true class
     * @param predicted what the network answers
     * @param reason why not
     * @param explanation the same in words and numbers
     */
    record Refused(int label, int predicted, Reason reason, String explanation) implements SampleResult {

        @Override
        public double radius() {
            return 0;
        }

        @Override
        public boolean certifiedAt(double distance) {
            return false;
        }
    }

    /**
     * What a certificate says.
     *
     * @param label the true class, for which the certificate was asked
     * @param predicted what the network answers at the sample
     * @param certificate the answer
     * @return the result
     */
    static SampleResult of(int label, int predicted, Certificate certificate) {
        if (certificate instanceof Certified proof) {
            // a proof of radius 0 says that the label wins at the sample
            return new Proved(label, label, proof.radius(), proof.margin());
        }
        NotCertified refusal = (NotCertified) certificate;
        Reason reason = switch (refusal.reason()) {
            case MISCLASSIFIED -> Reason.MISCLASSIFIED;
            case TIE -> Reason.TIE;
            case BOUND_TOO_LOOSE -> Reason.BOUND_TOO_LOOSE;
            case OVERFLOW -> Reason.OVERFLOW;
        };
        return new Refused(label, predicted, reason, refusal.explanation());
    }

    /**
     * What smoothing says.
     *
     * @param label the true class
     * @param answer the answer
     * @return the result
     */
    static SampleResult of(int label, SmoothedRadius answer) {
        if (answer.abstains() || !(answer.radius() > 0)) {
            return new Refused(
                    label,
                    -1,
                    Reason.ABSTAINED,
                    "class " + answer.topClass() + " came out of " + answer.topCount() + " draws of "
                            + answer.samples());
        }
        if (answer.topClass() != label) {
            return new Refused(
                    label,
                    answer.topClass(),
                    Reason.MISCLASSIFIED,
                    "the smoothed classifier answers " + answer.topClass() + ", with a radius of " + answer.radius());
        }
        return new Smoothed(label, label, answer.radius(), answer.lowerProbability(), answer.topCount());
    }
}
