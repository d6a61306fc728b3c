package org.jacreg.examples.result;

/**
 * One trained model's row of the table. Accuracies are fractions in {@code [0, 1]}.
 *
 * @param cleanTrain the accuracy on the training images used
 * @param cleanTest the accuracy on the test images used
 * @param fgsmLinf the accuracy on them under FGSM, l_inf
 * @param pgdLinf the accuracy on them under PGD, l_inf
 * @param autoAttack the accuracy under AutoAttack, l_inf, on the first test images used, as many as the settings say
 * @param fgsmL2 the accuracy on them under one normalised gradient step, l2
 * @param pgdL2 the accuracy on them under PGD, l2
 * @param certifiedLinf the share that is certified, l_inf, of the first test images used, as many as the settings say
 * @param certifiedRadius the l_inf radius within which half of these are certified
 * @param frobenius the mean {@code ||J||_F} over the test images used
 * @param l11 the mean {@code ||J||_{1,1}} over the test images used
 * @param secondsPerEpoch the mean wall time of a training epoch
 */
public record Scores(
        double cleanTrain,
        double cleanTest,
        double fgsmLinf,
        double pgdLinf,
        double autoAttack,
        double fgsmL2,
        double pgdL2,
        double certifiedLinf,
        double certifiedRadius,
        double frobenius,
        double l11,
        double secondsPerEpoch) {}
