package org.jacreg.bounds.measures;

import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.classifier.Labels;
import org.jacreg.training.CancellationToken;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Searches for the largest Gaussian noise on the weights that a classifier's training accuracy survives: the sigma of
 * PAC-Bayes measures (Jiang et al. 2020; Dziugaite et al. 2020).
 *
 * <p>{@code sigma = sup { s : mean over draws of the accuracy with every free parameter w replaced by w + s xi (or w + s |w|
 * xi) >= accuracy - drop }}, xi standard normal. Draws are the same for every s, so the search compares like with like: it
 * doubles from {@code 2^-20} until the drop is too large, then bisects. The accuracy need not fall steadily; what is found is
 * one crossing.
 *
 * <p>Batch normalisation is folded, so noise is on the folded weights. One step costs {@code draws} evaluations of the sample,
 * in parallel; the result does not depend on the number of threads.
 *
 * <pre>{@code
 * SigmaEstimate e = NoiseTolerance.seed(1).draws(10).build().estimate(network, x, labels);
 * double kl = e.divergence(squaredDistanceFromInitialisation);
 * }</pre>
 */
public final class NoiseTolerance {

    private static final double SMALLEST = 0x1p-20;
    private static final int DOUBLINGS = 40;

    /** Keeps the seeds of draws apart; odd, and not the step of SplittableRandom itself. */
    private static final long SPREAD = 0xD1342543DE82EF95L;

    private final Options options;
    private final MeasureProgress progress;
    private final CancellationToken cancellation;

    /**
     * What the search depends on.
     *
     * @param drop the loss of accuracy that is tolerated, in (0, 1)
     * @param draws draws of noise, at least 1
     * @param steps bisection steps, at least 1
     * @param relative whether the noise on a weight is proportional to its size
     * @param seed the seed of the noise
     */
    public record Options(double drop, int draws, int steps, boolean relative, long seed) {

        /**
         * Checks the options.
         *
         * @param drop the loss of accuracy that is tolerated
         * @param draws draws of noise
         * @param steps bisection steps
         * @param relative whether the noise on a weight is proportional to its size
         * @param seed the seed of the noise
         * @throws IllegalArgumentException if {@code drop} is NaN or outside (0, 1), or a count is not positive
         */
        public Options {
            if (!(drop > 0 && drop < 1)) {
                throw new IllegalArgumentException("drop of accuracy: got " + drop + ", wanted a number in (0, 1)");
            }
            if (draws < 1 || steps < 1) {
                throw new IllegalArgumentException(
                        "draws and steps: got " + draws + " and " + steps + ", wanted at least 1 of each");
            }
        }
    }

    private NoiseTolerance(Builder builder) {
        this.options = new Options(builder.drop, builder.draws, builder.steps, builder.relative, builder.seed);
        this.progress = builder.progress;
        this.cancellation = builder.cancellation;
    }

    /**
     * Starts from a seed.
     *
     * @param seed the seed of the noise
     * @return a builder with the settings of Dziugaite et al. (2020): drop 0.1, 10 draws, 15 bisection steps, absolute noise
     */
    public static Builder seed(long seed) {
        return new Builder(seed);
    }

    /**
     * Searches.
     *
     * @param network the network
     * @param x {@code [N, *inputShape]}, at least one sample; not modified
     * @param labels one-hot {@code [N, C]} or class indices {@code [N]}; not modified
     * @return the estimate
     * @throws IllegalArgumentException if samples and labels do not fit the network
     * @throws CancellationException if the token was cancelled
     */
    public SigmaEstimate estimate(LayeredNetwork network, INDArray x, INDArray labels) {
        int[] classes = Labels.indices(labels, network.classes());
        if (classes.length != x.size(0) || classes.length == 0) {
            throw new IllegalArgumentException("sample: got " + x.size(0) + " inputs and " + classes.length
                    + " labels, wanted as many labels as inputs and at least one");
        }
        double[][] samples = x.castTo(DataType.DOUBLE)
                .dup('c')
                .reshape('c', classes.length, x.length() / classes.length)
                .toDoubleMatrix();
        return new Search(network, samples, classes).run();
    }

    @Override
    public String toString() {
        return "NoiseTolerance(" + options + ")";
    }

    /** One search. */
    private final class Search {

