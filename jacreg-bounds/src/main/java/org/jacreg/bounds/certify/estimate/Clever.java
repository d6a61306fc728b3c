package org.jacreg.bounds.certify.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The CLEVER score: the margin over an extreme-value estimate of the local Lipschitz constant.
 *
 * <p>In each of {@code batches} batches of {@code samplesPerBatch} points drawn uniformly from the ball of radius R, the largest {@code
 * ||grad (z_c - z_j)||_q} is kept, q dual to the norm of the ball. A reverse Weibull distribution is fitted to these maxima; its location
 * is the estimate {@code L_j}, and the score is {@code min_j min((z_c - z_j) / L_j, R)}. Where the fit fails a Kolmogorov-Smirnov test at
 * 0.001 the largest sampled norm stands in for the location.
 *
 * <p>An <em>estimate</em>: sampled gradients stay below the true constant, so that the score may be too large.
 *
 * <p>Differs from the authors' code in three points: the location is found by profile likelihood instead of a three-parameter search; the
 * score is cut at R, beyond which no gradient was seen; points outside of the classifier's box are moved onto it. Cost: one gradient for
 * every point and rival, {@code batches * samplesPerBatch * rivals} for an input.
 *
 * <p>A function of the seed and the input's values, not of its place in a batch. Arguments are not modified.
 *
 * <p>Source: Weng et al., "Evaluating the robustness of neural networks: an extreme value theory approach", ICLR 2018, arXiv 1801.10578.
 */
public final class Clever {

    private final Options options;

    private Clever(Options options) {
        this.options = options;
    }

    /**
     * Starts with a ball.
     *
     * @param norm what distances are measured in
     * @param radius R, in the classifier's input units, positive and finite
     * @return a builder with the paper's defaults
     */
    public static Builder of(BallNorm norm, double radius) {
        return new Builder(norm, radius);
    }

    /**
     * Scores a batch, one input after the other.
     *
     * @param model the classifier
     * @param x {@code [N, *inputShape]}; not modified
     * @return one score for every input; 0 for a tie
     * @throws IllegalArgumentException if the shape does not fit, an input is not finite, or the model has one class only
     * @throws ArithmeticException if a logit or gradient is not finite
     * @throws CancellationException if the thread is interrupted
     */
    public List<CleverScore> score(Classifier model, INDArray x) {
        Gradients.check(model, x);
        double[][] z = Gradients.rows(model.logits(x));
        double[][] inputs = Gradients.rows(x);
        List<CleverScore> scores = new ArrayList<>();
        for (int n = 0; n < z.length; n++) {
            for (double logit : z[n]) {
                Gradients.requireFinite(logit, n);
            }
            scores.add(score(model, inputs[n], z[n], n));
        }
        return scores;
    }

    private CleverScore score(Classifier model, double[] input, double[] z, int sample) {
        int label = Gradients.top(z);
        List<Integer> rivals = IntStream.range(0, z.length)
                .filter(c -> c != label)
                .boxed()
                .sorted(Comparator.comparingDouble(c -> -z[c]))
                .limit(options.rivals())
                .toList();
        double[][] maxima = maxima(model, input, label, rivals, sample);
        List<LipschitzEstimate> constants = new ArrayList<>();
        double best = options.radius();
        int nearest = rivals.get(0);
        for (int r = 0; r < rivals.size(); r++) {
            LipschitzEstimate constant = ReverseWeibull.fit(maxima[r]);
            constants.add(constant);
            double margin = z[label] - z[rivals.get(r)];
            double distance = margin == 0 ? 0 : margin / constant.value();
            if (distance < best) {
                best = distance;
                nearest = rivals.get(r);
            }
        }
        return new CleverScore(
                new RadiusEstimate(best, options.norm(), label, nearest, RadiusEstimate.Method.CLEVER),
                rivals,
                constants);
    }

