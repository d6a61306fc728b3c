package org.jacreg.examples.result;

import java.util.List;
import org.jacreg.examples.gaps.GapReport;

/**
 * What was found about one model.
 *
 * @param kind how it was trained
 * @param scores its row of the table
 * @param history its epochs, the first before training
 * @param curves accuracy against radius, one a norm
 * @param brackets radii between certificates and attacks, one a norm
 * @param gaps its gaps and their bounds
 * @param digits some attacked test images, the same images for every model
 */
public record ModelResult(
        ModelKind kind,
        Scores scores,
        List<EpochPoint> history,
        List<Curve> curves,
        List<Bracket> brackets,
        GapReport gaps,
        List<AdversarialDigit> digits) {

    /** Copies the lists. */
    public ModelResult {
        history = List.copyOf(history);
        curves = List.copyOf(curves);
        brackets = List.copyOf(brackets);
        digits = List.copyOf(digits);
    }

    /**
     * One of the curves.
     *
     * @param norm which
     * @return the curve
     * @throws IllegalArgumentException if there is none for this norm
     */
    public Curve curve(AttackNorm norm) {
        return curves.stream()
                .filter(curve -> curve.norm() == norm)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(kind.label() + " has no curve for " + norm));
    }

    /**
     * One of the brackets.
     *
     * @param norm which
     * @return the bracket
     * @throws IllegalArgumentException if there is none for this norm
     */
    public Bracket bracket(AttackNorm norm) {
        return brackets.stream()
                .filter(bracket -> bracket.norm() == norm)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(kind.label() + " has no bracket for " + norm));
    }
}
