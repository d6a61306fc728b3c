package org.jacreg.examples.result;

import java.util.List;

/**
 * How every model is trained.
 *
 * @param trainSize training images used, a seeded sample of the training set without repetition
 * @param hidden the widths of the hidden layers, each followed by ReLU
 * @param epochs passes over the training images
 * @param batchSize images in a step
 * @param learningRate of Adam
 * @param lambdaFrobenius weight of {@code ||J||_F^2} (batch mean, no factor 1/2)
 * @param lambdaL11 weight of {@code ||J||_{1,1}} (batch mean)
 * @param tradesBeta weight of the divergence in TRADES
 * @param martBeta weight of the divergence in MART
 * @param arowLambda lambda of ARoW, half the weight of its divergence
 * @param ibpRateFactor what the learning rate is multiplied with where interval bounds are trained: they need more or larger steps
 * @param lambdaFactors multiples of the two lambdas at which the penalties are trained once more, for gaps and bounds against lambda
 * @param attackSteps PGD steps in adversarial training
 */
public record TrainingSettings(
        int trainSize,
        List<Integer> hidden,
        int epochs,
        int batchSize,
        double learningRate,
        double lambdaFrobenius,
        double lambdaL11,
        double tradesBeta,
        double martBeta,
        double arowLambda,
        double ibpRateFactor,
        List<Double> lambdaFactors,
        int attackSteps) {

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if a value is out of range; the message names it
     */
    public TrainingSettings {
        Checks.atLeastOne("train-size", trainSize);
        hidden = List.copyOf(hidden);
        Checks.notEmpty("hidden", hidden);
        hidden.forEach(width -> Checks.atLeastOne("hidden", width));
        Checks.atLeastOne("epochs", epochs);
        Checks.atLeastOne("batch", batchSize);
        Checks.positive("learning-rate", learningRate);
        Checks.notNegative("lambda-f", lambdaFrobenius);
        Checks.notNegative("lambda-l11", lambdaL11);
        Checks.notNegative("trades-beta", tradesBeta);
        Checks.notNegative("mart-beta", martBeta);
        Checks.notNegative("arow-lambda", arowLambda);
        Checks.positive("ibp-rate-factor", ibpRateFactor);
        lambdaFactors = List.copyOf(lambdaFactors);
        if (!lambdaFactors.isEmpty()) {
            Checks.increasing("lambda-factors", lambdaFactors);
        }
        Checks.atLeastOne("attack-steps", attackSteps);
    }

    /**
     * The same with other weights of the penalties.
     *
     * @param factor what both lambdas are multiplied with, above 0
     * @return the settings, without further factors
     */
    public TrainingSettings timesLambda(double factor) {
        return new TrainingSettings(
                trainSize,
                hidden,
                epochs,
                batchSize,
                learningRate,
                lambdaFrobenius * factor,
                lambdaL11 * factor,
                tradesBeta,
                martBeta,
                arowLambda,
                ibpRateFactor,
                List.of(),
                attackSteps);
    }
}
