package org.jacreg.bounds.certify.lipschitz;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.Certified;
import org.jacreg.bounds.certify.NotCertified;
import org.jacreg.bounds.certify.NotCertified.Reason;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.bounds.rounding.ComputedSums;
import org.jacreg.bounds.rounding.RoundUp;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Radii from Lipschitz constants that hold on the whole input space.
 *
 * <pre>
 * {@link LipschitzMethod#MARGIN}     (z_c - max_{j != c} z_j) / (sqrt(2) L)     L = {@link GlobalLipschitz#network}
 * {@link LipschitzMethod#PAIRWISE}   min_{j != c} (z_c - z_j) / K_cj             K = {@link GlobalLipschitz#pair}
 * </pre>
 *
 * <p>A sample costs one evaluation, whatever the radius. The radius is rounded down. It holds for the network in real arithmetic and, with
 * an {@link Arithmetic} other than real, for the network evaluated in it: numerators are then reduced by what the logits of the sample
 * and of the perturbed one may err at the sample, denominators enlarged by how that grows with the distance. The error model is that of
 * {@link Arithmetic}, with every layer of the {@link LayeredNetwork} as one op. Normalisation that was folded into a layer counts as part
 * of it: what it loses by itself, when large numbers cancel there, is not covered.
 *
 * <p>Ties are not certified. Nothing is said of the input box: radii hold beyond it.
 *
 * <p>Source: Tsuzuku, Sato, Sugiyama (2018), "Lipschitz-margin training", arXiv 1802.04034, proposition 1; Leino, Wang, Fredrikson (2021),
 * "Globally-robust neural networks", arXiv 2102.08452.
 *
 * <p>Immutable, safe for use by several threads.
 */
public final class LipschitzCertifier {

    /** Radii end here: about 10^30. */
    private static final double LARGEST_RADIUS = 0x1p100;

    /** Leaves a positive margin at the radius itself. */
    private static final double INSIDE = 1 - 0x1p-40;

    private final LayeredNetwork network;
    private final GlobalLipschitz constants;
    private final LipschitzMethod method;
    private final Arithmetic arithmetic;
    private final FloatErrors errors;
    private final double[] growth;

    private LipschitzCertifier(
            LayeredNetwork network, GlobalLipschitz constants, LipschitzMethod method, Arithmetic arithmetic) {
        this.network = network;
        this.constants = constants;
        this.method = method;
        this.arithmetic = arithmetic;
        this.errors = new FloatErrors(network, constants, arithmetic);
        this.growth = errors.growth();
    }

    /**
     * Computes the constants of a network.
     *
     * @param network the network
     * @param norm what perturbations are measured in
     * @param method how radii follow from the constants
     * @param arithmetic how the network is evaluated
     * @return what certifies
     * @throws IllegalArgumentException if the network has one class only, or the method is {@link LipschitzMethod#LOCAL}
     * @throws ArithmeticException if a constant overflows
     */
    public static LipschitzCertifier of(
            LayeredNetwork network, BallNorm norm, LipschitzMethod method, Arithmetic arithmetic) {
        if (network.classes() < 2) {
            throw new IllegalArgumentException(
                    "Lipschitz certificate: got a network of 1 class, which has no margin; wanted at least 2");
        }
        if (method == LipschitzMethod.LOCAL) {
            throw new IllegalArgumentException(
                    "Lipschitz certificate: local constants are a matter of LocalLipschitzCertifier; wanted MARGIN or PAIRWISE");
        }
        return new LipschitzCertifier(network, GlobalLipschitz.of(network, norm), method, arithmetic);
    }

    /**
     * The constants behind the radii.
     *
     * @return the constants
     */
    public GlobalLipschitz constants() {
        return constants;
    }

    /**
     * The network.
     *
     * @return what is certified
     */
    public LayeredNetwork network() {
        return network;
    }

    /**
     * How radii follow from the constants.
     *
     * @return the method
     */
    public LipschitzMethod method() {
        return method;
    }

    /**
     * How the network is evaluated.
     *
     * @return the arithmetic that certificates hold in
     */
    public Arithmetic arithmetic() {
        return arithmetic;
    }

    /**
     * Certifies one sample.
     *
     * @param x the sample, flattened; not modified
     * @param label the class that is to win
     * @return the largest radius that the constants give, or why there is none
     * @throws IllegalArgumentException if {@code x} has another length or is not finite, or there is no such class
     */
    public Certificate certify(double[] x, int label) {
        Samples.check(x, label, network);
        return answer(errors.at(x), label);
    }

    /**
     * Certifies a batch for the classifier that the network was read from.
     *
     * @param model the classifier; its logits must be those of the network, to rounding
     * @param x {@code [N, *inputShape]}, rounded to the classifier's type; not modified
     * @param labels the classes that are to win; not modified
     * @return one answer for every sample
     * @throws IllegalArgumentException if shapes do not fit, a label is no class, a sample is not finite or leaves the classifier's box, the
     *     arithmetic covers less than the classifier's type, or the classifier computes something else than the network
     */
    public List<Certificate> certify(Classifier model, INDArray x, int[] labels) {
        Samples.requireCovered(arithmetic, model);
        double[][] samples = Samples.of(model, x, labels, network);
        double[][] logits = Samples.rows(model.logits(x));
        return IntStream.range(0, samples.length)
                .parallel()
                .mapToObj(n -> {
                    SampleErrors at = errors.at(samples[n]);
                    Samples.requireSame(n, logits[n], at, arithmetic);
                    return answer(at, labels[n]);
                })
                .toList();
    }

    private Certificate answer(SampleErrors at, int label) {
        double radius = LARGEST_RADIUS;
        int classes = network.classes();
        for (int j = 0; j < classes; j++) {
            if (j != label) {
                double numerator = numerator(at, label, j);
                if (!(numerator > 0)) {
                    return Margins.refusal(at, label, j);
                }
                double speed = speed(label, j);
                radius = Math.min(radius, speed == 0 ? LARGEST_RADIUS : Math.nextDown(numerator / speed) * INSIDE);
            }
        }
        radius = Math.min(radius, Math.nextDown(at.reach()));
        if (!(radius >= 0)) {
            return new NotCertified(Reason.OVERFLOW, "numbers at the sample itself are too large for " + arithmetic);
        }
        double margin = Double.POSITIVE_INFINITY;
        for (int j = 0; j < classes; j++) {
            if (j != label) {
                double lost = RoundUp.product(speed(label, j), radius);
                margin = Math.min(margin, Math.nextDown(numerator(at, label, j) - lost));
            }
        }
        if (!(margin > 0)) {
            return new NotCertified(Reason.BOUND_TOO_LOOSE, "the margin is too small for any radius");
        }
        return new Certified(radius, constants.norm(), label, margin, method, arithmetic);
    }

    /** What is left of the margin at distance 0. */
    private double numerator(SampleErrors at, int c, int j) {
        return Margins.down(at, c, j);
    }

    /** How fast it may fall. */
    private double speed(int c, int j) {
        double pair = method == LipschitzMethod.PAIRWISE
                ? constants.pair(c, j)
                : ComputedSums.aboveUnderflow(Math.sqrt(2) * constants.network(), 1);
        return ComputedSums.aboveUnderflow(pair + growth[c] + growth[j], 3);
    }

    @Override
    public String toString() {
        return "LipschitzCertifier[" + method + ", " + constants.norm() + ", " + arithmetic + ", L = "
                + constants.network() + ", units " + Arrays.toString(new int[] {network.inputs(), network.classes()})
                + "]";
    }
}
