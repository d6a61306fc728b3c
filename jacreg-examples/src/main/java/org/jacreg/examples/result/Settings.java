package org.jacreg.examples.result;

import java.util.List;

/**
 * Everything an experiment is told.
 *
 * @param preset where the values came from that were not set one by one
 * @param seed of the samples of images, the initial weights, the order of batches and the attacks
 * @param training how every model is trained
 * @param evaluation how every model is measured
 */
public record Settings(Preset preset, long seed, TrainingSettings training, EvaluationSettings evaluation) {

    /**
     * Starts from a preset.
     *
     * @param preset how much work to do
     * @return a builder that holds the preset's values
     */
    public static Builder of(Preset preset) {
        Builder builder = new Builder(preset);
        switch (preset) {
            case QUICK ->
                builder.trainSize(4_000)
                        .testSize(250)
                        .epochs(2)
                        .ibpRateFactor(8)
                        .pgdSteps(10)
                        .autoAttackSize(25)
                        .trackSize(100)
                        .gapSize(200)
                        .certifySize(20);
            case STANDARD -> {}
            case FULL ->
                builder.trainSize(60_000)
                        .testSize(10_000)
                        .epochs(10)
                        .pgdSteps(40)
                        .pgdRestarts(3)
                        .autoAttackSize(1_000)
                        .trackSize(1_000)
                        .gapSize(2_000)
                        .certifySize(500);
        }
        return builder;
    }

    /** Changes single values of a preset. Setting a value twice keeps the last one. */
    public static final class Builder {
        private final Preset preset;
        private long seed = 1;
        private int trainSize = 30_000;
        private int testSize = 2_000;
        private List<Integer> hidden = List.of(200, 200);
        private int epochs = 5;
        private int batchSize = 128;
        private double learningRate = 1e-3;
        private double lambdaFrobenius = 0.03;
        private double lambdaL11 = 0.003;
        private double tradesBeta = 6;
        private double martBeta = 5;
        private double arowLambda = 3;
        private double ibpRateFactor = 1;
        private int attackSteps = 7;
        private double epsilonLinf = 0.1;
        private double epsilonL2 = 1.5;
        private int pgdSteps = 20;
        private int pgdRestarts = 1;
        private int autoAttackSize = 100;
        private List<Double> curveFactors = List.of(0.25, 0.5, 1.0, 1.5, 2.0);
        private int trackSize = 300;
        private int trackSteps = 10;
        private List<Double> lambdaFactors = List.of(0.1, 10.0);
        private int gapSize = 1_000;
        private int certifySize = 100;
        private double delta = 0.01;

        private Builder(Preset preset) {
            this.preset = preset;
        }

        /**
         * Sets the seed of everything.
         *
         * @param value any number
         * @return this
         */
        public Builder seed(long value) {
            this.seed = value;
            return this;
        }

        /**
         * Sets how many training images are used.
         *
         * @param value at least 1
         * @return this
         */
        public Builder trainSize(int value) {
            this.trainSize = value;
            return this;
        }

        /**
         * Sets how many test images are used.
         *
         * @param value at least 1
         * @return this
         */
        public Builder testSize(int value) {
            this.testSize = value;
            return this;
        }

        /**
         * Sets the widths of the hidden layers.
         *
         * @param value at least one width, each at least 1
         * @return this
         */
        public Builder hidden(List<Integer> value) {
            this.hidden = value;
            return this;
        }

        /**
         * Sets the number of passes over the training images.
         *
         * @param value at least 1
         * @return this
         */
        public Builder epochs(int value) {
            this.epochs = value;
            return this;
        }

        /**
         * Sets the number of images in a step.
         *
         * @param value at least 1
         * @return this
         */
        public Builder batchSize(int value) {
            this.batchSize = value;
            return this;
        }

        /**
         * Sets Adam's learning rate.
         *
         * @param value above 0
         * @return this
         */
        public Builder learningRate(double value) {
            this.learningRate = value;
            return this;
        }

        /**
         * Sets the weight of {@code ||J||_F^2}.
         *
         * @param value at least 0
         * @return this
         */
        public Builder lambdaFrobenius(double value) {
            this.lambdaFrobenius = value;
            return this;
        }

        /**
         * Sets the weight of {@code ||J||_{1,1}}.
         *
         * @param value at least 0
         * @return this
         */
        public Builder lambdaL11(double value) {
            this.lambdaL11 = value;
            return this;
        }

