package org.jacreg.examples.comparison;

import java.util.List;
import org.jacreg.attacks.evaluation.FailureFlag;

/**
 * One network: trained in one way from one seed, and measured. Accuracies are fractions.
 *
 * @param method how it was trained
 * @param strength of the method; 0 if it has none
 * @param seed of the initial weights, the batches and the attacks
 * @param clean the accuracy without attack
 * @param pgd the accuracy left by PGD, one for each radius
 * @param autoAttack the accuracy left by AutoAttack, one for each radius; empty if it was not run
 * @param flags the failure flags that the two evaluations raised, without repetition; no number depends on them
 * @param trainingSeconds processor time of training, a teacher's included; wall time where the system does not tell
 * @param pgdSeconds wall time of PGD
 * @param autoAttackSeconds wall time of AutoAttack
 * @param finalLoss the mean loss of the last epoch
 */
public record MethodRun(
        Method method,
        double strength,
        long seed,
        double clean,
        List<Double> pgd,
        List<Double> autoAttack,
        List<FailureFlag.Kind> flags,
        double trainingSeconds,
        double pgdSeconds,
        double autoAttackSeconds,
        double finalLoss) {

    /** Copies the lists. */
    public MethodRun {
        pgd = List.copyOf(pgd);
        autoAttack = List.copyOf(autoAttack);
        flags = List.copyOf(flags);
    }
}
