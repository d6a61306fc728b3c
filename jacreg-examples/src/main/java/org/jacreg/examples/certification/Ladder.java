package org.jacreg.examples.certification;

import java.util.List;
import org.jacreg.examples.result.Checks;

/**
 * The small networks on which all methods are put side by side: as many rectifiers as branch and bound can do.
 *
 * @param settings of everything else
 * @param widths of the hidden layers
 * @param epsilon the l_inf radius of adversarial training and of training on bounds; few units learn nothing at a large one
 * @param digits how many
 * @param nodes of branch and bound for one radius
 */
public record Ladder(CertificationSettings settings, List<Integer> widths, double epsilon, int digits, int nodes) {

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if a value is out of range; the message names it
     */
    public Ladder {
        widths = List.copyOf(widths);
        widths.forEach(width -> Checks.atLeastOne("small-hidden", width));
        Checks.positive("small-epsilon", epsilon);
        Checks.atLeastOne("small-digits", digits);
        Checks.atLeastOne("nodes", nodes);
    }

    /** How the small networks are trained: as the others, but for widths and radius. */
    CertificationSettings.Training training() {
        return settings.training().with(widths, epsilon);
    }
}
