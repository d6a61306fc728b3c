package org.jacreg.bounds.certify.smoothing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Certifies and predicts with the smoothed classifier {@code g(x) = argmax_c P(f(x + sigma z) = c)}, {@code z} standard normal.
 *
 * <p>{@link #certify} guesses the likeliest class from {@code selectionSamples} draws, counts it in {@code samples} fresh ones, bounds its
 * probability from below (Clopper-Pearson, one-sided, level {@code alpha}) and answers with the radius {@code sigma Phi^-1(p)}. {@link
 * #predict} answers without a radius, from {@code selectionSamples} draws or as many as asked for.
 *
 * <p>What is certified, and what is not: the radius is of {@code g}, in l2, with confidence {@code 1 - alpha} for every input by itself; on
 * a thousand inputs about {@code 1000 alpha} may be wrong. The network {@code f} may be anything, and sees inputs outside its box. Noise
 * is drawn and added in floating point; the theorem is about real numbers.
 *
 * <p>A function of the seed and the input's values: not of batch, threads or place among other inputs. Arguments are not modified. The
 * classifier is only asked for logits.
 *
 * <p>Source: Cohen, Rosenfeld, Kolter, "Certified adversarial robustness via randomized smoothing", ICML 2019, arXiv 1902.02918.
 */
public final class RandomizedSmoothing {

    private final Classifier model;
    private final Options options;

    private RandomizedSmoothing(Classifier model, Options options) {
        this.model = model;
        this.options = options;
    }

    /**
     * Starts with a noise.
     *
     * @param model the classifier behind the noise
     * @param sigma the standard deviation of the noise, in input units
     * @return a builder with the paper's defaults
     */
    public static Builder of(Classifier model, double sigma) {
        return new Builder(model, sigma);
    }

    /**
     * Certifies a batch, one input after the other.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @return one answer for every input
     * @throws IllegalArgumentException if there are so few samples that no answer could be certified at this alpha, the shape does not
     *     fit, the batch is empty, or an input is not finite; nothing is drawn then
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    public List<SmoothedRadius> certify(INDArray x) {
        options.requireEnoughSamples();
        List<SmoothedRadius> answers = new ArrayList<>();
        for (double[] input : inputs(x)) {
            NoisyAnswers answersHere = around(input);
            long[] guess = answersHere.counts(0, options.selectionSamples(), options.progress());
            int top = most(guess, -1);
            long[] counts = answersHere.counts(options.selectionSamples(), options.samples(), options.progress());
            answers.add(new SmoothedRadius(
                    top,
                    counts[top],
                    options.samples(),
                    ClopperPearson.lower(counts[top], options.samples(), options.alpha()),
                    options.sigma(),
                    options.alpha()));
        }
        return answers;
    }

    /**
     * Predicts a batch.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @return one prediction for every input
     * @throws IllegalArgumentException if the shape does not fit, the batch is empty, or an input is not finite
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    public List<SmoothedPrediction> predict(INDArray x) {
        List<SmoothedPrediction> predictions = new ArrayList<>();
        for (double[] input : inputs(x)) {
            long[] counts = around(input).counts(0, options.selectionSamples(), options.progress());
            int top = most(counts, -1);
            int next = most(counts, top);
            predictions.add(new SmoothedPrediction(top, (int) counts[top], (int) counts[next], options.alpha()));
        }
        return predictions;
    }

    private NoisyAnswers around(double[] input) {
        return new NoisyAnswers(model, options.sigma(), options.batchSize(), input, options.seed());
    }

    private double[][] inputs(INDArray x) {
        long[] shape = model.inputShape();
        boolean fits = !x.isEmpty()
                && x.rank() == shape.length + 1
                && Arrays.equals(Arrays.copyOfRange(x.shape(), 1, x.rank()), shape);
        if (!fits) {
            throw new IllegalArgumentException("smoothing: expected inputs [N, *" + Arrays.toString(shape)
                    + "] with at least one, got shape " + Arrays.toString(x.shape()));
        }
        double[] values = x.castTo(DataType.DOUBLE).dup('c').data().asDouble();
        int entries = values.length / (int) x.size(0);
        double[][] rows = new double[(int) x.size(0)][];
        for (int n = 0; n < rows.length; n++) {
            rows[n] = Arrays.copyOfRange(values, n * entries, (n + 1) * entries);
            for (double value : rows[n]) {
                if (!Double.isFinite(value)) {
                    throw new IllegalArgumentException(
                            "smoothing: input " + n + " holds " + value + ", expected finite values");
                }
            }
        }
        return rows;
    }

    /** The class of the highest count, the first of several; another than {@code without}. */
    private static int most(long[] counts, int without) {
        int most = -1;
        for (int c = 0; c < counts.length; c++) {
            if (c != without && (most < 0 || counts[c] > counts[most])) {
                most = c;
            }
        }
        return most;
    }

    /**
     * The classifier behind the noise.
     *
     * @return the model
     */
    public Classifier model() {
        return model;
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
     * What is drawn and how sure it is.
     *
     * @param sigma the standard deviation of the noise, positive and finite
     * @param samples draws that count, at least 1
     * @param selectionSamples draws that choose the class, and draws of a prediction, at least 1
     * @param alpha the probability of a wrong answer, in (0, 1/2)
     * @param batchSize draws evaluated at once, at least 1
     * @param seed the seed of the draws
     * @param progress told of every evaluated batch, how many draws it held
     */
    public record Options(
            double sigma,
            long samples,
            int selectionSamples,
            double alpha,
            int batchSize,
            long seed,
            LongConsumer progress) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            require(sigma > 0 && sigma < Double.POSITIVE_INFINITY, "sigma must be positive and finite, got " + sigma);
            require(samples >= 1, "samples must be at least 1, got " + samples);
            require(selectionSamples >= 1, "selectionSamples must be at least 1, got " + selectionSamples);
            require(alpha > 0 && alpha < 0.5, "alpha must lie strictly between 0 and 1/2, got " + alpha);
            require(batchSize >= 1, "batchSize must be at least 1, got " + batchSize);
        }

        private static void require(boolean condition, String message) {
            if (!condition) {
                throw new IllegalArgumentException("smoothing: " + message);
            }
        }

        /**
         * The greatest radius that these options can give: that of a class that comes out of every draw.
         *
         * @return {@code sigma Phi^-1(alpha^(1/samples))}; 0 if there are too few samples for any
         */
        public double largestRadius() {
            return new SmoothedRadius(0, samples, samples, ClopperPearson.lower(samples, samples, alpha), sigma, alpha)
                    .radius();
        }

        private void requireEnoughSamples() {
            // a class that comes out of all n draws has a probability of at least alpha^(1/n)
            long least = (long) Math.floor(-Math.log(alpha) / Math.log(2)) + 1;
            require(
                    largestRadius() > 0,
                    samples + " samples prove no majority at alpha " + alpha
                            + " even if all of them agree; wanted at least " + least + ", or a larger alpha");
        }
    }

    /** Collects the options of a {@link RandomizedSmoothing}. */
    public static final class Builder {

        private final Classifier model;
        private final double sigma;
        private long samples = 100_000;
        private int selectionSamples = 100;
        private double alpha = 0.001;
        private int batchSize = 500;
        private long seed;
        private LongConsumer progress = drawn -> {};

        private Builder(Classifier model, double sigma) {
            this.model = model;
            this.sigma = sigma;
        }

        /**
         * Sets how many draws count for a certificate.
         *
         * @param value at least 1; 100 000 unless set, as in the paper
         * @return this builder
         */
        public Builder samples(long value) {
            this.samples = value;
            return this;
        }

        /**
         * Sets how many draws choose the class of a certificate, and how many a prediction takes.
         *
         * @param value at least 1; 100 unless set, as in the paper
         * @return this builder
         */
        public Builder selectionSamples(int value) {
            this.selectionSamples = value;
            return this;
        }

        /**
         * Sets how often an answer may be wrong.
         *
         * @param value in (0, 1/2); 0.001 unless set, as in the paper
         * @return this builder
         */
        public Builder alpha(double value) {
            this.alpha = value;
            return this;
        }

        /**
         * Sets how many draws are evaluated at once. Results do not change beyond the rounding of the model.
         *
         * @param value at least 1; 500 unless set
         * @return this builder
         */
        public Builder batchSize(int value) {
            this.batchSize = value;
            return this;
        }

        /**
         * Sets the seed.
         *
         * @param value any number; 0 unless set
         * @return this builder
         */
        public Builder seed(long value) {
            this.seed = value;
            return this;
        }

        /**
         * Sets who hears of every evaluated batch of draws.
         *
         * @param value told how many draws a batch held, on the thread that certifies
         * @return this builder
         */
        public Builder progress(LongConsumer value) {
            this.progress = value;
            return this;
        }

        /**
         * Makes the smoothed classifier.
         *
         * @return what certifies and predicts
         * @throws IllegalArgumentException if an option is out of range, or the model has fewer than two classes
         */
        public RandomizedSmoothing build() {
            if (model.classes() < 2) {
                throw new IllegalArgumentException(
                        "smoothing: expected a classifier of at least 2 classes, got " + model.classes());
            }
            return new RandomizedSmoothing(
                    model, new Options(sigma, samples, selectionSamples, alpha, batchSize, seed, progress));
        }
    }
}
