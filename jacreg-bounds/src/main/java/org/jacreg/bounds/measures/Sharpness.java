package org.jacreg.bounds.measures;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.jacreg.classifier.Labels;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.jacreg.training.CancellationToken;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Sharpness of the training loss: how far the mean cross-entropy rises when the weights move within a neighbourhood. Searched by
 * projected gradient ascent, from the weights themselves and from random points.
 *
 * <pre>{@code
 * ball(rho)    max over ||v||_2 <= rho               of L(w + v) - L(w)      Foret et al. 2021 (SAM)
 * box(alpha)   max over |v_i| <= alpha (|w_i| + 1)   of L(w + v) - L(w)      Keskar et al. 2017
 * }</pre>
 *
 * <p>Steps go along {@code g / ||g||_2}, or {@code sign(g) (|w| + 1)}, {@code 2.5 / steps} of the radius far. All weights that
 * the logits depend on are moved, biases too. Costs {@code starts (steps + 1)} evaluations with gradient of the whole sample in
 * one batch. The user's graph is not modified.
 */
public final class Sharpness {

    /** The step, in radii, is this over the number of steps: enough to reach the border and turn. */
    private static final double REACH = 2.5;

    private final Options options;
    private final MeasureProgress progress;
    private final CancellationToken cancellation;

    /** The neighbourhoods. */
    public enum Neighbourhood {
        /** An l2 ball of all weights together. */
        BALL,
        /** A box, wider for larger weights. */
        BOX
    }

    /**
     * What the search depends on.
     *
     * @param neighbourhood its form
     * @param radius rho or alpha, positive and finite
     * @param steps steps of ascent, at least 1
     * @param starts points that ascent starts from, at least 1; the first one are the weights themselves
     * @param seed the seed of the other starts
     */
    public record Options(Neighbourhood neighbourhood, double radius, int steps, int starts, long seed) {

        /**
         * Checks the options.
         *
         * @param neighbourhood its form
         * @param radius rho or alpha
         * @param steps steps of ascent
         * @param starts points that ascent starts from
         * @param seed the seed of the other starts
         * @throws IllegalArgumentException if {@code radius} is NaN, infinite or not positive, or a count is not positive
         */
        public Options {
            if (!(radius > 0 && radius < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "radius of the neighbourhood: got " + radius + ", wanted a positive finite number");
            }
            if (steps < 1 || starts < 1) {
                throw new IllegalArgumentException(
                        "steps and starts: got " + steps + " and " + starts + ", wanted at least 1 of each");
            }
        }
    }

    private Sharpness(Builder builder) {
        this.options = new Options(builder.neighbourhood, builder.radius, builder.steps, builder.starts, builder.seed);
        this.progress = builder.progress;
        this.cancellation = builder.cancellation;
    }

    /**
     * Searches an l2 ball.
     *
     * @param rho its radius, positive
     * @return a builder with 20 steps from 3 starts
     */
    public static Builder ball(double rho) {
        return new Builder(Neighbourhood.BALL, rho);
    }

    /**
     * Searches a box.
     *
     * @param alpha its half width where a weight is 0, positive; Keskar et al. use 1e-3 and 5e-4
     * @return a builder with 20 steps from 3 starts
     */
    public static Builder box(double alpha) {
        return new Builder(Neighbourhood.BOX, alpha);
    }

    /**
     * Searches.
     *
     * @param model the classifier's graph; not modified
     * @param x {@code [N, *inputShape]}, at least one sample; not modified
     * @param labels one-hot {@code [N, C]} or class indices {@code [N]}; not modified
     * @return the estimate
     * @throws IllegalArgumentException if samples and labels do not fit the graph, or it cannot be copied
     * @throws org.jacreg.vjp.UnsupportedOpException listing every op without a derivative
     * @throws ArithmeticException if the loss overflows
     * @throws CancellationException if the token was cancelled
     */
    public SharpnessEstimate estimate(GraphModel model, INDArray x, INDArray labels) {
        int classes = GraphProbe.run(model, null).classes();
        int[] indices = Labels.indices(labels, classes);
        if (indices.length != x.size(0) || indices.length == 0) {
            throw new IllegalArgumentException("sample: got " + x.size(0) + " inputs and " + indices.length
                    + " labels, wanted as many labels as inputs and at least one");
        }
        return new Search(new WeightLoss(model, x, indices, classes)).run();
    }

    @Override
    public String toString() {
        return "Sharpness(" + options + ")";
    }

    /** One search. */
    private final class Search {

        private final WeightLoss loss;
        private final Random random = new Random(options.seed());
        private int done;

        Search(WeightLoss loss) {
            this.loss = loss;
        }

