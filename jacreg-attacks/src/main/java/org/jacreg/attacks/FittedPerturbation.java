package org.jacreg.attacks;

import java.util.Arrays;
import org.jacreg.attacks.threat.Region;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.Classifier;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One perturbation for all inputs, fitted to a set by {@link UniversalPerturbation}; as an attack it tries {@code clip(x + d)} on every
 * input, for one forward each.
 *
 * <p>What the attack returns for an input is that point, or the input itself where it is the worse one for the model. Immutable.
 */
public final class FittedPerturbation implements Attack {

    private final ThreatModel threat;
    private final double[] delta;
    private final long[] inputShape;
    private final boolean targeted;
    private final double successRate;
    private final String origin;
    private final long seed;

    FittedPerturbation(
            ThreatModel threat,
            double[] delta,
            long[] inputShape,
            boolean targeted,
            double successRate,
            String origin,
            long seed) {
        this.threat = threat;
        this.delta = delta.clone();
        this.inputShape = inputShape.clone();
        this.targeted = targeted;
        this.successRate = successRate;
        this.origin = origin;
        this.seed = seed;
    }

    @Override
    public AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        Oracle oracle = Oracle.of(model, x, y, Search.strongest(threat.norm(), targeted), listener);
        requireSameEntries(oracle.entries());
        Region region = QuietOps.call(() -> Region.of(threat, oracle.batch().points(), model.box()));
        int[] rows = oracle.all();
        double[][] points = new double[rows.length][];
        Arrays.setAll(points, row -> SharedPerturbation.added(region, row, delta));
        oracle.logits(rows, points);
        oracle.progress(1, 1);
        return oracle.result(toString(), seed);
    }

    private void requireSameEntries(int entries) {
        if (entries != delta.length) {
            throw new IllegalArgumentException("universal perturbation: fitted to inputs "
                    + Arrays.toString(inputShape) + " with " + delta.length + " entries, got inputs with " + entries
                    + "; fit one to inputs of this shape");
        }
    }

    /**
     * Perturbs inputs.
     *
     * @param model the classifier whose box bounds them
     * @param x {@code [N, *inputShape]} in the model's box; not modified
     * @return {@code clip(x + d)}, a fresh array in the type of {@code x}
     * @throws IllegalArgumentException if {@code x} has other entries than the perturbation, or one is outside the box or its range
     */
    public INDArray applyTo(Classifier model, INDArray x) {
        return QuietOps.call(() -> {
            Region region = Region.of(threat, x, model.box());
            requireSameEntries(region.entries());
            double[][] points = new double[region.samples()][];
            Arrays.setAll(points, row -> SharedPerturbation.added(region, row, delta));
            return Nd4j.createFromArray(points).castTo(x.dataType()).reshape('c', x.shape());
        });
    }

    /**
     * The perturbation, before it is clipped with any input.
     *
     * @return {@code [*inputShape]} in double, a fresh array inside the ball
     */
    public INDArray perturbation() {
        return QuietOps.call(() -> Nd4j.createFromArray(delta).reshape('c', inputShape));
    }

    /**
     * How well it did where it was fitted, which flatters it: try it on other inputs.
     *
     * @return the share of the set it was fitted to that was a success with the perturbation
     */
    public double fittedSuccessRate() {
        return successRate;
    }

    /**
     * Ball and limits.
     *
     * @return what the perturbation keeps to
     */
    public ThreatModel threat() {
        return threat;
    }

    /**
     * The configuration.
     *
     * @return how the perturbation was found
     */
    @Override
    public String toString() {
        return "FittedPerturbation[" + origin + "]";
    }
}
