package org.jacreg.attacks.objective;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.jacreg.classifier.InputBox;
import org.jacreg.runtime.QuietOps;
import org.jacreg.training.Objective;
import org.jacreg.training.TrainingBatch;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Training on inputs with noise, drawn anew in every step: {@code E loss(x + n, y)}, {@code n} Gaussian or uniform, entry by entry.
 *
 * <p>Gaussian noise is what a classifier is trained with that is to be smoothed (Cohen, Rosenfeld, Kolter, "Certified adversarial
 * robustness via randomized smoothing", ICML 2019, arXiv 1902.02918), and the baseline that adversarial training has to beat. The
 * draws are a function of the seed, the iteration and the sample's place in the batch: a resumed run draws what an uninterrupted
 * one does. Validation is without noise. Around another objective, that one attacks and weighs the noisy inputs.
 */
public final class NoiseAugmentation implements Objective {

    private final Options options;

    private NoiseAugmentation(Options options) {
        this.options = options;
    }

    /** How noise is distributed. */
    public enum Distribution {
        /** Independent normal entries; the scale is the standard deviation. */
        GAUSSIAN,
        /** Independent uniform entries; the scale is the largest absolute value. */
        UNIFORM
    }

    /**
     * Starts training with normal noise.
     *
     * @param deviation the standard deviation, in the units of the graph's input; positive and finite
     * @return a builder with default options
     */
    public static Builder gaussian(double deviation) {
        return new Builder(Distribution.GAUSSIAN, deviation);
    }

    /**
     * Starts training with uniform noise.
     *
     * @param radius the largest absolute value of an entry, in the units of the graph's input; positive and finite
     * @return a builder with default options
     */
    public static Builder uniform(double radius) {
        return new Builder(Distribution.UNIFORM, radius);
    }

    @Override
    public Session start(SameDiff graph) {
        String input = Fed.input(graph, options.input(), "noise augmentation");
        return new Noisy(options, input, options.objective().start(graph));
    }

    /**
     * The configuration.
     *
     * @return the options
     */
    public Options options() {
        return options;
    }

    /**
     * The configuration.
     *
     * @return every option by name, and the objective on the noisy inputs
     */
    @Override
    public String toString() {
        return RobustLoss.describe("NoiseAugmentation", options);
    }

    /**
     * What is drawn, and what is done with it.
     *
     * @param distribution of the noise
     * @param scale standard deviation or largest absolute value, positive and finite
     * @param box the inputs that are meaningful: noisy ones are clipped to it
     * @param seed the seed of the draws
     * @param input the placeholder that gets the noise; read off the graph if it is not named
     * @param objective what is minimised on the noisy inputs
     */
    public record Options(
            Distribution distribution,
            double scale,
            InputBox box,
            long seed,
            Optional<String> input,
            Objective objective) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if the scale is not positive and finite
         */
        public Options {
            Fed.requirePositive("noise augmentation", "the scale of " + distribution + " noise", scale);
        }
    }

    private record Noisy(Options options, String input, Session inner) implements AroundSession {

        @Override
        public Map<String, INDArray> prepare(TrainingBatch batch) {
            if (!batch.training()) {
                return inner.prepare(batch);
            }
            INDArray x = batch.floatingPoint(input, "noise augmentation");
            Map<String, INDArray> values = new HashMap<>(batch.placeholders());
            values.put(input, QuietOps.call(() -> noisy(x, batch.iteration())));
            return inner.prepare(new TrainingBatch(values, batch.iteration(), batch.epoch(), true));
        }

        private INDArray noisy(INDArray x, int iteration) {
            ToDoubleFunction<SplittableRandom> draw = options.distribution() == Distribution.GAUSSIAN
                    ? SplittableRandom::nextGaussian
                    : random -> 2 * random.nextDouble() - 1;
            double[] values = new double[Math.toIntExact(x.length())];
            int entries = values.length / (int) x.size(0);
            long seed = Mix.of(options.seed()) ^ Mix.of(~(long) iteration);
            for (int k = 0; k < values.length; ) {
                SplittableRandom random = new SplittableRandom(Mix.of(seed + k / entries));
                for (int end = k + entries; k < end; k++) {
                    values[k] = options.scale() * draw.applyAsDouble(random);
                }
            }
            INDArray noise =
                    Nd4j.createFromArray(values).reshape('c', x.shape()).castTo(x.dataType());
            INDArray sum = noise.addi(x);
            if (options.box().lower() > Double.NEGATIVE_INFINITY) {
                Transforms.max(sum, options.box().lower(), false);
            }
            if (options.box().upper() < Double.POSITIVE_INFINITY) {
                Transforms.min(sum, options.box().upper(), false);
            }
            return sum;
        }
    }

    /** Collects the options of a {@link NoiseAugmentation}. */
    public static final class Builder {

        private final Distribution distribution;
        private final double scale;
        private InputBox box = InputBox.unbounded();
        private long seed;
        private Optional<String> input = Optional.empty();
        private Objective objective = Objective.lossVariables();

        private Builder(Distribution distribution, double scale) {
            this.distribution = distribution;
            this.scale = scale;
        }

        /**
         * Clips noisy inputs.
         *
         * @param lower the least value; {@code -infinity} unless set
         * @param upper the greatest value; {@code +infinity} unless set. A classifier that is to be smoothed wants no bounds
         * @return this builder
         * @throws IllegalArgumentException if a bound is NaN or {@code lower >= upper}
         */
        public Builder bounds(double lower, double upper) {
            this.box = new InputBox(lower, upper);
            return this;
        }

        /**
         * Sets the seed of the draws.
         *
         * @param value any number; 0 unless set
         * @return this builder
         */
        public Builder seed(long value) {
            this.seed = value;
            return this;
        }

        /**
         * Names the input.
         *
         * @param name a floating-point placeholder; read off the graph unless set
         * @return this builder
         */
        public Builder input(String name) {
            this.input = Optional.of(name);
            return this;
        }

        /**
         * Sets what is minimised on the noisy inputs.
         *
         * @param minimised the graph's own loss unless set
         * @return this builder
         */
        public Builder over(Objective minimised) {
            this.objective = minimised;
            return this;
        }

        /**
         * Makes the objective.
         *
         * @return the objective
         * @throws IllegalArgumentException if the scale is not positive and finite
         */
        public NoiseAugmentation build() {
            return new NoiseAugmentation(new Options(distribution, scale, box, seed, input, objective));
        }
    }
}
