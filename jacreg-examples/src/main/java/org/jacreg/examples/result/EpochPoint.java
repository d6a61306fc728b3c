package org.jacreg.examples.result;

/**
 * One model after an epoch, on the images that are followed from epoch to epoch. Means are over those images.
 *
 * @param epoch 0 before training, then 1, 2, ...
 * @param seconds the wall time of training in this epoch, following not included; 0 for epoch 0
 * @param trainingLoss the loss that training reported, its mean over the epoch, penalty included; NaN for epoch 0
 * @param accuracy the clean accuracy
 * @param loss the mean clean cross-entropy {@code l}
 * @param frobenius the mean {@code ||J||_F}
 * @param l11 the mean {@code ||J||_{1,1}}
 * @param linf PGD and surrogate under l_inf
 * @param l2 PGD and surrogate under l2
 */
public record EpochPoint(
        int epoch,
        double seconds,
        double trainingLoss,
        double accuracy,
        double loss,
        double frobenius,
        double l11,
        LossPair linf,
        LossPair l2) {

    /**
     * The loss that an attack reached beside the surrogate for the same radius.
     *
     * @param pgd the mean cross-entropy at the points PGD found: a lower bound of the mean robust loss
     * @param surrogate the mean of {@code l + eps ||J||_{1,1}} (l_inf) or {@code l + eps sqrt(2) ||J||_F} (l2): an upper
     *     bound of the mean first-order robust loss
     */
    public record LossPair(double pgd, double surrogate) {}
}
