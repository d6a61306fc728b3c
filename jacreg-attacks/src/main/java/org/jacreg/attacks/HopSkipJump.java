package org.jacreg.attacks;

import java.util.OptionalLong;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Region;
import org.jacreg.classifier.Classifier;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * HopSkipJump: looks for the nearest error while it learns nothing of the model but the predicted classes.
 *
 * <p>From a point {@code x'} that is misclassified, found by random draws in the box, every iteration {@code t}
 *
 * <ol>
 *   <li>goes back towards the input {@code x} to the boundary, by bisection along the line (L2) or the shrinking cube (Linf);
 *   <li>asks about {@code initialEvaluations sqrt(t)} points at distance {@code delta} around the boundary point and estimates the boundary's
 *       normal as {@code v = mean_b (phi_b - mean phi) u_b}, {@code phi_b = 1} where the prediction is a success and -1 otherwise;
 *   <li>steps along {@code v / ||v||_2} (L2) or {@code sign(v)} (Linf) by {@code ||x' - x|| / sqrt(t)}, halved until the point is a success.
 * </ol>
 *
 * <p>with {@code delta = sqrt(D) theta ||x' - x||_2} and {@code theta = gamma D^-1.5} (L2), {@code delta = D theta ||x' - x||_inf} and {@code
 * theta = gamma D^-2} (Linf), and {@code delta = 0.1 (upper - lower)} in the first iteration. Bisection ends at {@code min(theta, 1e-4)}. Every point asked about is a candidate for the
 * result. Where the box is unbounded the first draws are Gaussian around the input, twice as wide after every {@value
 * BoundaryWalk#DRAWS_PER_WIDTH} draws, and points at which the model's numbers overflow are no success. Costs forwards only; samples that are misclassified already cost nothing.
 *
 * <p>Source: Chen, Jordan, Wainwright, "HopSkipJumpAttack: a query-efficient decision-based attack", IEEE S&amp;P 2020, arXiv 1904.02144.
 * Heuristic: the distance found is an upper bound of the true one, and a failure, which only means that no random draw was misclassified,
 * proves nothing.
 */
public final class HopSkipJump implements MinimumNormAttack {

    private final Options options;

    private HopSkipJump(Options options) {
        this.options = options;
    }

    /**
     * Starts an attack that minimises the Euclidean distance.
     *
     * @return a builder with default options
     */
    public static Builder l2() {
        return new Builder(Norm.L2);
    }

    /**
     * Starts an attack that minimises the largest change of an entry.
     *
     * @return a builder with default options
     */
    public static Builder linf() {
        return new Builder(Norm.LINF);
    }

    @Override
    public Norm norm() {
        return options.norm();
    }

    @Override
    public AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        Oracle oracle = Oracle.of(model, x, y, Search.closest(options.norm(), options.targeted()), listener);
        Region region = QuietOps.call(() -> Region.unbounded(
                options.norm(), options.limits(), oracle.batch().points(), model.box()));
        int[] rows = oracle.unbroken();
        for (int i = 0; i < rows.length; i++) {
            new BoundaryWalk(oracle, region, options, rows[i]).run();
            oracle.progress(i + 1L, rows.length);
        }
        return oracle.result(toString(), options.seed());
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
     * @return every option by name
     */
    @Override
    public String toString() {
        return Configuration.describe("HopSkipJump", options);
    }

    /**
     * What the attack does.
     *
     * @param norm the norm to minimise, L2 or Linf
     * @param limits ranges and frozen features
     * @param iterations at least 1
     * @param initialEvaluations points per estimate of the normal in the first iteration, at least 2
     * @param maxEvaluations points per estimate at most, at least {@code initialEvaluations}
     * @param initialDraws random points that are tried to find an error at all, at least 1
     * @param gamma scales the precision of the bisection and the distance of the estimate's points, positive and finite
     * @param queries no iteration begins once a sample has cost so many forwards; empty for no limit
     * @param seed the seed of all draws
     * @param targeted whether labels are classes to reach
     */
    public record Options(
            Norm norm,
            FeatureLimits limits,
            int iterations,
            int initialEvaluations,
            int maxEvaluations,
            int initialDraws,
            double gamma,
            OptionalLong queries,
            long seed,
            boolean targeted) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            require(norm != Norm.L1, "the norm must be l2 or linf, got " + norm);
            require(iterations >= 1, "iterations must be at least 1, got " + iterations);
            require(initialEvaluations >= 2, "initialEvaluations must be at least 2, got " + initialEvaluations);
            require(
                    maxEvaluations >= initialEvaluations,
                    "maxEvaluations must be at least initialEvaluations " + initialEvaluations + ", got "
                            + maxEvaluations);
            require(initialDraws >= 1, "initialDraws must be at least 1, got " + initialDraws);
            require(gamma > 0 && gamma < Double.POSITIVE_INFINITY, "gamma must be positive and finite, got " + gamma);
            require(
                    queries.isEmpty() || queries.getAsLong() >= 1,
                    "queries must be at least 1, got " + queries + "; leave it unset for no limit");
        }

        private static void require(boolean condition, String message) {
            Configuration.require(condition, "HopSkipJump", message);
        }
    }

    /** Collects the options of a {@link HopSkipJump}. */
    public static final class Builder {

        private final Norm norm;
        private FeatureLimits limits = FeatureLimits.none();
        private int iterations = 64;
        private int initialEvaluations = 100;
        private int maxEvaluations = 10_000;
        private int initialDraws = 100;
        private double gamma = 1;
        private OptionalLong queries = OptionalLong.empty();
        private long seed;
        private boolean targeted;

        private Builder(Norm norm) {
            this.norm = norm;
        }

        /**
         * Sets limits on single features.
         *
         * @param value ranges and frozen features; none unless set
         * @return this builder
         */
        public Builder limits(FeatureLimits value) {
            this.limits = value;
            return this;
        }

        /**
         * Sets the number of iterations.
         *
         * @param value at least 1; 64 unless set, as in the paper's experiments
         * @return this builder
         */
        public Builder iterations(int value) {
            this.iterations = value;
            return this;
        }

        /**
         * Sets how many points the first estimate of the normal asks about; iteration {@code t} asks about {@code sqrt(t)} times as many.
         *
         * @param value at least 2; 100 unless set, as in the paper
         * @return this builder
         */
        public Builder initialEvaluations(int value) {
            this.initialEvaluations = value;
            return this;
        }

        /**
         * Sets how many points an estimate asks about at most.
         *
         * @param value at least {@code initialEvaluations}; 10 000 unless set, as in the authors' code
         * @return this builder
         */
        public Builder maxEvaluations(int value) {
            this.maxEvaluations = value;
            return this;
        }

        /**
         * Sets how many random points are tried to find an error at all. A target class may need many.
         *
         * @param value at least 1; 100 unless set
         * @return this builder
         */
        public Builder initialDraws(int value) {
            this.initialDraws = value;
            return this;
        }

        /**
         * Sets the scale of the bisection's precision and of the distance of the estimate's points.
         *
         * @param value positive and finite; 1 unless set, as in the authors' code
         * @return this builder
         */
        public Builder gamma(double value) {
            this.gamma = value;
            return this;
        }

        /**
         * Limits the cost: no iteration begins once a sample has cost so many forwards. The last iteration is finished.
         *
         * @param value at least 1; no limit unless set: 64 iterations cost about 36 000 forwards
         * @return this builder
         */
        public Builder queries(long value) {
            this.queries = OptionalLong.of(value);
            return this;
        }

        /**
         * Sets the seed. The draws of a sample are a function of the seed and the sample's values.
         *
         * @param value any number; 0 unless set
         * @return this builder
         */
        public Builder seed(long value) {
            this.seed = value;
            return this;
        }

        /**
         * Sets what labels mean.
         *
         * @param value true if labels are classes to reach; false, as unless set, if they are classes to leave
         * @return this builder
         */
        public Builder targeted(boolean value) {
            this.targeted = value;
            return this;
        }

        /**
         * Makes the attack.
         *
         * @return the attack
         * @throws IllegalArgumentException if an option is out of range
         */
        public HopSkipJump build() {
            return new HopSkipJump(new Options(
                    norm,
                    limits,
                    iterations,
                    initialEvaluations,
                    maxEvaluations,
                    initialDraws,
                    gamma,
                    queries,
                    seed,
                    targeted));
        }
    }
}
