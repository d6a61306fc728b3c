package org.jacreg.attacks;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.Random;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.Region;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.Classifier;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Looks for one perturbation that is added to every input: the attack of somebody who cannot adapt to each.
 *
 * <p>Stochastic ascent over batches {@code B} of a set, from {@code d = 0},
 *
 * <pre>{@code g = mean over B of the gradient of min(loss(clip(x + d), y), lossLimit),   d <- P(d + stepSize v(g)) }</pre>
 *
 * with the cross-entropy as loss (targeted: descent, without a limit), {@code v(g) = sign(g)} under Linf and {@code g / ||g||} under L2 and L1,
 * and {@code P} the projection onto the ball; a perturbed input is clipped to the model's box and to the ranges. The limit keeps a few lost
 * inputs from ruling the mean. After every epoch the perturbation is tried on the set, and the one that succeeded most often is kept, of equals the last.
 *
 * <p>This is no {@link Attack}, because what it finds for an input depends on the others; {@link #fit} gives one, a {@link
 * FittedPerturbation}, which can be tried on inputs that it has not seen.
 *
 * <p>Source: Shafahi, Najibi, Xu, Dickerson, Davis, Goldstein, "Universal adversarial training", AAAI 2020, arXiv 1811.11304; the problem is that of
 * Moosavi-Dezfooli, Fawzi, Fawzi, Frossard, "Universal adversarial perturbations", CVPR 2017, arXiv 1610.08401. Heuristic: failure proves
 * nothing.
 */
public final class UniversalPerturbation {

    private final Options options;

    private UniversalPerturbation(Options options) {
        this.options = options;
    }

    /**
     * Starts a perturbation in a Linf ball.
     *
     * @param epsilon the radius, in input units
     * @return a builder with default options
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder linf(double epsilon) {
        return in(NormBall.linf(epsilon));
    }

    /**
     * Starts a perturbation in an L2 ball.
     *
     * @param epsilon the radius, in input units
     * @return a builder with default options
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder l2(double epsilon) {
        return in(NormBall.l2(epsilon));
    }

    /**
     * Starts a perturbation in an L1 ball.
     *
     * @param epsilon the radius, in input units
     * @return a builder with default options
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder l1(double epsilon) {
        return in(NormBall.l1(epsilon));
    }

    /**
     * Starts a perturbation in a ball.
     *
     * @param ball norm and radius
     * @return a builder with default options
     */
    public static Builder in(NormBall ball) {
        return in(ThreatModel.of(ball));
    }

    /**
     * Starts a perturbation under a threat model: a ball with {@linkplain FeatureLimits limits on single features}.
     *
     * @param threat ball and limits
     * @return a builder with default options
     */
    public static Builder in(ThreatModel threat) {
        return new Builder(threat);
    }

    /**
     * Fits a perturbation to a set.
     *
     * @param model the classifier; its box bounds the perturbed inputs
     * @param x {@code [N, *inputShape]} in the model's box; not modified
     * @param y labels, one-hot {@code [N, C]} or sparse {@code [N]}: the true classes, or the classes to reach; not modified
     * @return the perturbation, ready for other inputs
     * @throws IllegalArgumentException as {@link Attack#attack(Classifier, INDArray, INDArray)}
     * @throws ArithmeticException if the model's logits or gradients are not finite
     */
    public FittedPerturbation fit(Classifier model, INDArray x, INDArray y) {
        return fit(model, x, y, ProgressListener.none());
    }

    /**
     * Fits a perturbation to a set.
     *
     * @param model the classifier; its box bounds the perturbed inputs
     * @param x {@code [N, *inputShape]} in the model's box; not modified
     * @param y labels, one-hot {@code [N, C]} or sparse {@code [N]}: the true classes, or the classes to reach; not modified
     * @param listener hears of every epoch and may cancel
     * @return the perturbation, ready for other inputs
     * @throws IllegalArgumentException as {@link Attack#attack(Classifier, INDArray, INDArray)}
     * @throws ArithmeticException if the model's logits or gradients are not finite
     * @throws java.util.concurrent.CancellationException if the listener cancels
     */
    public FittedPerturbation fit(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        ThreatModel threat = options.threat();
        Oracle oracle = Oracle.of(model, x, y, Search.strongest(threat.norm(), options.targeted()), listener);
        Region region = QuietOps.call(() -> Region.of(threat, oracle.batch().points(), model.box()));
        SharedPerturbation shared = new SharedPerturbation(oracle, region, threat);
        Random random = new Random(options.seed());
        double[] best = shared.values();
        double most = -1;
        for (int epoch = 0; epoch < options.epochs(); epoch++) {
            int[] order = shuffled(oracle.size(), random);
            for (int from = 0; from < order.length; from += options.batchSize()) {
                int[] rows = Arrays.copyOfRange(order, from, Math.min(order.length, from + options.batchSize()));
                ascend(shared, rows);
            }
            double rate = shared.successRate();
            if (rate >= most) {
                most = rate;
                best = shared.values();
            }
            oracle.progress(epoch + 1L, options.epochs());
        }
        return new FittedPerturbation(
                threat, best, model.inputShape(), options.targeted(), most, toString(), options.seed());
    }

