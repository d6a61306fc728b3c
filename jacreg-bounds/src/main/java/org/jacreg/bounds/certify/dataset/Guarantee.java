package org.jacreg.bounds.certify.dataset;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jacreg.bounds.certify.Arithmetic;

/** What a radius is worth. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Guarantee.Proof.class, name = "proof"),
    @JsonSubTypes.Type(value = Guarantee.Confidence.class, name = "confidence")
})
public sealed interface Guarantee {

    /**
     * Radii hold without exception, for the network evaluated in an arithmetic.
     *
     * @param arithmetic how the network is evaluated
     */
    record Proof(Arithmetic arithmetic) implements Guarantee {}

    /**
     * Every radius by itself holds with probability {@code 1 - alpha} over the draws, and for the smoothed classifier, not for the network
     * behind it. Of N radii about {@code alpha N} may be wrong.
     *
     * @param alpha the probability with which a radius may be wrong
     * @param sigma the standard deviation of the noise, in input units
     * @param samples draws that count
     * @param selectionSamples draws that choose the class
     * @param seed the seed of the draws
     */
    record Confidence(double alpha, double sigma, long samples, int selectionSamples, long seed) implements Guarantee {}
}
