package org.jacreg.training;

/**
 * An average of the weights along training, which is validated and left in the graph in place of the last weights.
 *
 * <pre>{@code
 * RobustTrainer.of(sd).epochs(120).weightAverage(WeightAverage.swa(51)).build().fit(data);
 * }</pre>
 *
 * <p>Stochastic weight averaging (SWA; Izmailov et al., "Averaging weights leads to wider optima and better generalization", UAI
 * 2018, arXiv 1803.05407) takes the mean of the weights after some epochs, {@code a <- a + (w - a) / (n + 1)} for the {@code n}-th of
 * them, counted from 0. The exponential moving average (EMA; Polyak and Juditsky 1992 for the plain mean) follows every step, {@code
 * a <- decay a + (1 - decay) w}, from the weights that training starts with. Averages are in the weights' own type. SameDiff's
 * {@code batchNorm} takes mean and variance as inputs, and training keeps no running statistics of them: there is nothing to
 * compute anew for averaged weights.
 *
 * <p>Training itself goes on with its own weights. After an epoch the averages, once there are any, are put into the graph for
 * validation and for the weights that early stopping keeps, and taken out again; listeners and progress see the weights of the
 * last step at all other times. When training ends, also early or cancelled, the graph has the averages, or the best validated
 * ones; the weights of the last step are in the last checkpoint only. A training that ends with an exception leaves the weights of
 * the last step.
 */
public sealed interface WeightAverage {

    /**
     * The mean of the weights after epochs.
     *
     * @param fromEpoch the first epoch of the run that counts, from 1: the recipe of ARoW takes 51
     * @return an average that takes every epoch from there on
     * @throws IllegalArgumentException if the epoch is less than 1
     */
    static Swa swa(int fromEpoch) {
        return new Swa(fromEpoch, 1);
    }

    /**
     * The exponential moving average over steps.
     *
     * @param decay how much of the average a step leaves, at least 0 and less than 1: 0.995, or 0.999 for long trainings
     * @return an average that follows every step
     * @throws IllegalArgumentException if the decay is out of range
     */
    static Ema ema(double decay) {
        return new Ema(decay);
    }

    /**
     * Stochastic weight averaging.
     *
     * @param fromEpoch the first epoch of the run that counts, at least 1
     * @param every how many epochs lie between two that count, at least 1
     */
    record Swa(int fromEpoch, int every) implements WeightAverage {

        /** Checks the numbers. */
        public Swa {
            if (fromEpoch < 1) {
                throw new IllegalArgumentException("swa(fromEpoch): epochs count from 1, got " + fromEpoch);
            }
            if (every < 1) {
                throw new IllegalArgumentException("every: expected at least 1, got " + every);
            }
        }

        /**
         * Takes one of several epochs.
         *
         * @param epochs how many epochs lie between two that count, at least 1, by default 1
         * @return a copy
         * @throws IllegalArgumentException if the number is less than 1
         */
        public Swa every(int epochs) {
            return new Swa(fromEpoch, epochs);
        }

        boolean takes(int epoch) {
            return epoch >= fromEpoch && (epoch - fromEpoch) % every == 0;
        }
    }

    /**
     * The exponential moving average.
     *
     * @param decay how much of the average a step leaves, at least 0 and less than 1
     */
    record Ema(double decay) implements WeightAverage {

        /** Checks the decay. */
        public Ema {
            if (!(decay >= 0 && decay < 1)) {
                throw new IllegalArgumentException("ema(decay): expected at least 0 and less than 1, got " + decay);
            }
        }
    }
}