        private final LayeredNetwork network;
        private final double[][] samples;
        private final int[] classes;
        private int done;

        Search(LayeredNetwork network, double[][] samples, int[] classes) {
            this.network = network;
            this.samples = samples;
            this.classes = classes;
        }

        SigmaEstimate run() {
            double clean = accuracy(network);
            double wanted = clean - options.drop();
            double low = 0;
            double high = SMALLEST;
            int doublings = 0;
            while (doublings < DOUBLINGS && meanAccuracy(high) >= wanted) {
                low = high;
                high *= 2;
                doublings++;
            }
            boolean unbounded = doublings == DOUBLINGS;
            for (int step = 0; step < options.steps() && !unbounded; step++) {
                double middle = (low + high) / 2;
                if (meanAccuracy(middle) >= wanted) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            return new SigmaEstimate(low, unbounded ? Double.POSITIVE_INFINITY : high, clean, options);
        }

        private double meanAccuracy(double sigma) {
            if (cancellation.isCancelled()) {
                throw new CancellationException("search for sigma cancelled after " + done + " steps");
            }
            // sums of whole numbers: the same in any order
            long hits = IntStream.range(0, options.draws())
                    .parallel()
                    .mapToLong(draw -> hits(noisy(sigma, draw)))
                    .sum();
            progress.advanced(++done, DOUBLINGS + options.steps());
            return (double) hits / ((long) options.draws() * samples.length);
        }

        private LayeredNetwork noisy(double sigma, int draw) {
            // hashed: generators of neighbouring seeds begin with numbers that are alike
            Random random = new Random(new SplittableRandom(options.seed() + draw * SPREAD).nextLong());
            return network.changed(w -> w + sigma * (options.relative() ? Math.abs(w) : 1) * random.nextGaussian());
        }

        private double accuracy(LayeredNetwork candidate) {
            return (double) hits(candidate) / samples.length;
        }

        private long hits(LayeredNetwork candidate) {
            return IntStream.range(0, samples.length)
                    .parallel()
                    .filter(i -> isHit(candidate.logits(samples[i]), classes[i]))
                    .count();
        }

        /** A tie is a miss, as it is in a margin distribution; so is a logit that overflowed. */
        private static boolean isHit(double[] logits, int label) {
            for (int c = 0; c < logits.length; c++) {
                if (c != label && !(logits[c] < logits[label])) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Settings of a search. */
    public static final class Builder {

        private final long seed;
        private double drop = 0.1;
        private int draws = 10;
        private int steps = 15;
        private boolean relative;
        private MeasureProgress progress = MeasureProgress.NONE;
        private CancellationToken cancellation = new CancellationToken();

        private Builder(long seed) {
            this.seed = seed;
        }

        /**
         * Sets the loss of accuracy that is tolerated.
         *
         * @param drop in (0, 1); 0.1 unless set
         * @return this builder
         */
        public Builder drop(double drop) {
            this.drop = drop;
            return this;
        }

        /**
         * Sets the number of draws.
         *
         * @param draws at least 1; 10 unless set
         * @return this builder
         */
        public Builder draws(int draws) {
            this.draws = draws;
            return this;
        }

        /**
         * Sets the number of bisection steps.
         *
         * @param steps at least 1; 15 unless set
         * @return this builder
         */
        public Builder steps(int steps) {
            this.steps = steps;
            return this;
        }

        /**
         * Makes the noise on a weight proportional to the weight's size (the magnitude-aware measure of Jiang et al.).
         *
         * @return this builder
         */
        public Builder relative() {
            this.relative = true;
            return this;
        }

        /**
         * Sets who is told of every step.
         *
         * @param progress called after every step
         * @return this builder
         */
        public Builder progress(MeasureProgress progress) {
            this.progress = progress;
            return this;
        }

        /**
         * Sets a token that ends the search before its next step.
         *
         * @param cancellation the token
         * @return this builder
         */
        public Builder cancellation(CancellationToken cancellation) {
            this.cancellation = cancellation;
            return this;
        }

        /**
         * Checks the settings.
         *
         * @return the search
         * @throws IllegalArgumentException if a setting is out of range
         */
        public NoiseTolerance build() {
            return new NoiseTolerance(this);
        }
    }
}
