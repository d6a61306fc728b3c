package org.jacreg.bounds.rademacher;

import java.util.ArrayList;
import java.util.List;
import org.jacreg.bounds.covering.CoveringNumber;
import org.jacreg.bounds.covering.Dudley;
import org.jacreg.bounds.covering.DudleyBound;
import org.jacreg.bounds.covering.JacobianNorm;
import org.jacreg.bounds.covering.NetworkComplexities;
import org.jacreg.bounds.covering.NetworkCovers;
import org.jacreg.bounds.network.NetworkNorms;

/**
 * Upper bounds of the empirical Rademacher complexities that the robust generalization gap of the Jacobian-regularized risk
 * consists of: of the loss class {@code (x, y) -> loss(f_W(x), y)} and of the Jacobian classes {@code x -> ||J_W(x)||_F} and {@code
 * x -> ||J_W(x)||_{1,1}} of a network.
 *
 * <p>The class is that of all networks of the same architecture with {@code ||W_l||_op <= s_l}, {@code ||W_l||_F <= m_l}, on inputs
 * {@code ||x||_2 <= B}. Each bound is the smallest of three, which stand among its terms: the closed form {@code 12 D sqrt(P (1 +
 * ln(1 + A/D)) / n)}, P being the number of free parameters; Dudley's integral of the cover ({@link NetworkCovers}), as an upper
 * sum; and the radius D of the class, which needs no cover. Where the last is the smallest, the covers say nothing: with the number
 * of parameters of common networks they do not, and the bound is a diagnostic of how terms compare.
 *
 * <p>Derived for this library from covers of the weights; the shape of the theorem follows Wu and Li, arXiv 2412.12449, whose
 * constants are not known to us.
 */
public final class JacobianRademacherBounds {

    private static final String SOURCE =
            "covers of the weights and Dudley's integral; shape after Wu and Li, arXiv 2412.12449";

    private JacobianRademacherBounds() {}

    /**
     * Bounds the complexity of the loss class. Closed form: {@code 12 L_2 B S_L sqrt(P (1 + ln(1 + max_j 2 m_j L / s_j)) / n)}.
     *
     * @param norms the layers' norms
     * @param inputs the sample's norms
     * @param lossLipschitz {@code L_2}, an l2 Lipschitz constant of the loss in the logits: {@code sqrt(2)} for softmax
     *     cross-entropy
     * @return the bound
     * @throws IllegalArgumentException if {@code phi(0)} is not 0, {@code lossLipschitz} is not positive and finite, or the first
     *     layer does not fit the inputs
     */
    public static RademacherBound loss(NetworkNorms norms, InputNorms inputs, double lossLipschitz) {
        NetworkRademacherBounds.requireLossLipschitz(lossLipschitz);
        NetworkRademacherBounds.inputsOf(norms, inputs);
        double radius = NetworkComplexities.largestOutput(norms, inputs.largestL2());
        if (Double.isInfinite(radius * lossLipschitz)) {
            return unbounded("loss class");
        }
        CoveringNumber cover = NetworkCovers.outputs(norms, inputs.largestL2()).scaled(lossLipschitz);
        DudleyBound closed = NetworkComplexities.loss(norms, inputs.largestL2(), lossLipschitz, inputs.size());
        Term loss = new Term("L_2", lossLipschitz, "l2 Lipschitz constant of the loss in the logits");
        return smallest(cover, closed.value(), norms, inputs, List.of(loss), List.of());
    }

