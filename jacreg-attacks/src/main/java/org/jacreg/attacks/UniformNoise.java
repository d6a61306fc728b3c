package org.jacreg.attacks;

import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.Region;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Noise that is uniform in the ball: the baseline that every attack must beat.
 *
 * <p>Points {@code clip(x + d, box)} with {@code d} uniform in {@code ||d|| <= epsilon}, one forward each, until one succeeds. A model that is
 * broken by noise is not robust; a model that withstands it has shown nothing. An attack with gradients that breaks less than noise has
 * gone wrong, or its gradients have (Carlini et al., "On evaluating adversarial robustness", 2019, arXiv 1902.06705).
 */
public final class UniformNoise implements Attack {

    private final Options options;

    private UniformNoise(Options options) {
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

    @Override
    public AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        return new NoiseSearch(options.threat(), options.repeats(), options.seed(), options.targeted())
                .run(Region::randomPoint, toString(), model, x, y, listener);
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
        return Configuration.describe("UniformNoise", options);
    }

    /**
     * What the attack does.
     *
     * @param threat ball and limits
     * @param repeats how many points a sample gets, at least 1
     * @param seed the seed of all draws
     * @param targeted whether labels are classes to reach
     */
    public record Options(ThreatModel threat, int repeats, long seed, boolean targeted) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            Configuration.require(repeats >= 1, "UniformNoise", "repeats must be at least 1, got " + repeats);
        }
    }

    /** Collects the options of a {@link UniformNoise}. */
    public static final class Builder {

        private final ThreatModel threat;
        private int repeats = 100;
        private long seed;
        private boolean targeted;

        private Builder(ThreatModel threat) {
            this.threat = threat;
        }

        /**
         * Sets how many points a sample gets. A sample that is broken gets no more.
         *
         * @param value at least 1; 100 unless set
         * @return this builder
         */
        public Builder repeats(int value) {
            this.repeats = value;
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
        public UniformNoise build() {
            return new UniformNoise(new Options(threat, repeats, seed, targeted));
        }
    }
}
