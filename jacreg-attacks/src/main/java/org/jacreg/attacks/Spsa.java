package org.jacreg.attacks;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.Region;
import org.jacreg.attacks.threat.SampleRandom;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.Classifier;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Simultaneous perturbation stochastic approximation: projected descent along gradients that are estimated from forwards alone.
 *
 * <p>With random signs {@code v_i}, a step estimates the gradient of the margin {@code m(x) = z_y - max_{c != y} z_c} (targeted: {@code
 * max_{c != t} z_c - z_t}) as
 *
 * <pre>{@code g = (1 / samples) sum_i (m(x + delta v_i) - m(x - delta v_i)) / (2 delta) * v_i }</pre>
 *
 * and follows it by Adam or by steepest descent, back into ball and box after every step. Points {@code x +- delta v} may lie outside; they
 * are asked about, but never returned. A step costs {@code 2 samples + 1} forwards; a sample that is broken costs no more. It needs no
 * gradients, so it sees through those that are masked.
 *
 * <p>Source: Uesato, O'Donoghue, van den Oord, Kohli, "Adversarial risk and the dangers of evaluating against weak attacks", ICML 2018,
 * arXiv 1802.05666; the estimate is that of Spall 1992. Differs from it in keeping the best iterate. Heuristic: failure proves nothing.
 */
public final class Spsa implements Attack {

    private final Options options;

    private Spsa(Options options) {
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
     * Starts an attack under a threat model: a ball with limits on single features.
     *
     * @param threat ball and limits
     * @return a builder with default options
     */
    public static Builder in(ThreatModel threat) {
        return new Builder(threat);
    }

    /** How the estimated gradient is followed. */
    public enum Update {

        /** Adam with decay rates 0.9 and 0.999: every entry moves by up to about the step size per step. */
        ADAM,

        /** The sign of the gradient under Linf, the gradient over its norm under L2 and L1. */
        STEEPEST
    }

    @Override
    public AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        Oracle oracle = Oracle.of(model, x, y, Search.strongest(options.threat().norm(), options.targeted()), listener);
        Region region =
                QuietOps.call(() -> Region.of(options.threat(), oracle.batch().points(), model.box()));
        for (int restart = 0; restart < options.restarts(); restart++) {
            descend(oracle, region, restart);
        }
        return oracle.result(toString(), options.seed());
    }

    private void descend(Oracle oracle, Region region, int restart) {
        int[] rows = oracle.unbroken();
        double[][] points = new double[oracle.size()][];
        SplittableRandom[] randoms = new SplittableRandom[oracle.size()];
        AdamRows adam = new AdamRows(oracle.size(), oracle.entries());
        SpsaEstimate estimate =
                new SpsaEstimate(oracle, region, options.samples(), options.delta(), options.targeted());
        long seed = Seeds.restart(options.seed(), restart);
        for (int row : rows) {
            points[row] = restart == 0 ? region.center(row).clone() : region.randomPoint(row, seed);
            randoms[row] = SampleRandom.forSample(seed, region.center(row)).split();
        }
        for (int step = 0; step < options.steps() && rows.length > 0; step++) {
            double[][] gradients = estimate.at(rows, points, randoms);
            double[][] next = new double[rows.length][];
            for (int i = 0; i < rows.length; i++) {
                next[i] = points[rows[i]];
                move(region, rows[i], next[i], gradients[i], adam);
            }
            oracle.logits(rows, next);
            rows = Arrays.stream(rows)
                    .filter(row -> !oracle.findings().isBroken(row))
                    .toArray();
            oracle.progress((long) restart * options.steps() + step + 1, (long) options.restarts() * options.steps());
        }
    }

    private void move(Region region, int row, double[] point, double[] gradient, AdamRows adam) {
        double[] direction =
                options.update() == Update.ADAM ? adam.direction(row, gradient) : steepest(region.norm(), gradient);
        // entries of 1 everywhere are a step of the size asked for
        double scale = options.update() == Update.STEEPEST || region.norm() == Norm.LINF
                ? 1
                : region.norm() == Norm.L2 ? 1 / Math.sqrt(point.length) : 1.0 / point.length;
        for (int j = 0; j < point.length; j++) {
            point[j] -= options.stepSize() * scale * direction[j];
        }
        region.project(row, point);
    }

