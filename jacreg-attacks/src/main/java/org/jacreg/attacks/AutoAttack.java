package org.jacreg.attacks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * AutoAttack: an ensemble of diverse attacks without a step size to choose, each on the examples that those before it left.
 *
 * <table>
 * <caption>Parts, in the order in which they run</caption>
 * <tr><th>version</th><th>norm</th><th>parts</th></tr>
 * <tr><td>standard</td><td>linf, l2</td><td>APGD-CE; APGD-T, 9 targets; FAB-T, 9 targets; Square, 5000 queries</td></tr>
 * <tr><td>standard</td><td>l1</td><td>the same with shrinking radius, 5 restarts of APGD-CE and 5 targets of APGD-T</td></tr>
 * <tr><td>plus</td><td>all</td><td>APGD-CE, 5 restarts; APGD-DLR, 5 restarts; FAB, 5 restarts; Square; APGD-T; FAB-T</td></tr>
 * <tr><td>rand</td><td>all</td><td>APGD-CE; APGD-DLR: for a model in {@link ExpectationOverTransformation}</td></tr>
 * </table>
 *
 * <p>An example that any part breaks is broken, so the robust accuracy is at most that of each part alone. With {@code C} classes at most
 * {@code C - 1} targets are tried; below four classes the targeted loss of APGD, below three DLR, is the cross-entropy (see {@link Apgd}).
 *
 * <p>To hear of the parts one by one, and of attacks without gradients that find more than those with them, give
 * {@link org.jacreg.attacks.evaluation.RobustEvaluation#ensemble} the ensemble.
 *
 * <p>Source: Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free attacks", ICML 2020,
 * arXiv 2003.01690; l1: Croce and Hein, "Mind the box: l1-APGD for sparse adversarial attacks on image classifiers", ICML 2021, arXiv
 * 2103.01208. Differences of the parts from the authors' code stand with the parts.
 */
public final class AutoAttack implements Attack {

    private final Options options;

    private AutoAttack(Options options) {
        this.options = options;
    }

    /** Which attacks run. */
    public enum Version {
        /** Four attacks. */
        STANDARD,
        /** Six attacks, with restarts. */
        PLUS,
        /** Two attacks, for models that answer at random. */
        RAND;

        /** {@inheritDoc} */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * An attack of the ensemble.
     *
     * @param name as in the paper, {@code APGD-CE} for example
     * @param attack the attack
     */
    public record Part(String name, Attack attack) {}

    /**
     * Starts an ensemble in a Linf ball.
     *
     * @param epsilon the radius, in input units
     * @return a builder with default options
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder linf(double epsilon) {
        return in(NormBall.linf(epsilon));
    }

    /**
     * Starts an ensemble in an L2 ball.
     *
     * @param epsilon the radius, in input units
     * @return a builder with default options
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder l2(double epsilon) {
        return in(NormBall.l2(epsilon));
    }

    /**
     * Starts an ensemble in an L1 ball.
     *
     * @param epsilon the radius, in input units
     * @return a builder with default options
     * @throws IllegalArgumentException if {@code epsilon} is not positive and finite
     */
    public static Builder l1(double epsilon) {
        return in(NormBall.l1(epsilon));
    }

    /**
     * Starts an ensemble in a ball.
     *
     * @param ball norm and radius
     * @return a builder with default options
     */
    public static Builder in(NormBall ball) {
        return in(ThreatModel.of(ball));
    }

    /**
     * Starts an ensemble within a threat model.
     *
     * @param threat ball, ranges and frozen features
     * @return a builder with default options
     */
    public static Builder in(ThreatModel threat) {
        return new Builder(threat);
    }

    @Override
    public AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        List<Attack> attacks = parts(model.classes()).stream().map(Part::attack).toList();
        return new AttackSequence(attacks, options.threat().norm(), toString(), options.seed())
                .run(model, x, y, listener);
    }

    /**
     * The attacks of the ensemble, each of which may be used by itself.
     *
     * @param classes how many classes the model has
     * @return the parts, in the order in which they run
     * @throws IllegalArgumentException if {@code classes} is less than 2
     */
    public List<Part> parts(int classes) {
        Configuration.require(classes >= 2, "AutoAttack", "classes must be at least 2, got " + classes);
        List<Part> parts = new ArrayList<>();
        switch (options.version()) {
            case STANDARD -> {
                parts.add(apgd("APGD-CE", Apgd.Loss.CROSS_ENTROPY, isL1() ? 5 : 1));
                parts.add(apgdTargeted(classes));
                parts.add(fabTargeted(classes));
                parts.add(square());
            }
            case PLUS -> {
                parts.add(apgd("APGD-CE", Apgd.Loss.CROSS_ENTROPY, 5));
                parts.add(apgd("APGD-DLR", Apgd.Loss.DLR, 5));
                parts.add(new Part("FAB", within(fab().restarts(5))));
                parts.add(square());
                parts.add(apgdTargeted(classes));
                parts.add(fabTargeted(classes));
            }
            case RAND -> {
                parts.add(apgd("APGD-CE", Apgd.Loss.CROSS_ENTROPY, 1));
                parts.add(apgd("APGD-DLR", Apgd.Loss.DLR, 1));
            }
        }
        return parts;
    }

    private Part apgd(String name, Apgd.Loss loss, int restarts) {
        return new Part(name, apgd(loss).restarts(restarts).build());
    }

    private Part apgdTargeted(int classes) {
        int targets = Math.min(isL1() ? 5 : Apgd.MOST_TARGETS, classes - 1);
        return new Part("APGD-T", apgd(Apgd.Loss.TARGETED_DLR).targets(targets).build());
    }

    private Apgd.Builder apgd(Apgd.Loss loss) {
        return Apgd.in(options.threat())
                .loss(loss)
                .iterations(options.iterations())
                .seed(options.seed());
    }

    private Part fabTargeted(int classes) {
        return new Part("FAB-T", within(fab().targetClasses(Math.min(Apgd.MOST_TARGETS, classes - 1))));
    }

    private Fab.Builder fab() {
        return Fab.in(options.threat().norm())
                .steps(options.iterations())
                .limits(options.threat().limits())
                .seed(options.seed());
    }

    private Attack within(Fab.Builder fab) {
        return fab.build().within(options.threat().epsilon());
    }

    private Part square() {
        Square.Builder square =
                Square.in(options.threat()).queries(options.queries()).seed(options.seed());
        options.layout().ifPresent(square::layout);
        return new Part("Square", square.build());
    }

    private boolean isL1() {
        return options.threat().norm() == Norm.L1;
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
        return Configuration.describe("AutoAttack", options);
    }

    /**
     * What the ensemble does.
     *
     * @param threat ball, ranges and frozen features
     * @param version which attacks run
     * @param iterations steps of every run of APGD and FAB, at least 1
     * @param queries the budget of Square, at least 1
     * @param layout where pixels lie among the entries, for Square; judged by the input's shape if absent
     * @param seed the seed of every part
     */
    public record Options(
            ThreatModel threat, Version version, int iterations, int queries, Optional<ImageLayout> layout, long seed) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            Configuration.require(iterations >= 1, "AutoAttack", "iterations must be at least 1, got " + iterations);
            Configuration.require(queries >= 1, "AutoAttack", "queries must be at least 1, got " + queries);
        }

        /** Every option by name. */
        @Override
        public String toString() {
            return "Options[" + Configuration.norm(threat) + ", version=" + version + ", iterations=" + iterations
                    + ", queries=" + queries
                    + layout.map(known -> ", layout=" + known).orElse("") + ", seed=" + seed + "]";
        }
    }

    /** Collects the options of an {@link AutoAttack}. */
    public static final class Builder {

        private final ThreatModel threat;
        private Version version = Version.STANDARD;
        private int iterations = 100;
        private int queries = 5000;
        private Optional<ImageLayout> layout = Optional.empty();
        private long seed;

        private Builder(ThreatModel threat) {
            this.threat = threat;
        }

        /**
         * Sets which attacks run.
         *
         * @param value {@link Version#STANDARD} unless set
         * @return this builder
         */
        public Builder version(Version value) {
            this.version = value;
            return this;
        }

        /**
         * Sets the steps of APGD and FAB. With another number than 100 it is no longer the ensemble that others report.
         *
         * @param value at least 1; 100 unless set, as in the paper
         * @return this builder
         */
        public Builder iterations(int value) {
            this.iterations = value;
            return this;
        }

        /**
         * Sets the budget of Square. With another number than 5000 it is no longer the ensemble that others report.
         *
         * @param value at least 1; 5000 unless set, as in the paper
         * @return this builder
         */
        public Builder queries(int value) {
            this.queries = value;
            return this;
        }

        /**
         * Sets where pixels lie among the entries of an input, for Square.
         *
         * @param value the layout; judged by the input's shape unless set
         * @return this builder
         */
        public Builder layout(ImageLayout value) {
            this.layout = Optional.of(value);
            return this;
        }

        /**
         * Sets the seed of every part.
         *
         * @param value any number; 0 unless set
         * @return this builder
         */
        public Builder seed(long value) {
            this.seed = value;
            return this;
        }

        /**
         * Makes the ensemble.
         *
         * @return the attack
         * @throws IllegalArgumentException if an option is out of range
         */
        public AutoAttack build() {
            return new AutoAttack(new Options(threat, version, iterations, queries, layout, seed));
        }
    }
}
