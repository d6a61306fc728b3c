package org.jacreg.bounds.certify.training;

import java.util.List;
import org.jacreg.training.LossReplacement.NamedTerm;
import org.jacreg.training.ModelNames;
import org.jacreg.training.Objective;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Lipschitz-margin training (LMT): cross-entropy with every wrong logit raised by as much as it could gain on the true one within l2
 * distance epsilon, as far as the sample stays correct.
 *
 * <pre>{@code
 * l_j = epsilon L ||w_j - w_y||_2,   factor = min_{j != y} min(1, max(0, (z_y - z_j) / l_j))
 * mean_n CE(z + factor l, y)
 * }</pre>
 *
 * <p>No gradient runs through the factor. A sample that is certified at epsilon has the factor 1, a misclassified one 0 and plain
 * cross-entropy. {@code L} and the columns {@code w_j} are those of {@link GloroTraining}, estimates by power iteration too; so are the
 * networks that are accepted, what is refused, and what checkpoints hold. To certify, use {@link
 * org.jacreg.bounds.certify.lipschitz.LipschitzCertifier} afterwards.
 *
 * <p>Source: Tsuzuku, Sato, Sugiyama, "Lipschitz-margin training: scalable certification of perturbation invariance for deep neural
 * networks", NeurIPS 2018, arXiv 1802.04034, in the form of its published code with a constant for each pair of classes. Published: epsilon
 * (there c) 1 for an MLP on MNIST; for SVHN a ramp.
 */
public final class LipschitzMarginTraining implements Objective {

    private final Options options;

    private LipschitzMarginTraining(Options options) {
        this.options = options;
    }

    /**
     * Starts an objective.
     *
     * @param epsilon the radius in l2, in the units of the graph's input
     * @return a builder: no ramp
     * @throws IllegalArgumentException if {@code epsilon} is negative, NaN or infinite
     */
    public static Builder l2(double epsilon) {
        return new Builder(Checks.nonNegative("LMT", "epsilon", epsilon));
    }

    @Override
    public Session start(SameDiff graph) {
        LipschitzSession.Settings settings = new LipschitzSession.Settings(
                "LMT", options.epsilon(), options.ramp(), options.iterations(), options.seed(), options.names());
        return LipschitzSession.start(graph, settings, LipschitzMarginTraining::terms);
    }

    private static List<NamedTerm> terms(
            SDVariable logits, SDVariable constants, SDVariable epsilon, ClassPairs pairs) {
        SameDiff sd = logits.getSameDiff();
        SDVariable targets = pairs.targets();
        SDVariable raise = sd.identity("raise", targets.mmul(constants).mul(epsilon));
        SDVariable margins = targets.mul(logits).sum(true, 1).sub(logits);
        // where nothing is raised, at the true class above all, nothing limits the factor
        SDVariable flat = sd.lte(raise, 0).castTo(raise.dataType());
        SDVariable ratios = margins.mul(sd.math().reciprocal(raise.add(flat)))
                .mul(flat.rsub(1))
                .add(flat);
        SDVariable clipped = sd.nn().relu(sd.nn().relu(ratios, 0).rsub(1), 0).rsub(1);
        SDVariable factor = sd.identity("factor", held(sd.min(clipped, true, 1)));
        return List.of(new NamedTerm("margin", pairs.crossEntropy(logits.add(raise.mul(factor)))));
    }

    /** The same value, in [0, 1], on the grid of its own rounding, without a derivative: SameDiff sends none through integers. */
    private static SDVariable held(SDVariable values) {
        double scale = values.dataType() == DataType.DOUBLE ? 0x1p52 : 0x1p23;
        return values.mul(scale)
                .castTo(DataType.INT64)
                .castTo(values.dataType())
                .div(scale);
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
        return Checks.describe("LipschitzMarginTraining", options);
    }

    /**
     * What the objective does.
     *
     * @param epsilon the radius in l2
     * @param ramp when the radius is reached
     * @param iterations of power iteration, each step
     * @param seed of the first directions
     * @param names of the graph's variables
     */
    public record Options(double epsilon, Ramp ramp, int iterations, long seed, ModelNames names) {

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Options {
            new LipschitzSession.Settings("LMT", epsilon, ramp, iterations, seed, names);
        }
    }

    /** Collects the options of a {@link LipschitzMarginTraining}. */
    public static final class Builder extends LipschitzBuilder<Builder> {

        private Builder(double epsilon) {
            super(epsilon);
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Makes the objective.
         *
         * @return the objective
         * @throws IllegalArgumentException if an option is out of range
         */
        public LipschitzMarginTraining build() {
            return new LipschitzMarginTraining(new Options(epsilon(), ramp(), iterations(), seed(), names()));
        }
    }
}