    private static double[] steepest(Norm norm, double[] gradient) {
        if (norm == Norm.LINF) {
            return Arrays.stream(gradient).map(Math::signum).toArray();
        }
        double size = norm.distance(gradient, new double[gradient.length]);
        return size > 0 ? Arrays.stream(gradient).map(g -> g / size).toArray() : gradient;
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
        return Configuration.describe("Spsa", options);
    }

    /**
     * What the attack does.
     *
     * @param threat ball and limits
     * @param steps steps per restart, at least 1
     * @param samples directions per step, at least 1; each costs two forwards
     * @param delta how far the estimate looks, in input units, positive and finite
     * @param stepSize the size of a step in the norm of the ball, positive and finite
     * @param update how the estimated gradient is followed
     * @param restarts how often to start, at least 1: first at the input, then at random points
     * @param seed the seed of all draws
     * @param targeted whether labels are classes to reach
     */
    public record Options(
            ThreatModel threat,
            int steps,
            int samples,
            double delta,
            double stepSize,
            Update update,
            int restarts,
            long seed,
            boolean targeted) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            Configuration.require(steps >= 1, "Spsa", "steps must be at least 1, got " + steps);
            Configuration.require(samples >= 1, "Spsa", "samples must be at least 1, got " + samples);
            Configuration.require(
                    delta > 0 && delta < Double.POSITIVE_INFINITY,
                    "Spsa",
                    "delta must be positive and finite, got " + delta);
            Configuration.require(
                    stepSize > 0 && stepSize < Double.POSITIVE_INFINITY,
                    "Spsa",
                    "stepSize must be positive and finite, got " + stepSize);
            Configuration.require(restarts >= 1, "Spsa", "restarts must be at least 1, got " + restarts);
        }
    }

    /** Collects the options of a {@link Spsa}. */
    public static final class Builder {

        private final ThreatModel threat;
        private int steps = 100;
        private int samples = 64;
        private double delta = 0.01;
        private OptionalDouble stepSize = OptionalDouble.empty();
        private Optional<Update> update = Optional.empty();
        private int restarts = 1;
        private long seed;
        private boolean targeted;

        private Builder(ThreatModel threat) {
            this.threat = threat;
        }

        /**
         * Sets the number of steps per restart.
         *
         * @param value at least 1; 100 unless set, as in Uesato et al.
         * @return this builder
         */
        public Builder steps(int value) {
            this.steps = value;
            return this;
        }

        /**
         * Sets how many directions a step averages over, each of which costs two forwards. The noise of the estimate falls with its square
         * root; Uesato et al. take up to 4096 directions against strong defences.
         *
         * @param value at least 1; 64 unless set
         * @return this builder
         */
        public Builder samples(int value) {
            this.samples = value;
            return this;
        }

        /**
         * Sets how far the estimate looks along every entry.
         *
         * @param value positive and finite, in input units; 0.01 unless set, as in Uesato et al. for pixels in [0, 1]
         * @return this builder
         */
        public Builder delta(double value) {
            this.delta = value;
            return this;
        }

        /**
         * Sets the size of a step in the norm of the ball, in input units; with Adam, of a step in which every entry moves fully.
         *
         * @param value positive and finite; unless set, {@code min(epsilon, 5 epsilon / steps)} as in {@link Pgd}
         * @return this builder
         */
        public Builder stepSize(double value) {
            this.stepSize = OptionalDouble.of(value);
            return this;
        }

        /**
         * Sets how the estimated gradient is followed.
         *
         * @param value unless set, {@link Update#ADAM} under Linf, as in Uesato et al., and {@link Update#STEEPEST} under L2 and L1: Adam moves all
         *     entries alike, so that under a round ball it stops short of the optimum even on a linear model
         * @return this builder
         */
        public Builder update(Update value) {
            this.update = Optional.of(value);
            return this;
        }

        /**
         * Sets how often to start: first at the input, then at random points of the ball. A restart is spent only on samples without a
         * success.
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
         * Makes the attack.
         *
         * @return the attack
         * @throws IllegalArgumentException if an option is out of range
         */
        public Spsa build() {
            double size = stepSize.orElse(threat.epsilon() * Math.min(1, 5.0 / steps));
            Update usual = threat.norm() == Norm.LINF ? Update.ADAM : Update.STEEPEST;
            return new Spsa(
                    new Options(threat, steps, samples, delta, size, update.orElse(usual), restarts, seed, targeted));
        }
    }
}
