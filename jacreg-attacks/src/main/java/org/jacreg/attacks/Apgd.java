package org.jacreg.attacks;

import java.util.Locale;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Auto-PGD: projected ascent with momentum that finds its own step size.
 *
 * <p>From a random point of the sphere, {@code iterations} times
 *
 * <pre>{@code
 * z_{k+1} = P(x_k + eta v(g_k)),   x_{k+1} = P(x_k + a (z_{k+1} - x_k) + (1 - a) (x_k - x_{k-1}))
 * }</pre>
 *
 * with {@code v} the steepest direction of the norm, {@code a = 0.75} (1 in the first step) and {@code eta = 2 epsilon} to begin with. After
 * 22 % of the iterations, and then after ever shorter windows (for 100 iterations after 22, 41, 57, 70, 80, 87, 93, 99), {@code eta} is
 * halved and the search goes back to its best point if at most 75 % of the window's steps raised the loss, or if {@code eta} stayed the
 * last time and the best loss did too.
 *
 * <p>Under l1 steps are sparse: signs of the greatest entries of the gradient, a fifth of them at first, then two thirds as many as the best
 * perturbation has; {@code eta} starts at {@code epsilon}; every 4 % of the iterations it is divided by 1.5 down to a tenth of
 * {@code epsilon}, or set back, together with the point, if the best perturbation has become sparser by 5 %. The radius shrinks on the way
 * ({@link Builder#shrinkingRadius}).
 *
 * <p>Costs per example and run: as many gradients as iterations, and one evaluation; nothing once it is an error
 * ({@link Builder#untilBudget}). Deterministic for a seed. DLR needs three classes, its targeted form four; with fewer the
 * cross-entropy is used, this is logged and {@link AttackResult#attack()} says so.
 *
 * <p>Sources: Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free attacks", ICML 2020,
 * arXiv 2003.01690; l1: Croce and Hein, "Mind the box: l1-APGD for sparse adversarial attacks on image classifiers", ICML 2021, arXiv 2103.01208.
 * Differs from the authors' code in leaving examples at their first error; in counting the first step of all against the loss at the start;
 * under l2 in projecting exactly onto ball and box instead of scaling and clipping; and under l1 in passing over entries that the box
 * stops and in rounding the number of entries down, without which the optimum of a linear model is out of reach.
 */
public final class Apgd implements Attack {

    /** How many targets are tried unless set, where there are as many. */
    static final int MOST_TARGETS = 9;

    private final Options options;

    private Apgd(Options options) {
        this.options = options;
    }

    /** The loss that is raised. */
    public enum Loss {

        /** The cross-entropy. Blind where the softmax is saturated. */
        CROSS_ENTROPY(2),

        /** {@code -(z_y - max_{j != y} z_j) / (z_(1) - z_(3))}: does not change with the scale of the logits. Three classes at least. */
        DLR(3),

        /**
         * {@code -(z_y - z_t) / (z_(1) - (z_(3) + z_(4)) / 2)}, for one target {@code t} after the other, by falling clean logit. Four
         * classes at least.
         */
        TARGETED_DLR(4);

        private final int classes;

        Loss(int classes) {
            this.classes = classes;
        }

        /**
         * How many classes the loss needs.
         *
         * @return the least number of classes
         */
        public int classes() {
            return classes;
        }

        /** {@inheritDoc} */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
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
     * Starts an attack within a threat model.
     *
     * @param threat ball, ranges and frozen features
     * @return a builder with default options
     */
    public static Builder in(ThreatModel threat) {
        return new Builder(threat);
    }

    @Override
    public AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        return new ApgdSearch(options, toString(), model, x, y, listener).run();
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
        return Configuration.describe("Apgd", options);
    }

    /**
     * What the attack does.
     *
     * @param threat ball, ranges and frozen features
     * @param loss what is raised
     * @param iterations steps per run, at least 1
     * @param restarts runs from other starts, per target, at least 1
     * @param targets how many targets the targeted ratio tries; 0 for 9, or one less than there are classes if that is less
     * @param targeted whether labels are classes to reach: with the cross-entropy only
     * @param inertia the share of a step that is new, in (0, 1]
     * @param progress the share of a window's steps that must raise the loss, in [0, 1]
     * @param shrinkingRadius whether to search in three and two radii first
     * @param untilBudget whether to go on with examples that are errors already
     * @param seed the seed of the random starts
     */
    public record Options(
            ThreatModel threat,
            Loss loss,
            int iterations,
            int restarts,
            int targets,
            boolean targeted,
            double inertia,
            double progress,
            boolean shrinkingRadius,
            boolean untilBudget,
            long seed) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            Configuration.require(iterations >= 1, "APGD", "iterations must be at least 1, got " + iterations);
            Configuration.require(restarts >= 1, "APGD", "restarts must be at least 1, got " + restarts);
            Configuration.require(
                    targets >= 0,
                    "APGD",
                    "targets must be at least 1, or 0 for as many as there are up to 9, got " + targets);
            Configuration.require(
                    targets == 0 || loss == Loss.TARGETED_DLR,
                    "APGD",
                    "targets are for the loss targeted_dlr, got " + targets + " with " + loss);
            Configuration.require(
                    !targeted || loss == Loss.CROSS_ENTROPY,
                    "APGD",
                    loss + " needs the true classes, but the labels of a targeted attack are targets; use the loss "
                            + Loss.CROSS_ENTROPY);
            Configuration.require(inertia > 0 && inertia <= 1, "APGD", "inertia must be in (0, 1], got " + inertia);
            Configuration.require(
                    progress >= 0 && progress <= 1, "APGD", "progress must be in [0, 1], got " + progress);
        }

        ApgdClimb.ApgdRule rule() {
            return new ApgdClimb.ApgdRule(inertia, progress);
        }
    }

    /** Collects the options of an {@link Apgd}. */
    public static final class Builder {

        private final ThreatModel threat;
        private Loss loss = Loss.CROSS_ENTROPY;
        private int iterations = 100;
        private int restarts = 1;
        private int targets;
        private boolean targeted;
        private double inertia = .75;
        private double progress = .75;
        private boolean shrinkingRadius;
        private boolean untilBudget;
        private long seed;

        private Builder(ThreatModel threat) {
            this.threat = threat;
            this.shrinkingRadius = threat.norm() == Norm.L1;
        }

        /**
         * Sets the loss that is raised.
         *
         * @param value {@link Loss#CROSS_ENTROPY} unless set
         * @return this builder
         */
        public Builder loss(Loss value) {
            this.loss = value;
            return this;
        }

        /**
         * Sets the number of iterations, which is the number of gradients per run.
         *
         * @param value at least 1; 100 unless set, as in AutoAttack
         * @return this builder
         */
        public Builder iterations(int value) {
            this.iterations = value;
            return this;
        }

        /**
         * Sets how many runs there are, for every target. Examples with a success are left out of later ones.
         *
         * @param value at least 1; 1 unless set
         * @return this builder
         */
        public Builder restarts(int value) {
            this.restarts = value;
            return this;
        }

        /**
         * Sets how many targets the targeted ratio tries, by falling clean logit.
         *
         * @param value at least 1 and less than the model's classes; unless set 9, as in AutoAttack, or one less than there are classes
         * @return this builder
         */
        public Builder targets(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("APGD: targets must be at least 1, got " + value);
            }
            this.targets = value;
            return this;
        }

        /**
         * Sets what labels mean.
         *
         * @param value true if labels are classes to reach, with the cross-entropy only; false, as unless set, if they are classes to leave
         * @return this builder
         */
        public Builder targeted(boolean value) {
            this.targeted = value;
            return this;
        }

        /**
         * Sets how much of a step is new; the rest is momentum. Not used under l1.
         *
         * @param value in (0, 1]; 0.75 unless set, as in the paper
         * @return this builder
         */
        public Builder inertia(double value) {
            this.inertia = value;
            return this;
        }

        /**
         * Sets how many of a window's steps must raise the loss for the step size to stay. Not used under l1.
         *
         * @param value in [0, 1]; 0.75 unless set, as in the paper
         * @return this builder
         */
        public Builder progress(double value) {
            this.progress = value;
            return this;
        }

        /**
         * Sets whether to search in a ball of three radii for 30 % of the iterations, then of two for 30 %, then in the ball itself. Points
         * outside the ball count as evaluations, never as successes.
         *
         * @param value true under l1 unless set, as in AutoAttack; false for the other norms
         * @return this builder
         */
        public Builder shrinkingRadius(boolean value) {
            this.shrinkingRadius = value;
            return this;
        }

        /**
         * Sets whether examples that are errors already go on to the last iteration of the last run, for a higher loss.
         *
         * @param value false unless set: an error costs nothing more
         * @return this builder
         */
        public Builder untilBudget(boolean value) {
            this.untilBudget = value;
            return this;
        }

        /**
         * Sets the seed of the random starts. The start of a sample is a function of the seed, the number of the run and the sample's
         * values, not of its place in the batch.
         *
         * @param value any number; 0 unless set
         * @return this builder
         */
        public Builder seed(long value) {
            this.seed = value;
            return this;
        }

        /**
         * Makes the attack.
         *
         * @return the attack
         * @throws IllegalArgumentException if an option is out of range
         */
        public Apgd build() {
            return new Apgd(new Options(
                    threat,
                    loss,
                    iterations,
                    restarts,
                    targets,
                    targeted,
                    inertia,
                    progress,
                    shrinkingRadius,
                    untilBudget,
                    seed));
        }
    }
}