        /**
         * Sets the weight of the divergence in TRADES.
         *
         * @param value at least 0
         * @return this
         */
        public Builder tradesBeta(double value) {
            this.tradesBeta = value;
            return this;
        }

        /**
         * Sets the weight of the divergence in MART.
         *
         * @param value at least 0
         * @return this
         */
        public Builder martBeta(double value) {
            this.martBeta = value;
            return this;
        }

        /**
         * Sets lambda of ARoW.
         *
         * @param value at least 0
         * @return this
         */
        public Builder arowLambda(double value) {
            this.arowLambda = value;
            return this;
        }

        /**
         * Sets what the learning rate is multiplied with where interval bounds are trained.
         *
         * @param value above 0
         * @return this
         */
        public Builder ibpRateFactor(double value) {
            this.ibpRateFactor = value;
            return this;
        }

        /**
         * Sets the PGD steps of adversarial training.
         *
         * @param value at least 1
         * @return this
         */
        public Builder attackSteps(int value) {
            this.attackSteps = value;
            return this;
        }

        /**
         * Sets the l_inf radius.
         *
         * @param value above 0, in units of the input
         * @return this
         */
        public Builder epsilonLinf(double value) {
            this.epsilonLinf = value;
            return this;
        }

        /**
         * Sets the l2 radius.
         *
         * @param value above 0, in units of the input
         * @return this
         */
        public Builder epsilonL2(double value) {
            this.epsilonL2 = value;
            return this;
        }

        /**
         * Sets the PGD steps of the evaluation.
         *
         * @param value at least 1
         * @return this
         */
        public Builder pgdSteps(int value) {
            this.pgdSteps = value;
            return this;
        }

        /**
         * Sets the random starts of PGD in the evaluation.
         *
         * @param value at least 1
         * @return this
         */
        public Builder pgdRestarts(int value) {
            this.pgdRestarts = value;
            return this;
        }

        /**
         * Sets how many test images AutoAttack gets.
         *
         * @param value at least 1; more than {@code testSize} means all of them
         * @return this
         */
        public Builder autoAttackSize(int value) {
            this.autoAttackSize = value;
            return this;
        }

        /**
         * Sets at which multiples of the radii the curves are measured.
         *
         * @param value increasing, above 0, 1 among them
         * @return this
         */
        public Builder curveFactors(List<Double> value) {
            this.curveFactors = value;
            return this;
        }

        /**
         * Sets how many test images are followed from epoch to epoch.
         *
         * @param value at least 1; more than {@code testSize} means all of them
         * @return this
         */
        public Builder trackSize(int value) {
            this.trackSize = value;
            return this;
        }

        /**
         * Sets at which multiples of the two lambdas the penalties are trained once more, for gaps and bounds against lambda.
         *
         * @param value increasing, above 0; empty for none
         * @return this
         */
        public Builder lambdaFactors(List<Double> value) {
            this.lambdaFactors = value;
            return this;
        }

        /**
         * Sets how many training images and how many test images gaps are measured on.
         *
         * @param value at least 1; more than there are of either means as many as there are
         * @return this
         */
        public Builder gapSize(int value) {
            this.gapSize = value;
            return this;
        }

        /**
         * Sets how many test images are certified.
         *
         * @param value at least 1; more than {@code testSize} means all of them
         * @return this
         */
        public Builder certifySize(int value) {
            this.certifySize = value;
            return this;
        }

        /**
         * Sets the probability with which each bound of a gap may fail.
         *
         * @param value between 0 and 1
         * @return this
         */
        public Builder delta(double value) {
            this.delta = value;
            return this;
        }

        /**
         * Checks everything.
         *
         * @return the settings
         * @throws IllegalArgumentException if a value is out of range; the message names it, what came and what was wanted
         */
        public Settings build() {
            return new Settings(
                    preset,
                    seed,
                    new TrainingSettings(
                            trainSize,
                            hidden,
                            epochs,
                            batchSize,
                            learningRate,
                            lambdaFrobenius,
                            lambdaL11,
                            tradesBeta,
                            martBeta,
                            arowLambda,
                            ibpRateFactor,
                            lambdaFactors,
                            attackSteps),
                    new EvaluationSettings(
                            testSize,
                            epsilonLinf,
                            epsilonL2,
                            pgdSteps,
                            pgdRestarts,
                            Math.min(autoAttackSize, testSize),
                            curveFactors,
                            Math.min(trackSize, testSize),
                            trackSteps,
                            Math.min(gapSize, Math.min(trainSize, testSize)),
                            Math.min(certifySize, testSize),
                            delta));
        }
    }
}
