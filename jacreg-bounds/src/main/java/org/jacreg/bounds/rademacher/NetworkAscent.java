package org.jacreg.bounds.rademacher;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jacreg.classifier.Labels;
import org.jacreg.graph.InputCheck;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Estimates the empirical Rademacher complexity of a class of networks from below: for draws of signs, maximises {@code (1/n)
 * sum_i sigma_i f_W(x_i)} over weights in balls by projected gradient ascent.
 *
 * <pre>{@code
 * NetworkClass network = new NetworkClass(GraphModel.of(sd), Map.of("W1", WeightBall.frobenius(5), "W2", WeightBall.operator(1)));
 * RademacherLowerEstimate r = NetworkAscent.of(NetworkFunction.logit(0)).draws(50).seed(1).build().estimate(network, x);
 * }</pre>
 *
 * <p>The value is an estimate, not a bound: it falls short of the complexity by what the ascent misses. Beside an upper bound it
 * says how far the truth can be: above this, below that. For one layer and a logit the ascent reaches the supremum.
 *
 * <p>The graph and its weights are not modified; every thread has a copy of the graph with weights of its own. Memory: that copy, the
 * sample, and what one batch needs, a thread. The result does not depend on the number of threads. The signs are those of {@link
 * MonteCarloRademacher} of the same seed. Immutable; may be used from several threads.
 */
public final class NetworkAscent {

    private final NetworkFunction function;
    private final Options options;
    private final AscentProgress progress;

    private NetworkAscent(NetworkFunction function, Options options, AscentProgress progress) {
        this.function = function;
        this.options = options;
        this.progress = progress;
    }

    /**
     * The configuration.
     *
     * @param draws the number of sign vectors, at least 2
     * @param steps the steps of an ascent, at least 0
     * @param starts how many ascents a draw has, at least 1: the first from the present weights, the others from random points on
     *     the boundary of the balls
     * @param stepSize the length of the first step in radii of the ball, positive and finite; it falls to 0 as half a cosine
     * @param batch how many inputs are evaluated at once, at least 1
     * @param threads how many draws are worked on at once, at least 1
     * @param seed the seed of signs and starts
     */
    public record Options(int draws, int steps, int starts, double stepSize, int batch, int threads, long seed) {

        /**
         * Checks the numbers.
         *
         * @param draws the number of sign vectors
         * @param steps the steps of an ascent
         * @param starts the ascents of a draw
         * @param stepSize the length of the first step
         * @param batch inputs at once
         * @param threads draws at once
         * @param seed the seed
         * @throws IllegalArgumentException if a number is out of its range
         */
        public Options {
            RademacherEstimate.requireDraws(draws);
            require("steps", steps, 0);
            require("starts", starts, 1);
            require("batch", batch, 1);
            require("threads", threads, 1);
            if (!(stepSize > 0 && stepSize < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "step size: got " + stepSize + ", wanted a positive finite number of radii, such as 0.5");
            }
        }

        private static void require(String name, int number, int least) {
            if (number < least) {
                throw new IllegalArgumentException(name + ": got " + number + ", wanted at least " + least);
            }
        }
    }

    /**
     * Starts a configuration.
     *
     * @param function which number of the network the class consists of
     * @return a builder with 20 draws of one ascent of 100 steps from 0.5 radii, batches of 1024, one thread, seed 0
     */
    public static Builder of(NetworkFunction function) {
        return new Builder(function);
    }

