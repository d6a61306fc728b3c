package org.jacreg.attacks;

import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.Region;
import org.jacreg.attacks.threat.SampleRandom;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gaussian noise, brought into ball and box: a baseline, and a picture of plain corruption.
 *
 * <p>Points {@code P(x + s z)} with independent standard normal {@code z_j}, {@code s} the standard deviation and {@code P} the projection
 * onto ball and box, one forward each, until one succeeds. As {@link UniformNoise} it proves no robustness. Source of the baseline:
 * Ford, Gilmer, Carlini, Cubuk, "Adversarial examples are a natural consequence of test error in noise", ICML 2019, arXiv 1901.10513.
 */
public final class GaussianNoise implements Attack {

    private final Options options;

    private GaussianNoise(Options options) {
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
                .run(this::draw, toString(), model, x, y, listener);
    }

    private double[] draw(Region region, int row, long seed) {
        double[] point = region.center(row).clone();
        SplittableRandom random = SampleRandom.forSample(seed, point);
        double deviation = options.deviation().orElseGet(() -> usual(region));
        for (int j = 0; j < point.length; j++) {
            point[j] += deviation * random.nextGaussian();
        }
        region.project(row, point);
        return point;
    }

    /** The deviation whose noise is about as large as the ball: E |z| = sqrt(2 / pi). */
    private static double usual(Region region) {
        return switch (region.norm()) {
            case LINF -> region.epsilon();
            case L2 -> region.epsilon() / Math.sqrt(region.entries());
            case L1 -> region.epsilon() / (region.entries() * Math.sqrt(2 / Math.PI));
        };
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
        return Configuration.describe("GaussianNoise", options);
    }

    /**
     * What the attack does.
     *
     * @param threat ball and limits
     * @param deviation the standard deviation of an entry, in input units, positive and finite; empty for the ball's size, as in {@link
     *     Builder#deviation}
     * @param repeats how many points a sample gets, at least 1
     * @param seed the seed of all draws
     * @param targeted whether labels are classes to reach
     */
    public record Options(ThreatModel threat, OptionalDouble deviation, int repeats, long seed, boolean targeted) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            Configuration.require(
                    deviation.isEmpty()
                            || (deviation.getAsDouble() > 0 && deviation.getAsDouble() < Double.POSITIVE_INFINITY),
                    "GaussianNoise",
                    "deviation must be positive and finite, got " + deviation);
            Configuration.require(repeats >= 1, "GaussianNoise", "repeats must be at least 1, got " + repeats);
        }
    }

    /** Collects the options of a {@link GaussianNoise}. */
    public static final class Builder {

        private final ThreatModel threat;
        private OptionalDouble deviation = OptionalDouble.empty();
        private int repeats = 100;
        private long seed;
        private boolean targeted;

        private Builder(ThreatModel threat) {
            this.threat = threat;
        }

        /**
         * Sets the standard deviation of every entry before the projection, in input units.
         *
         * @param value positive and finite; unless set, {@code epsilon} under Linf, {@code epsilon / sqrt(D)} under L2 and {@code epsilon /
         *     (D sqrt(2 / pi))} under L1, which makes the noise about as large as the ball
         * @return this builder
         */
        public Builder deviation(double value) {
            this.deviation = OptionalDouble.of(value);
            return this;
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
        public GaussianNoise build() {
            return new GaussianNoise(new Options(threat, deviation, repeats, seed, targeted));
        }
    }
}