    /**
     * Bounds the complexity of the Jacobian class of a network with smooth activations. Closed form: {@code 12 Q sqrt(P (1 + ln(1 +
     * A/Q)) / n)} with {@code Q = S_L min(sqrt k, min_j m_j/s_j)}, {@code A = max_j 2 m_j L S_L G_j / s_j} ({@link
     * NetworkComplexities#jacobian}).
     *
     * <p>For one layer the Jacobian does not depend on x: the class is that of constants in [0, Q], and their complexity {@code Q
     * E|S_n| / (2n)} ({@link RademacherSum}) takes part as well.
     *
     * @param norms the layers' norms; with more than one layer the activation must have a Lipschitz derivative
     * @param inputs the sample's norms
     * @param norm the norm of the Jacobian
     * @return the bound
     * @throws IllegalArgumentException if {@code phi(0)} is not 0, the activation's derivative jumps, a pooling expands, or the
     *     first layer does not fit the inputs
     */
    public static RademacherBound jacobian(NetworkNorms norms, InputNorms inputs, JacobianNorm norm) {
        NetworkRademacherBounds.inputsOf(norms, inputs);
        double radius = NetworkComplexities.largestJacobian(norms, norm);
        if (norms.depth() == 1) {
            return constants(radius, inputs.size());
        }
        CoveringNumber cover = NetworkCovers.jacobian(norms, inputs.largestL2(), norm);
        if (Double.isInfinite(radius)) {
            return unbounded("Jacobian class");
        }
        DudleyBound closed = NetworkComplexities.jacobian(norms, inputs.largestL2(), norm, inputs.size());
        return smallest(
                cover,
                closed.value(),
                norms,
                inputs,
                List.of(),
                List.of(Assumption.checked("the activation's derivative is Lipschitz")));
    }

    /**
     * Bounds the complexity of the Jacobian class of a ReLU network, by Dudley's integral of a cover that counts activation patterns
     * ({@link NetworkCovers#jacobianOfRelu}); there is no closed form.
     *
     * @param norms the layers' norms
     * @param inputs the sample's norms
     * @param norm the norm of the Jacobian
     * @return the bound
     * @throws IllegalArgumentException if {@code phi(0)} is not 0, or the first layer does not fit the inputs
     */
    public static RademacherBound jacobianOfRelu(NetworkNorms norms, InputNorms inputs, JacobianNorm norm) {
        NetworkRademacherBounds.inputsOf(norms, inputs);
        double radius = NetworkComplexities.largestJacobian(norms, norm);
        if (norms.depth() == 1) {
            return constants(radius, inputs.size());
        }
        if (Double.isInfinite(radius)) {
            return unbounded("Jacobian class");
        }
        return smallest(
                NetworkCovers.jacobianOfRelu(norms, inputs.size(), norm),
                Double.POSITIVE_INFINITY,
                norms,
                inputs,
                List.of(),
                List.of(Assumption.assumed("the activations are ReLU or leaky ReLU, and there is no max pooling")));
    }

    private static RademacherBound smallest(
            CoveringNumber cover,
            double closed,
            NetworkNorms norms,
            InputNorms inputs,
            List<Term> further,
            List<Assumption> assumptions) {
        double integral = Dudley.minimised(cover, inputs.size()).value();
        double radius = cover.radius();
        List<Term> terms = new ArrayList<>(List.of(
                new Term("closed form", closed, "12 D sqrt(P (1 + ln(1 + A/D)) / n); infinite where there is none"),
                new Term("integral", integral, "Dudley's integral of " + cover.formula() + ", an upper sum"),
                new Term("D", radius, "radius of the class, a bound without any cover"),
                new Term("P", norms.parameters(), "number of free parameters"),
                new Term("B", inputs.largestL2(), "largest l2 norm of an input"),
                new Term("n", inputs.size(), "number of inputs")));
        terms.addAll(further);
        List<Assumption> all = new ArrayList<>(List.of(Assumption.checked("phi(0) = 0")));
        all.addAll(assumptions);
        return new RademacherBound(
                Math.min(radius, Math.min(closed, integral)),
                "min(12 D sqrt(P (1 + ln(1 + A/D)) / n), Dudley's integral, D)",
                SOURCE,
                terms,
                all);
    }

    private static RademacherBound constants(double radius, int n) {
        double share = RademacherSum.expectedAbsolute(n) / (2.0 * n);
        return new RademacherBound(
                radius == 0 ? 0 : Rounding.up(radius * share, 8),
                "Q E|S_n|/(2n)",
                "constant functions",
                List.of(new Term("D", radius, "largest norm of a Jacobian, Q"), new Term("n", n, "number of inputs")),
                List.of());
    }

    private static RademacherBound unbounded(String what) {
        return new RademacherBound(
                Double.POSITIVE_INFINITY,
                "infinity: the radius of the " + what + " exceeds the largest double",
                SOURCE,
                List.of(new Term("D", Double.POSITIVE_INFINITY, "radius of the class")),
                List.of());
    }
}