    /**
     * Estimates from below the complexity of a class that needs no labels.
     *
     * @param network the class. Its graph and weights are not modified.
     * @param x the sample, shape [n, *inputShape]. Not modified.
     * @return the estimate
     * @throws IllegalArgumentException if the function needs labels, the graph does not fit it or cannot be copied, the sample has
     *     another shape, is empty, or holds NaN or infinity
     * @throws org.jacreg.vjp.UnsupportedOpException for a Jacobian, listing every op without a rule
     * @throws ArithmeticException if the network overflows for weights of the class
     * @throws CancellationException if the listener stops it, or the thread is interrupted
     */
    public RademacherLowerEstimate estimate(NetworkClass network, INDArray x) {
        if (function instanceof NetworkFunction.CrossEntropy) {
            throw new IllegalArgumentException("the loss class needs labels: call estimate(network, x, labels)");
        }
        return estimated(network, x, new int[0]);
    }

    /**
     * Estimates from below the complexity of a class, with labels.
     *
     * @param network the class. Its graph and weights are not modified.
     * @param x the sample, shape [n, *inputShape]. Not modified.
     * @param labels one-hot [n, K] or class indices [n]. Not modified.
     * @return the estimate
     * @throws IllegalArgumentException as {@link #estimate(NetworkClass, INDArray)} does, or if the labels do not fit
     * @throws org.jacreg.vjp.UnsupportedOpException for a Jacobian, listing every op without a rule
     * @throws ArithmeticException if the network overflows for weights of the class
     * @throws CancellationException if the listener stops it, or the thread is interrupted
     */
    public RademacherLowerEstimate estimate(NetworkClass network, INDArray x, INDArray labels) {
        try (ClassObjective probe = new ClassObjective(network, function)) {
            int[] indices = Labels.indices(labels, probe.classes());
            if (indices.length != x.size(0)) {
                throw new IllegalArgumentException(
                        "labels: got " + indices.length + ", wanted one for each of " + x.size(0) + " inputs");
            }
            return estimated(network, x, indices);
        }
    }

    private RademacherLowerEstimate estimated(NetworkClass network, INDArray x, int[] labels) {
        List<DrawAscent> workers = new ArrayList<>();
        try {
            // One after the other: building a graph is not for several threads.
            for (int t = 0; t < Math.min(options.threads(), options.draws()); t++) {
                workers.add(worker(network, x, labels));
            }
            double[] values = new Run(workers, Math.toIntExact(x.size(0))).values();
            Moments moments = Moments.of(values, Double.POSITIVE_INFINITY);
            return new RademacherLowerEstimate(
                    function + " of " + network + " on " + x.size(0) + " inputs",
                    moments.mean(),
                    moments.standardError(),
                    Math.toIntExact(x.size(0)),
                    options.draws(),
                    options);
        } finally {
            workers.forEach(DrawAscent::close);
        }
    }

    private DrawAscent worker(NetworkClass network, INDArray x, int[] labels) {
        if (x.isEmpty() || x.rank() < 1) {
            throw new IllegalArgumentException("sample: got an empty array of shape "
                    + java.util.Arrays.toString(x.shape()) + ", wanted at least one input");
        }
        ClassObjective objective = new ClassObjective(network, function);
        try {
            InputCheck.batch("sample", x, objective.inputShape(), -1);
            return new DrawAscent(objective, network, options, x, labels);
        } catch (RuntimeException e) {
            objective.close();
            throw e;
        }
    }

    @Override
    public String toString() {
        return "NetworkAscent[" + function + ", " + options + "]";
    }

    /** One estimation: its draws, and how many of them are done. */
    private final class Run {

        private final List<DrawAscent> workers;
        private final double[][] signs;
        private final long[] seeds;
        private final double[] values;
        private final AtomicInteger next = new AtomicInteger();
        private int done;
        private double sum;

        Run(List<DrawAscent> workers, int size) {
            this.workers = workers;
            this.signs = Multipliers.SIGNS.draws(options.draws(), size, options.seed());
            this.values = new double[options.draws()];
            this.seeds =
                    new SplittableRandom(~options.seed()).longs(options.draws()).toArray();
        }

