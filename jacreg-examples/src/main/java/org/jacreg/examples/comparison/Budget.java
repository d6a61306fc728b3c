package org.jacreg.examples.comparison;

import java.util.List;

/**
 * What every method may spend, and on what network.
 *
 * @param filters output channels of the two convolutions
 * @param hidden width of the dense layer before the last
 * @param trainSize training digits, a seeded sample without repetition that is the same for all methods and seeds
 * @param epochs passes over them
 * @param rampEpochs over how many epochs the radius of training grows to {@code trainEpsilon}, in equal steps; 0 for none
 * @param batchSize digits in a step
 * @param learningRate of Adam; a tenth of it in the last quarter of the epochs, in whole epochs
 * @param trainEpsilon the l_inf radius of the inner attack
 * @param attackSteps steps of the inner attack, each {@code epsilon / 4}
 */
public record Budget(
        List<Integer> filters,
        int hidden,
        int trainSize,
        int epochs,
        int rampEpochs,
        int batchSize,
        double learningRate,
        double trainEpsilon,
        int attackSteps) {

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if a value is out of range; the message names it
     */
    public Budget {
        filters = List.copyOf(filters);
        Need.that(filters.size() == 2 && filters.get(0) >= 1 && filters.get(1) >= 1, "filters: two counts", filters);
        Need.that(hidden >= 1, "hidden: at least 1", hidden);
        Need.that(trainSize >= 1, "train-size: at least 1", trainSize);
        Need.that(epochs >= 1, "epochs: at least 1", epochs);
        Need.that(rampEpochs >= 0 && rampEpochs < epochs, "ramp-epochs: 0 or more, fewer than epochs", rampEpochs);
        Need.that(batchSize >= 1, "batch: at least 1", batchSize);
        Need.that(learningRate > 0 && learningRate < 1, "learning-rate: between 0 and 1", learningRate);
        Need.that(trainEpsilon > 0 && trainEpsilon <= 1, "train-epsilon: above 0, at most 1", trainEpsilon);
        Need.that(attackSteps >= 1, "attack-steps: at least 1", attackSteps);
    }

    /** From which epoch on, counted from 0, the learning rate is a tenth: for the last quarter of the epochs, in whole epochs. */
    int lateEpoch() {
        return Math.max(1, (int) Math.ceil(0.75 * epochs));
    }

    /** The radius of training in an epoch, counted from 0. */
    double epsilonIn(int epoch) {
        return epoch >= rampEpochs ? trainEpsilon : trainEpsilon * (epoch + 1) / (rampEpochs + 1);
    }
}
