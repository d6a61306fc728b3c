package org.jacreg.attacks;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.Region;
import org.jacreg.attacks.threat.SampleRandom;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.Classifier;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The Square attack: random search with square patches, without gradients.
 *
 * <p>Every query changes a window of the image that covers a share of its pixels, and the change is kept if it lowers
 *
 * <pre>{@code z_y - max_{c != y} z_c      (targeted: the cross-entropy with the target) }</pre>
 *
 * or succeeds. The window is {@code round(sqrt(share * H * W))} pixels wide and high; the share is {@code p} in iterations 0 to 10 and is
 * halved after iterations 10, 50, 200, 500, 1000, 2000, 4000, 6000 and 8000. Linf: the start are vertical stripes of {@code +-epsilon} per
 * colour, a window gets one of the corners {@code +-epsilon} per colour. L2 and L1: the start is a grid of bumps, and the perturbation of
 * one window is moved into another, where a bump is added. A sample that is broken is asked about no more.
 *
 * <p>It needs to know which entries are neighbours: see {@link Builder#layout}. On inputs that are no images a window is a run of features.
 *
 * <p>Source: Andriushchenko, Croce, Flammarion, Hein, "Square Attack: a query-efficient black-box adversarial attack via random search",
 * ECCV 2020, arXiv 1912.00049; the l1 version is that of Croce and Hein, "Mind the box: l1-APGD for sparse adversarial attacks on image
 * classifiers", ICML 2021, arXiv 2103.01208. Differs from AutoAttack's code in that windows reach the last row and column, signs that would
 * change nothing are drawn again, and the bumps are turned for every sample by itself. Heuristic: failure proves nothing.
 */
public final class Square implements Attack {

    private final Options options;

    private Square(Options options) {
        this.options = options;
    }

    /**
     * Starts an attack in a Linf ball.
     *
     * @param epsilon the radius, in input units
     * @return a builder with default options
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder linf(double epsilon) {
        return in(NormBall.linf(epsilon));
    }

    /**
     * Starts an attack in an L2 ball.
     *
     * @param epsilon the radius, in input units
     * @return a builder with default options
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder l2(double epsilon) {
        return in(NormBall.l2(epsilon));
    }

    /**
     * Starts an attack in an L1 ball.
     *
     * @param epsilon the radius, in input units
     * @return a builder with default options
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder l1(double epsilon) {
        return in(NormBall.l1(epsilon));
    }

    /**
     * Starts an attack in a ball.
     *
     * @param ball norm and radius
     * @return a builder with default options
     */
    public static Builder in(NormBall ball) {
        return in(ThreatModel.of(ball));
    }

    /**
     * Starts an attack under a threat model: a ball with {@linkplain FeatureLimits limits on single features}.
     *
     * @param threat ball and limits
     * @return a builder with default options
     */
    public static Builder in(ThreatModel threat) {
        return new Builder(threat);
    }

    @Override
    public AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        Norm norm = options.threat().norm();
        Oracle oracle = Oracle.of(model, x, y, Search.strongest(norm, options.targeted()), listener);
        ImageLayout layout = layoutOf(model, oracle.entries());
        Region region =
                QuietOps.call(() -> Region.of(options.threat(), oracle.batch().points(), model.box()));
        SquareMoves moves =
                norm == Norm.LINF ? new SquareLinfMoves(region, layout) : new SquareMassMoves(region, layout);
        for (int restart = 0; restart < options.restarts(); restart++) {
            search(oracle, moves, restart);
        }
        return oracle.result(toString(), options.seed());
    }

    private ImageLayout layoutOf(Classifier model, int entries) {
        ImageLayout layout = options.layout().orElseGet(() -> ImageLayout.ofShape(model.inputShape()));
        if (layout.entries() != entries) {
            throw new IllegalArgumentException("Square: the layout " + layout + " has " + layout.entries()
                    + " entries, but the model's inputs " + Arrays.toString(model.inputShape()) + " have " + entries
                    + "; give the layout of the inputs");
        }
        return layout;
    }

    private void search(Oracle oracle, SquareMoves moves, int restart) {
        int[] rows = oracle.unbroken();
        double[][] current = new double[oracle.size()][];
        double[] losses = new double[oracle.size()];
        SplittableRandom[] randoms = new SplittableRandom[oracle.size()];
        for (int row : rows) {
            randoms[row] = SampleRandom.forSample(Seeds.restart(options.seed(), restart), oracle.input(row));
        }
        for (int query = 0; query < options.queries() && rows.length > 0; query++) {
            double share = shareAt(query);
            double[][] points = new double[rows.length][];
            for (int i = 0; i < rows.length; i++) {
                int row = rows[i];
                points[i] = query == 0
                        ? moves.start(row, randoms[row])
                        : moves.next(row, current[row], share, randoms[row]);
            }
            double[][] logits = oracle.logits(rows, points);
            for (int i = 0; i < rows.length; i++) {
                double loss = loss(logits[i], oracle.label(rows[i]));
                if (query == 0 || loss < losses[rows[i]]) {
                    current[rows[i]] = points[i];
                    losses[rows[i]] = loss;
                }
            }
            rows = Arrays.stream(rows)
                    .filter(row -> !oracle.findings().isBroken(row))
                    .toArray();
            oracle.progress(
                    (long) restart * options.queries() + query + 1, (long) options.restarts() * options.queries());
        }
    }

    /** The share of a query's window; the query after the start is iteration 0. */
    private double shareAt(int query) {
        int iteration = Math.max(0, query - 1);
        return SquareWindow.share(
                options.p(), options.rescaled() ? (int) (iteration * 10_000L / options.queries()) : iteration);
    }

    private double loss(double[] logits, int label) {
        return options.targeted() ? LogitMargin.crossEntropy(logits, label) : LogitMargin.of(logits, label);
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
        return Configuration.describe("Square", options);
    }

    /**
     * What the attack does.
     *
     * @param threat ball and limits
     * @param queries how many points are asked about per restart, at least 1; the input itself is one more
     * @param p the share of pixels that the first windows cover, in (0, 1]
     * @param rescaled whether the schedule of shares, meant for 10 000 queries, is stretched to the budget
     * @param restarts how often to start, at least 1
     * @param seed the seed of all draws
     * @param targeted whether labels are classes to reach
     * @param layout where pixels lie; empty to {@linkplain ImageLayout#ofShape judge by the input's shape}
     */
    public record Options(
            ThreatModel threat,
            int queries,
            double p,
            boolean rescaled,
            int restarts,
            long seed,
            boolean targeted,
            Optional<ImageLayout> layout) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            Configuration.require(queries >= 1, "Square", "queries must be at least 1, got " + queries);
            Configuration.require(p > 0 && p <= 1, "Square", "p is a share of the pixels in (0, 1], got " + p);
            Configuration.require(restarts >= 1, "Square", "restarts must be at least 1, got " + restarts);
        }
    }

    /** Collects the options of a {@link Square}. */
    public static final class Builder {

        private final ThreatModel threat;
        private int queries = 5000;
        private double p = 0.8;
        private boolean rescaled;
        private int restarts = 1;
        private long seed;
        private boolean targeted;
        private Optional<ImageLayout> layout = Optional.empty();

        private Builder(ThreatModel threat) {
            this.threat = threat;
        }

        /**
         * Sets the budget: how many points are asked about for a sample, the start included, the input itself not.
         *
         * @param value at least 1; 5000 unless set, as in AutoAttack
         * @return this builder
         */
        public Builder queries(int value) {
            this.queries = value;
            return this;
        }

        /**
         * Sets the share of pixels that the first windows cover.
         *
         * @param value in (0, 1]; 0.8 unless set, as in AutoAttack
         * @return this builder
         */
        public Builder p(double value) {
            this.p = value;
            return this;
        }

        /**
         * Sets whether the schedule, which is meant for 10 000 queries, is stretched to the budget, so that a short attack comes to small
         * windows, too.
         *
         * @param value false unless set, as in AutoAttack
         * @return this builder
         */
        public Builder rescaled(boolean value) {
            this.rescaled = value;
            return this;
        }

        /**
         * Sets how often to start. A restart is spent only on samples without a success.
         *
         * @param value at least 1; 1 unless set
         * @return this builder
         */
        public Builder restarts(int value) {
            this.restarts = value;
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
         * Sets where pixels lie among the entries of an input.
         *
         * @param value the layout; unless set, {@linkplain ImageLayout#ofShape judged by the input's shape}, which takes flat inputs of
         *     64, 81, 100, ... 784, ... entries for images and needs help where that is wrong, or where colour images are flattened
         * @return this builder
         */
        public Builder layout(ImageLayout value) {
            this.layout = Optional.of(value);
            return this;
        }

        /**
         * Makes the attack.
         *
         * @return the attack
         * @throws IllegalArgumentException if an option is out of range
         */
        public Square build() {
            return new Square(new Options(threat, queries, p, rescaled, restarts, seed, targeted, layout));
        }
    }
}
