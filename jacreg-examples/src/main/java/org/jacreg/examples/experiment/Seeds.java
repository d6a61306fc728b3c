package org.jacreg.examples.experiment;

import java.util.SplittableRandom;

/**
 * The seeds of an experiment's parts, all drawn from one, so that changing one part leaves the draws of the others alone.
 *
 * @param trainSample which training images are used
 * @param testSample which test images are used
 * @param weights the initial weights
 * @param batches the order of the batches
 * @param training the attacks of adversarial training
 * @param evaluation the attacks of the evaluation
 */
record Seeds(long trainSample, long testSample, long weights, long batches, long training, long evaluation) {

    static Seeds of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new Seeds(
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong());
    }
}
