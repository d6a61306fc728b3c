package org.jacreg.examples.experiment;

import org.jacreg.attacks.Apgd;
import org.jacreg.attacks.Fab;
import org.jacreg.attacks.Square;
import org.jacreg.attacks.evaluation.RobustEvaluation;

/**
 * AutoAttack's standard ensemble, each attack on what those before it left: APGD on the cross-entropy, APGD and FAB with nine
 * targets, Square.
 *
 * <p>Source: Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free attacks", ICML
 * 2020, arXiv 2003.01690.
 */
public final class StandardEnsemble {

    private static final int TARGETS = 9;

    private StandardEnsemble() {}

    /**
     * Adds the four attacks to an evaluation, under l_inf.
     *
     * @param evaluation to add to; modified
     * @param seed of every attack
     * @return the evaluation
     */
    public static RobustEvaluation addTo(RobustEvaluation evaluation, long seed) {
        return evaluation
                .attack("APGD-CE", eps -> Apgd.linf(eps).seed(seed).build())
                .attack(
                        "APGD-T",
                        eps -> Apgd.linf(eps)
                                .loss(Apgd.Loss.TARGETED_DLR)
                                .seed(seed)
                                .build())
                .attack(
                        "FAB-T",
                        eps -> Fab.linf()
                                .targetClasses(TARGETS)
                                .seed(seed)
                                .build()
                                .within(eps))
                .attack("Square", eps -> Square.linf(eps).seed(seed).build());
    }
}