        SharpnessEstimate run() {
            List<INDArray> offset = zeros();
            double clean = loss.at(offset).loss();
            double worst = clean;
            for (int start = 0; start < options.starts(); start++) {
                worst = Math.max(worst, ascend(start == 0 ? zeros() : randomPoint()));
            }
            return new SharpnessEstimate(clean, worst, options);
        }

        private double ascend(List<INDArray> offset) {
            double worst = Double.NEGATIVE_INFINITY;
            for (int step = 0; step <= options.steps(); step++) {
                if (cancellation.isCancelled()) {
                    throw new CancellationException("search for sharpness cancelled after " + done + " evaluations");
                }
                WeightLoss.Value value = loss.at(offset);
                worst = Math.max(worst, value.loss());
                if (step < options.steps()) {
                    move(offset, value.gradient());
                }
                progress.advanced(++done, options.starts() * (options.steps() + 1));
            }
            return worst;
        }

        /** One step and the projection, in place. */
        private void move(List<INDArray> offset, List<INDArray> gradient) {
            double step = REACH * options.radius() / options.steps();
            if (options.neighbourhood() == Neighbourhood.BALL) {
                double norm = norm(gradient);
                for (int k = 0; k < offset.size() && norm > 0; k++) {
                    offset.get(k).addi(gradient.get(k).mul(step / norm));
                }
                scaleIntoBall(offset);
            } else {
                for (int k = 0; k < offset.size(); k++) {
                    INDArray width = width(k);
                    offset.get(k)
                            .addi(Transforms.sign(gradient.get(k), true)
                                    .mul(width)
                                    .mul(step));
                    INDArray limit = width.mul(options.radius());
                    offset.get(k).assign(Transforms.min(offset.get(k), limit, true));
                    offset.get(k).assign(Transforms.max(offset.get(k), limit.neg(), true));
                }
            }
        }

        private void scaleIntoBall(List<INDArray> offset) {
            double norm = norm(offset);
            if (norm > options.radius()) {
                offset.forEach(array -> array.muli(options.radius() / norm));
            }
        }

        private INDArray width(int k) {
            return Transforms.abs(loss.centre().get(k), true).add(1);
        }

        private List<INDArray> zeros() {
            List<INDArray> result = new ArrayList<>();
            loss.centre().forEach(array -> result.add(array.mul(0)));
            return result;
        }

        /** Uniform in the box; a random direction at a random share of the radius in the ball. */
        private List<INDArray> randomPoint() {
            boolean ball = options.neighbourhood() == Neighbourhood.BALL;
            List<INDArray> result = zeros();
            for (int k = 0; k < result.size(); k++) {
                INDArray flat = result.get(k).reshape(result.get(k).length());
                for (long i = 0; i < flat.length(); i++) {
                    flat.putScalar(i, ball ? random.nextGaussian() : 2 * random.nextDouble() - 1);
                }
                if (!ball) {
                    flat.muli(width(k).reshape(flat.length())).muli(options.radius());
                }
                result.set(k, flat.reshape(loss.centre().get(k).shape()));
            }
            if (ball) {
                double scale = options.radius() * random.nextDouble() / norm(result);
                result.forEach(array -> array.muli(scale));
            }
            return result;
        }

        private static double norm(List<INDArray> arrays) {
            double sum = 0;
            for (INDArray array : arrays) {
                double norm = array.norm2Number().doubleValue();
                sum += norm * norm;
            }
            return Math.sqrt(sum);
        }
    }

    /** Settings of a search. */
    public static final class Builder {

        private final Neighbourhood neighbourhood;
        private final double radius;
        private int steps = 20;
        private int starts = 3;
        private long seed;
        private MeasureProgress progress = MeasureProgress.NONE;
        private CancellationToken cancellation = new CancellationToken();

        private Builder(Neighbourhood neighbourhood, double radius) {
            this.neighbourhood = neighbourhood;
            this.radius = radius;
        }

        /**
         * Sets the number of steps.
         *
         * @param steps at least 1; 20 unless set
         * @return this builder
         */
        public Builder steps(int steps) {
            this.steps = steps;
            return this;
        }

        /**
         * Sets the number of starts.
         *
         * @param starts at least 1; 3 unless set
         * @return this builder
         */
        public Builder starts(int starts) {
            this.starts = starts;
            return this;
        }

        /**
         * Sets the seed of the random starts.
         *
         * @param seed any number; 0 unless set
         * @return this builder
         */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /**
         * Sets who is told of every evaluation.
         *
         * @param progress called after every evaluation
         * @return this builder
         */
        public Builder progress(MeasureProgress progress) {
            this.progress = progress;
            return this;
        }

        /**
         * Sets a token that ends the search before its next evaluation.
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
        public Sharpness build() {
            return new Sharpness(this);
        }
    }
}
