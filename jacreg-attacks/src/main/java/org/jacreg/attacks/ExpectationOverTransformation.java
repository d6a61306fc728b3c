package org.jacreg.attacks;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.jacreg.classifier.LogitsGradient;
import org.jacreg.classifier.LossGradient;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Expectation over transformation: a classifier whose answers are means over draws, for attacks on models that answer at random or that
 * see their inputs through a random transformation.
 *
 * <p>With draws {@code t_1 .. t_K},
 *
 * <pre>{@code
 * logits(x)   = (1/K) sum_k f(t_k(x))
 * loss(x)     = (1/K) sum_k loss(f(t_k(x)))        gradients are those of this mean, not of the loss of the mean logits
 * }</pre>
 *
 * <p>{@link #of(Classifier, InputTransformation)} draws once, by the seed: the same transformations for every sample and every call, so
 * that the mean is a pure function, attacks keep their contract, and results can be repeated. An attack may then profit from these {@code
 * K} draws; measure what it found with another seed. {@link #ofRandomised} asks a model {@code K} times that draws by itself; then nothing
 * can be repeated, and attacks can only promise what they saw.
 *
 * <p>Every call costs {@code K} of the model's. Arguments are not modified; the model is asked for nothing but its answers.
 *
 * <p>Source: Athalye, Engstrom, Ilyas, Kwok, "Synthesizing robust adversarial examples", ICML 2018, arXiv 1707.07397.
 */
public final class ExpectationOverTransformation implements Classifier {

    private final Classifier model;
    private final Function<INDArray, Draw[]> draws;
    private final String name;

    private ExpectationOverTransformation(Classifier model, Function<INDArray, Draw[]> draws, String name) {
        this.model = model;
        this.draws = draws;
        this.name = name;
    }

    /** One draw: the model's input, and the way of gradients back from there. */
    private record Draw(INDArray input, UnaryOperator<INDArray> pullBack) {}

    /**
     * Starts a mean over random transformations of the input.
     *
     * @param model the classifier behind them
     * @param transformation what is drawn
     * @return a builder with 20 draws
     */
    public static Builder of(Classifier model, InputTransformation transformation) {
        return new Builder(model, transformation);
    }

    /**
     * A mean over the answers of a model that draws by itself. In one call of {@link Classifier#logitsAndVjp} or {@link
     * Classifier#crossEntropyGradient} it must use one draw for answer and gradient.
     *
     * @param model the classifier; asked {@code samples} times instead of once
     * @param samples how often, at least 1
     * @return the classifier of means
     * @throws IllegalArgumentException if {@code samples} is less than 1
     */
    public static ExpectationOverTransformation ofRandomised(Classifier model, int samples) {
        requireSamples(samples);
        return new ExpectationOverTransformation(
                model,
                x -> {
                    Draw[] draws = new Draw[samples];
                    Arrays.fill(draws, new Draw(x, gradient -> gradient));
                    return draws;
                },
                "ExpectationOverTransformation[samples=" + samples + ", model=" + model + "]");
    }

    @Override
    public int classes() {
        return model.classes();
    }

    @Override
    public long[] inputShape() {
        return model.inputShape();
    }

    @Override
    public DataType dataType() {
        return model.dataType();
    }

    @Override
    public InputBox box() {
        return model.box();
    }

    @Override
    public INDArray logits(INDArray x) {
        return mean(x, draw -> new INDArray[] {model.logits(draw.input())})[0];
    }

    @Override
    public INDArray vjp(INDArray x, INDArray cotangent) {
        return mean(x, draw -> new INDArray[] {draw.pullBack().apply(model.vjp(draw.input(), cotangent))})[0];
    }

    @Override
    public LossGradient crossEntropyGradient(INDArray x, int[] labels) {
        INDArray[] means = mean(x, draw -> {
            LossGradient answer = model.crossEntropyGradient(draw.input(), labels);
            return new INDArray[] {
                answer.loss(), answer.logits(), draw.pullBack().apply(answer.gradient())
            };
        });
        return new LossGradient(means[0], means[1], means[2]);
    }

    /** The mean logits, and the mean of {@code v_k^T J(t_k(x)) J_t}, the cotangents chosen in view of every draw's own logits. */
    @Override
    public LogitsGradient logitsAndVjp(INDArray x, UnaryOperator<INDArray> cotangents) {
        INDArray[] means = mean(x, draw -> {
            LogitsGradient answer = model.logitsAndVjp(draw.input(), cotangents);
            return new INDArray[] {answer.logits(), draw.pullBack().apply(answer.gradient())};
        });
        return new LogitsGradient(means[0], means[1]);
    }

    private INDArray[] mean(INDArray x, Function<Draw, INDArray[]> answers) {
        Draw[] all = draws.apply(x);
        INDArray[] sums = answers.apply(all[0]);
        for (int k = 0; k < sums.length; k++) {
            sums[k] = sums[k].dup('c');
        }
        for (int draw = 1; draw < all.length; draw++) {
            INDArray[] answer = answers.apply(all[draw]);
            for (int k = 0; k < sums.length; k++) {
                sums[k].addi(answer[k]);
            }
        }
        for (INDArray sum : sums) {
            sum.divi(all.length);
        }
        return sums;
    }

    /** The configuration. */
    @Override
    public String toString() {
        return name;
    }

    private static void requireSamples(int samples) {
        Configuration.require(
                samples >= 1, "ExpectationOverTransformation", "samples must be at least 1, got " + samples);
    }

    /** Collects the options of an {@link ExpectationOverTransformation}. */
    public static final class Builder {

        private final Classifier model;
        private final InputTransformation transformation;
        private int samples = 20;
        private long seed;

        private Builder(Classifier model, InputTransformation transformation) {
            this.model = model;
            this.transformation = transformation;
        }

        /**
         * Sets the number of draws.
         *
         * @param value at least 1; 20 unless set, as in AutoAttack for randomised models
         * @return this builder
         */
        public Builder samples(int value) {
            this.samples = value;
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
         * Makes the classifier.
         *
         * @return the classifier of means
         * @throws IllegalArgumentException if an option is out of range
         */
        public ExpectationOverTransformation build() {
            requireSamples(samples);
            TransformedRows rows = new TransformedRows(transformation, model.dataType());
            int count = samples;
            long first = seed;
            return new ExpectationOverTransformation(
                    model,
                    x -> {
                        Draw[] draws = new Draw[count];
                        // a generator of its own for every draw: one draw does not depend on how much another takes
                        SplittableRandom seeds = new SplittableRandom(first);
                        for (int k = 0; k < count; k++) {
                            long own = seeds.nextLong();
                            draws[k] = new Draw(rows.apply(x, own), gradient -> rows.pullBack(x, gradient, own));
                        }
                        return draws;
                    },
                    "ExpectationOverTransformation[transformation=" + transformation + ", samples=" + samples
                            + ", seed=" + seed + ", model=" + model + "]");
        }
    }

    /** A transformation of batches, every row with the generator in the same state. */
    private record TransformedRows(InputTransformation transformation, DataType type) {

        INDArray apply(INDArray x, long seed) {
            double[][] rows = rows(x);
            Arrays.setAll(rows, n -> transformation.apply(rows[n], new SplittableRandom(seed)));
            return array(rows, x);
        }

        INDArray pullBack(INDArray x, INDArray gradient, long seed) {
            double[][] rows = rows(x);
            double[][] gradients = rows(gradient);
            Arrays.setAll(gradients, n -> transformation.pullBack(rows[n], gradients[n], new SplittableRandom(seed)));
            return array(gradients, x);
        }

        private static double[][] rows(INDArray x) {
            double[] values = x.castTo(DataType.DOUBLE).dup('c').data().asDouble();
            int entries = values.length / (int) x.size(0);
            double[][] rows = new double[(int) x.size(0)][];
            Arrays.setAll(rows, n -> Arrays.copyOfRange(values, n * entries, (n + 1) * entries));
            return rows;
        }

        private INDArray array(double[][] rows, INDArray like) {
            return Nd4j.createFromArray(rows).castTo(type).reshape('c', like.shape());
        }
    }
}