    private void ascend(SharedPerturbation shared, int[] rows) {
        double[] gradient = shared.meanGradient(rows, this::limitedLoss);
        Norm norm = options.threat().norm();
        double size = norm.distance(gradient, new double[gradient.length]);
        if (size == 0) {
            return;
        }
        for (int j = 0; j < gradient.length; j++) {
            gradient[j] = options.stepSize() * (norm == Norm.LINF ? Math.signum(gradient[j]) : gradient[j] / size);
        }
        shared.add(gradient);
    }

    /** The limited cross-entropy with its derivative by the logits, which is {@code softmax - onehot} below the limit and 0 above. */
    private double limitedLoss(int label, double[] logits, double[] cotangent) {
        double loss = LogitMargin.crossEntropy(logits, label);
        if (!options.targeted() && loss >= options.lossLimit()) {
            return options.lossLimit();
        }
        double sign = options.targeted() ? -1 : 1;
        for (int c = 0; c < logits.length; c++) {
            cotangent[c] = sign * Math.exp(-LogitMargin.crossEntropy(logits, c));
        }
        cotangent[label] -= sign;
        return sign * loss;
    }

    private static int[] shuffled(int size, Random random) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
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
        return Configuration.describe("UniversalPerturbation", options);
    }

    /**
     * What is done.
     *
     * @param threat ball and limits
     * @param epochs passes over the set, at least 1
     * @param batchSize inputs per step, at least 1
     * @param stepSize the size of a step in the norm of the ball, positive and finite
     * @param lossLimit the loss above which an input counts as lost, positive; infinite for no limit
     * @param seed the seed of the order of inputs
     * @param targeted whether labels are classes to reach
     */
    public record Options(
            ThreatModel threat,
            int epochs,
            int batchSize,
            double stepSize,
            double lossLimit,
            long seed,
            boolean targeted) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            require(epochs >= 1, "epochs must be at least 1, got " + epochs);
            require(batchSize >= 1, "batchSize must be at least 1, got " + batchSize);
            require(
                    stepSize > 0 && stepSize < Double.POSITIVE_INFINITY,
                    "stepSize must be positive and finite, got " + stepSize);
            require(lossLimit > 0, "lossLimit must be positive, got " + lossLimit);
        }

        private static void require(boolean condition, String message) {
            Configuration.require(condition, "UniversalPerturbation", message);
        }
    }

    /** Collects the options of a {@link UniversalPerturbation}. */
    public static final class Builder {

        private final ThreatModel threat;
        private int epochs = 10;
        private int batchSize = 128;
        private OptionalDouble stepSize = OptionalDouble.empty();
        private double lossLimit = 9;
        private long seed;
        private boolean targeted;

        private Builder(ThreatModel threat) {
            this.threat = threat;
        }

        /**
         * Sets the number of passes over the set.
         *
         * @param value at least 1; 10 unless set, as in Shafahi et al.
         * @return this builder
         */
        public Builder epochs(int value) {
            this.epochs = value;
            return this;
        }

        /**
         * Sets the number of inputs per step.
         *
         * @param value at least 1; 128 unless set, as in Shafahi et al.
         * @return this builder
         */
        public Builder batchSize(int value) {
            this.batchSize = value;
            return this;
        }

        /**
         * Sets the size of a step in the norm of the ball, in input units.
         *
         * @param value positive and finite; {@code epsilon / 10} unless set
         * @return this builder
         */
        public Builder stepSize(double value) {
            this.stepSize = OptionalDouble.of(value);
            return this;
        }

        /**
         * Sets the loss above which an input counts as lost and pulls no more.
         *
         * @param value positive, infinite for no limit; 9 unless set, as in Shafahi et al.; without effect on a targeted perturbation
         * @return this builder
         */
        public Builder lossLimit(double value) {
            this.lossLimit = value;
            return this;
        }

        /**
         * Sets the seed of the order of inputs.
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
         * Makes it.
         *
         * @return the search for a perturbation
         * @throws IllegalArgumentException if an option is out of range
         */
        public UniversalPerturbation build() {
            double size = stepSize.orElse(threat.epsilon() / 10);
            return new UniversalPerturbation(new Options(threat, epochs, batchSize, size, lossLimit, seed, targeted));
        }
    }
}
