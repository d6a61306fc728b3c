package org.jacreg.examples.gaps;

/**
 * The risks of one network. Accuracies are fractions, losses are mean cross-entropies. Under an attack, a loss is a lower bound of
 * the robust loss and an accuracy an upper bound of the robust accuracy.
 *
 * @param accuracy without attack
 * @param loss without attack
 * @param linfAccuracy under PGD, l_inf
 * @param linfLoss the greatest loss PGD met, l_inf
 * @param l2Accuracy under PGD, l2
 * @param l2Loss the greatest loss PGD met, l2
 * @param linfSurrogate {@code l + eps ||J||_1,1} at the l_inf radius
 * @param l2Surrogate {@code l + eps sqrt(2) ||J||_F} at the l2 radius
 * @param frobenius {@code ||J||_F}
 * @param l11 {@code ||J||_1,1}
 */
public record Risks(
        TrainTest accuracy,
        TrainTest loss,
        TrainTest linfAccuracy,
        TrainTest linfLoss,
        TrainTest l2Accuracy,
        TrainTest l2Loss,
        TrainTest linfSurrogate,
        TrainTest l2Surrogate,
        TrainTest frobenius,
        TrainTest l11) {}
