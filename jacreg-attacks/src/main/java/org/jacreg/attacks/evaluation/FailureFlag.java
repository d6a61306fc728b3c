package org.jacreg.attacks.evaluation;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A sign that a figure of robust accuracy says more about the attacks than about the model.
 *
 * <p>A flag never changes a number of the report. No flag proves nothing: the list knows the common failures only.
 *
 * <p>Sources: the checks of AutoAttack (Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of
 * diverse parameter-free attacks", ICML 2020, arXiv 2003.01690) and the advice of Carlini et al., "On evaluating adversarial
 * robustness", 2019, arXiv 1902.06705. Thresholds are our own unless named.
 *
 * @param kind which sign
 * @param message what was seen, what it means and what to do
 * @param share the share of examples that show it, of those that could have, in [0, 1]
 * @param numbers the figures behind it, by name
 */
public record FailureFlag(Kind kind, String message, double share, Map<String, Double> numbers) {

    /** Copies the map and sorts it by name. */
    public FailureFlag {
        numbers = Collections.unmodifiableMap(new TreeMap<>(numbers));
    }

    /** The signs that are looked for. */
    public enum Kind {

        /** Two evaluations of one batch, or of its gradients, differ by more than rounding. */
        RANDOMISED_MODEL,

        /** Two runs of one attack with one configuration differ, though the model does not. */
        RANDOMISED_ATTACK,

        /** Every row of logits lies in [0, 1] and sums to 1. */
        PROBABILITIES_AS_LOGITS,

        /** At least half of an attack's gradients, or the gradient at the input itself, are exactly zero. */
        ZERO_GRADIENTS,

        /** Logits or gradients are NaN or infinite. */
        NOT_FINITE,

        /** An attack without gradients breaks examples that no attack with gradients breaks. */
        BLACK_BOX_BEATS_WHITE_BOX,

        /** The loss that an attack reaches falls when its ball grows. */
        LOSS_NOT_INCREASING,

        /** Attacks that may go anywhere in the box do not break nearly everything. */
        UNBOUNDED_ATTACK_FAILS
    }
}