    /** For every rival the maxima of the batches. */
    private double[][] maxima(Classifier model, double[] input, int label, List<Integer> rivals, int sample) {
        BallPoints points = new BallPoints(input, options.radius(), options.norm(), model.box(), options.seed());
        double[][] maxima = new double[rivals.size()][options.batches()];
        long[] shape = model.inputShape();
        long[] batchShape = new long[shape.length + 1];
        System.arraycopy(shape, 0, batchShape, 1, shape.length);
        batchShape[0] = options.samplesPerBatch();
        int[] labels = new int[options.samplesPerBatch()];
        Arrays.fill(labels, label);
        for (int b = 0; b < options.batches(); b++) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("CLEVER: interrupted after " + b + " of " + options.batches()
                        + " batches around input " + sample);
            }
            double[][] drawn = new double[options.samplesPerBatch()][];
            for (int i = 0; i < drawn.length; i++) {
                drawn[i] = points.next();
            }
            INDArray batch =
                    Nd4j.createFromArray(drawn).castTo(model.dataType()).reshape('c', batchShape);
            for (int r = 0; r < rivals.size(); r++) {
                int[] rival = new int[labels.length];
                Arrays.fill(rival, rivals.get(r));
                for (double norm : Gradients.norms(model, batch, labels, rival, options.norm())) {
                    Gradients.requireFinite(norm, sample);
                    maxima[r][b] = Math.max(maxima[r][b], norm);
                }
            }
            options.progress().accept(drawn.length);
        }
        return maxima;
    }

    /**
     * The configuration.
     *
     * @return the options
     */
    public Options options() {
        return options;
    }

    @Override
    public String toString() {
        return "Clever[norm=" + options.norm() + ", radius=" + options.radius() + ", batches=" + options.batches()
                + ", samplesPerBatch=" + options.samplesPerBatch() + ", rivals=" + options.rivals() + ", seed="
                + options.seed()
                + "]";
    }

    /**
     * What is drawn.
     *
     * @param norm what distances are measured in
     * @param radius R, positive and finite
     * @param batches batches of points, at least 2
     * @param samplesPerBatch points of a batch, at least 1
     * @param rivals how many other classes are looked at, those of the largest logits, at least 1
     * @param seed the seed of the draws
     * @param progress told of every evaluated batch, how many points it held
     */
    public record Options(
            BallNorm norm,
            double radius,
            int batches,
            int samplesPerBatch,
            int rivals,
            long seed,
            LongConsumer progress) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            require(
                    radius > 0 && radius < Double.POSITIVE_INFINITY,
                    "radius must be positive and finite, got " + radius);
            require(batches >= 2, "batches must be at least 2, got " + batches);
            require(samplesPerBatch >= 1, "samplesPerBatch must be at least 1, got " + samplesPerBatch);
            require(rivals >= 1, "rivals must be at least 1, got " + rivals);
        }

        private static void require(boolean condition, String message) {
            if (!condition) {
                throw new IllegalArgumentException("CLEVER: " + message);
            }
        }
    }

    /** Collects the options of a {@link Clever}. */
    public static final class Builder {

        private final BallNorm norm;
        private final double radius;
        private int batches = 500;
        private int samplesPerBatch = 1024;
        private int rivals = Integer.MAX_VALUE;
        private long seed;
        private LongConsumer progress = drawn -> {};

        private Builder(BallNorm norm, double radius) {
            this.norm = norm;
            this.radius = radius;
        }

        /**
         * Sets the number of batches, each of which gives one maximum to the fit.
         *
         * @param value at least 2; 500 unless set, as in the paper
         * @return this builder
         */
        public Builder batches(int value) {
            this.batches = value;
            return this;
        }

        /**
         * Sets the number of points of a batch.
         *
         * @param value at least 1; 1024 unless set, as in the paper
         * @return this builder
         */
        public Builder samplesPerBatch(int value) {
            this.samplesPerBatch = value;
            return this;
        }

        /**
         * Sets how many other classes are looked at, those of the largest logits.
         *
         * @param value at least 1; all unless set
         * @return this builder
         */
        public Builder rivals(int value) {
            this.rivals = value;
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
         * Sets who hears of every evaluated batch.
         *
         * @param value told how many points a batch held, on the thread that scores
         * @return this builder
         */
        public Builder progress(LongConsumer value) {
            this.progress = value;
            return this;
        }

        /**
         * Makes the score.
         *
         * @return what scores inputs
         * @throws IllegalArgumentException if an option is out of range
         */
        public Clever build() {
            return new Clever(new Options(norm, radius, batches, samplesPerBatch, rivals, seed, progress));
        }
    }
}
