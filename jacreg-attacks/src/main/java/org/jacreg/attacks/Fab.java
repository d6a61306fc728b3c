package org.jacreg.attacks;

import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The fast adaptive boundary attack: walks along the decision boundary towards the input, looking for the nearest error.
 *
 * <p>At the point {@code x_i} the boundaries with the other classes {@code k} are linearised, {@code f_k = z_k - z_y}, {@code w_k} its
 * gradient, and the one of least {@code |f_k| / ||w_k||_q} is taken. With {@code d_1}, {@code d_2} the shortest ways, in the norm and
 * inside the box, from {@code x_i} and from the input {@code x_0} to that hyperplane,
 *
 * <pre>{@code
 * a = min(||d_1|| / (||d_1|| + ||d_2||), alphaMax)
 * x_{i+1} = clip((1 - a) (x_i + eta d_1) + a (x_0 + eta d_2))      and, if that is an error,   x_{i+1} = x_0 + beta (x_{i+1} - x_0)
 * }</pre>
 *
 * <p>In the end the nearest error is drawn towards the input by {@link Builder#finalSteps} steps of the secant method. One pass costs
 * {@code steps} evaluations and {@code steps} times as many gradients as there are boundaries to look at: {@code C - 1}, or one with
 * {@link Builder#targetClasses}. Passes after the first start at a random point around the input.
 *
 * <p>{@link #within} makes it an attack in a ball, as a part of AutoAttack is: an error counts if it lies in the ball, and ends the search.
 *
 * <p>Source: Croce and Hein, "Minimally distorted adversarial examples with a fast adaptive boundary attack", ICML 2020, arXiv
 * 1907.02044; with target classes, Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse
 * parameter-free attacks", ICML 2020, arXiv 2003.01690. A targeted attack, which they do not have, looks at the boundary between the
 * target and the strongest other class. It is a heuristic: the distance found is an upper bound of the true one.
 */
public final class Fab implements MinimumNormAttack {

    private final Options options;

    private Fab(Options options) {
        this.options = options;
    }

    /**
     * Starts an attack that minimises the largest change of an entry.
     *
     * @return a builder with default options
     */
    public static Builder linf() {
        return in(Norm.LINF);
    }

    /**
     * Starts an attack that minimises the Euclidean distance.
     *
     * @return a builder with default options
     */
    public static Builder l2() {
        return in(Norm.L2);
    }

    /**
     * Starts an attack that minimises the sum of absolute changes.
     *
     * @return a builder with default options
     */
    public static Builder l1() {
        return in(Norm.L1);
    }

    /**
     * Starts an attack.
     *
     * @param norm the norm in which the distance is minimised
     * @return a builder with default options
     */
    public static Builder in(Norm norm) {
        return new Builder(norm);
    }

    /**
     * The same search as an attack in a ball. A sample costs nothing more as soon as an error is found in its ball.
     *
     * @param epsilon the radius, in input units
     * @return an attack whose points lie in the ball; without a success, the one of highest loss met there
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public Attack within(double epsilon) {
        return new Within(this, new NormBall(options.norm(), epsilon));
    }

    private record Within(Fab fab, NormBall ball) implements Attack {

        @Override
        public AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
            return new FabSearch(fab.options, ball.epsilon(), model, x, y, listener).run(toString());
        }

        @Override
        public String toString() {
            return fab + ".within(" + ball.epsilon() + ")";
        }
    }

    @Override
    public Norm norm() {
        return options.norm();
    }

    @Override
    public AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        return new FabSearch(options, Double.POSITIVE_INFINITY, model, x, y, listener).run(toString());
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
        return Configuration.describe("Fab", options);
    }

    /**
     * What the attack does.
     *
     * @param norm the norm in which the distance is minimised
     * @param steps steps of one pass, at least 1
     * @param restarts passes for every choice of boundaries, at least 1
     * @param alphaMax the greatest weight of the way from the input, in [0, 1]
     * @param eta by how much a step goes over the boundary, at least 1
     * @param beta how much of the distance is kept after an error, in (0, 1)
     * @param finalSteps evaluations to draw the nearest error nearer, at least 0
     * @param targetClasses 0 to look at all boundaries in every step; otherwise so many passes, each for one of the likeliest classes
     * @param targeted whether labels are classes to reach
     * @param seed the seed of the random starts
     * @param limits ranges and frozen features
     */
    public record Options(
            Norm norm,
            int steps,
            int restarts,
            double alphaMax,
            double eta,
            double beta,
            int finalSteps,
            int targetClasses,
            boolean targeted,
            long seed,
            FeatureLimits limits) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            Configuration.require(steps >= 1, "FAB", "steps must be at least 1, got " + steps);
            Configuration.require(restarts >= 1, "FAB", "restarts must be at least 1, got " + restarts);
            Configuration.require(
                    alphaMax >= 0 && alphaMax <= 1, "FAB", "alphaMax must lie in [0, 1], got " + alphaMax);
            Configuration.require(
                    eta >= 1 && eta < Double.POSITIVE_INFINITY, "FAB", "eta must be at least 1 and finite, got " + eta);
            Configuration.require(beta > 0 && beta < 1, "FAB", "beta must lie in (0, 1), got " + beta);
            Configuration.require(finalSteps >= 0, "FAB", "finalSteps must be at least 0, got " + finalSteps);
            Configuration.require(targetClasses >= 0, "FAB", "targetClasses must be at least 0, got " + targetClasses);
            Configuration.require(
                    targetClasses == 0 || !targeted,
                    "FAB",
                    "targetClasses must be 0 in a targeted attack, got " + targetClasses
                            + ": the labels themselves are the targets");
        }
    }

    /** Collects the options of a {@link Fab}. */
    public static final class Builder {

        private final Norm norm;
        private int steps = 100;
        private int restarts = 1;
        private double alphaMax = 0.1;
        private double eta = 1.05;
        private double beta = 0.9;
        private int finalSteps = 3;
        private int targetClasses;
        private boolean targeted;
        private long seed;
        private FeatureLimits limits = FeatureLimits.none();

        private Builder(Norm norm) {
            this.norm = norm;
        }

        /**
         * Sets the number of steps of a pass.
         *
         * @param value at least 1; 100 unless set, as in the paper
         * @return this builder
         */
        public Builder steps(int value) {
            this.steps = value;
            return this;
        }

        /**
         * Sets how often to start: first at the input, then at random points on a sphere around it, of half the distance of the best error
         * so far, or half of epsilon in a ball.
         *
         * @param value at least 1; 1 unless set, as with target classes in AutoAttack (5 without)
         * @return this builder
         */
        public Builder restarts(int value) {
            this.restarts = value;
            return this;
        }

        /**
         * Sets the greatest weight of the way from the input.
         *
         * @param value in [0, 1]; 0.1 unless set, as in the paper
         * @return this builder
         */
        public Builder alphaMax(double value) {
            this.alphaMax = value;
            return this;
        }

        /**
         * Sets by how much a step goes over the boundary.
         *
         * @param value at least 1; 1.05 unless set, as in the paper
         * @return this builder
         */
        public Builder eta(double value) {
            this.eta = value;
            return this;
        }

        /**
         * Sets how much of the distance from the input is kept after an error.
         *
         * @param value in (0, 1); 0.9 unless set, as in the paper
         * @return this builder
         */
        public Builder beta(double value) {
            this.beta = value;
            return this;
        }

        /**
         * Sets how many evaluations, after one for the error itself, draw the nearest error towards the input. In a ball they are not made.
         *
         * @param value at least 0; 3 unless set, as in the paper
         * @return this builder
         */
        public Builder finalSteps(int value) {
            this.finalSteps = value;
            return this;
        }

        /**
         * Makes passes for single classes instead of looking at all boundaries in every step: one gradient per step however many classes
         * there are. An error is an error, whichever class it leads to.
         *
         * @param value how many, the ones of highest logit at the input, at most {@code C - 1}; 0 unless set, for all boundaries at once; 9
         *     in AutoAttack
         * @return this builder
         */
        public Builder targetClasses(int value) {
            this.targetClasses = value;
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
         * Sets the seed of the random starts.
         *
         * @param value any number; 0 unless set
         * @return this builder
         */
        public Builder seed(long value) {
            this.seed = value;
            return this;
        }

        /**
         * Limits single features.
         *
         * @param value ranges and frozen features; none unless set
         * @return this builder
         */
        public Builder limits(FeatureLimits value) {
            this.limits = value;
            return this;
        }

        /**
         * Makes the attack.
         *
         * @return the attack
         * @throws IllegalArgumentException if an option is out of range
         */
        public Fab build() {
            return new Fab(new Options(
                    norm, steps, restarts, alphaMax, eta, beta, finalSteps, targetClasses, targeted, seed, limits));
        }
    }
}