        double[] values() {
            if (workers.size() == 1) {
                work(workers.get(0));
                return values;
            }
            ExecutorService pool = Executors.newFixedThreadPool(workers.size());
            try {
                List<Future<?>> parts = new ArrayList<>();
                workers.forEach(worker -> parts.add(pool.submit(() -> work(worker))));
                for (Future<?> part : parts) {
                    await(part);
                }
                return values;
            } finally {
                end(pool);
            }
        }

        /** The copies must not be closed under a worker, so this waits for the step that each is in. */
        private void end(ExecutorService pool) {
            next.set(options.draws());
            pool.shutdownNow();
            boolean interrupted = false;
            boolean ended = false;
            while (!ended) {
                try {
                    ended = pool.awaitTermination(1, java.util.concurrent.TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private void await(Future<?> part) {
            try {
                part.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("the thread was interrupted; no estimate");
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException unchecked) {
                    throw unchecked;
                }
                throw new IllegalStateException("a draw failed", e.getCause());
            }
        }

        private void work(DrawAscent worker) {
            for (int k = next.getAndIncrement(); k < options.draws(); k = next.getAndIncrement()) {
                values[k] = worker.best(signs[k], seeds[k]);
                tell(values[k]);
            }
        }

        private synchronized void tell(double value) {
            done++;
            sum += value;
            if (!progress.drawDone(done, options.draws(), sum / done)) {
                throw new CancellationException(
                        "stopped after " + done + " of " + options.draws() + " draws; no estimate");
            }
        }
    }

    /** Options of the ascent. */
    public static final class Builder {

        private final NetworkFunction function;
        private int draws = 20;
        private int steps = 100;
        private int starts = 1;
        private double stepSize = 0.5;
        private int batch = 1024;
        private int threads = 1;
        private long seed;
        private AscentProgress progress = (done, of, mean) -> true;

        private Builder(NetworkFunction function) {
            this.function = function;
        }

        /**
         * Sets the number of sign vectors.
         *
         * @param draws at least 2; 20 unless set
         * @return this builder
         */
        public Builder draws(int draws) {
            this.draws = draws;
            return this;
        }

        /**
         * Sets the steps of an ascent.
         *
         * @param steps at least 0; 100 unless set
         * @return this builder
         */
        public Builder steps(int steps) {
            this.steps = steps;
            return this;
        }

        /**
         * Sets how many ascents a draw has, of which the best counts: the first starts at the graph's present weights, the others
         * at random.
         *
         * @param starts at least 1; 1 unless set
         * @return this builder
         */
        public Builder starts(int starts) {
            this.starts = starts;
            return this;
        }

        /**
         * Sets the length of the first step.
         *
         * @param stepSize in radii of the ball, positive and finite; 0.5 unless set
         * @return this builder
         */
        public Builder stepSize(double stepSize) {
            this.stepSize = stepSize;
            return this;
        }

        /**
         * Sets how many inputs are evaluated at once; it changes the result by rounding only.
         *
         * @param batch at least 1; 1024 unless set
         * @return this builder
         */
        public Builder batch(int batch) {
            this.batch = batch;
            return this;
        }

        /**
         * Sets how many draws are worked on at once. ND4J's own threads come on top.
         *
         * @param threads at least 1; 1 unless set
         * @return this builder
         */
        public Builder threads(int threads) {
            this.threads = threads;
            return this;
        }

        /**
         * Sets the seed of signs and starts.
         *
         * @param seed any number; 0 unless set
         * @return this builder
         */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /**
         * Sets who hears of finished draws, and may stop the estimation.
         *
         * @param progress called in the working threads, one at a time
         * @return this builder
         */
        public Builder progress(AscentProgress progress) {
            this.progress = progress;
            return this;
        }

        /**
         * Checks the options.
         *
         * @return the estimator
         * @throws IllegalArgumentException if a number is out of its range
         */
        public NetworkAscent build() {
            return new NetworkAscent(
                    function, new Options(draws, steps, starts, stepSize, batch, threads, seed), progress);
        }
    }
}
