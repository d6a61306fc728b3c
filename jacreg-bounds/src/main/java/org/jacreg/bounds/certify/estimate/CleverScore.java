package org.jacreg.bounds.certify.estimate;

import java.util.List;

/**
 * The CLEVER score of one input.
 *
 * @param estimate the score: the least of the rivals' {@code min(margin / Lipschitz estimate, R)}
 * @param rivals the classes that were looked at, by falling logit
 * @param lipschitz the estimate of {@code z_label - z_rival}'s constant within the ball, for every rival
 */
public record CleverScore(RadiusEstimate estimate, List<Integer> rivals, List<LipschitzEstimate> lipschitz) {

    /**
     * Copies the lists.
     *
     * @param estimate the score
     * @param rivals the classes that were looked at
     * @param lipschitz the estimate for every rival
     */
    public CleverScore {
        rivals = List.copyOf(rivals);
        lipschitz = List.copyOf(lipschitz);
    }
}
