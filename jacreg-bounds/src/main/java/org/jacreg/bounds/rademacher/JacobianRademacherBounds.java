package org.jacreg.bounds.rademacher;

import java.util.List;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;

/**
 * Closed-form upper bounds of the empirical Rademacher complexities that the robust generalization gap of the
 * Jacobian-regularized risk consists of: of the loss class {@code (x, y) -> loss(f_W(x), y)} and of the Jacobian classes {@code x
 * -> ||J_W(x)||_F} and {@code x -> ||J_W(x)||_{1,1}} of a network.
 *
 * <p>The class is that of all networks of the same architecture with {@code ||W_l||_op <= s_l}, {@code ||W_l||_F <= m_l}, L
 * layers, inputs {@code ||x||_2 <= B}, {@code phi(0) = 0}, {@code |phi'| <= rho}, {@code phi'} {@code beta}-Lipschitz, {@code P}
 * free parameters, K logits. With {@code rho != 1} each layer but the first takes over the factor {@code rho} of the activation
 * before it, and {@code beta} becomes {@code beta/rho}. {@code S_l = s_1 ... s_l}.
 *
 * <p>Derived here (symmetric to the standard derivations; not the statement of a paper): the network and its Jacobian are
 * Lipschitz in the weights, so a cover of the weights' Frobenius balls, of size {@code (1 + 2 m/eta)^p} each, covers the class;
 * Dudley's integral with {@code int_0^Q ln(1 + A/e) de <= Q (1 + ln(1 + A/Q))} gives the closed forms. They grow with the number of
 * parameters, and are vacuous for networks of common size: a diagnostic of how terms compare, no guarantee of use. The shape of
 * the theorem follows Wu and Li, arXiv 2412.12449, whose constants are not known to us.
 */
public final class JacobianRademacherBounds {

    private static final String SOURCE =
            "derived here: cover of the weights and Dudley's integral; shape after Wu and Li, arXiv 2412.12449";

    private JacobianRademacherBounds() {}

    /**
     * Bounds the complexity of the loss class: {@code 12 L_2 B S_L sqrt(P (1 + ln(1 + max_j 2 m_j L / s_j)) / n)}.
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
        InputNorms sample = NetworkRademacherBounds.inputsOf(norms, inputs);
        ScaledLayers layers = new ScaledLayers(norms);
        double product = layers.product() * norms.poolingLipschitz();
        double ratio = 0;
        for (int j = 0; j < layers.depth(); j++) {
            ratio = Math.max(ratio, 2 * layers.ratio(j) * layers.depth());
        }
        double radius = times(lossLipschitz * sample.largestL2(), product);
        double value = times(12 * radius, root(norms, ratio, sample));
        return new RademacherBound(
                Rounding.up(value, 16L * layers.depth()),
                "12 L_2 B S_L sqrt(P (1 + ln(1 + max_j 2 m_j L/s_j)) / n)",
                SOURCE,
                List.of(
                        new Term("L_2", lossLipschitz, "l2 Lipschitz constant of the loss in the logits"),
                        new Term("B", sample.largestL2(), "largest l2 norm of an input"),
                        new Term("S_L", product, "product of the layers' operator norms"),
                        new Term("P", norms.parameters(), "number of free parameters"),
                        new Term("max_j 2 m_j L/s_j", ratio, "argument of the logarithm"),
                        new Term("n", sample.size(), "number of inputs")),
                List.of(Assumption.checked("phi(0) = 0")));
    }

    /**
     * Bounds the complexity of the Jacobian class {@code x -> ||J_W(x)||_F}: {@code 12 Q sqrt(P (1 + ln(1 + A/Q)) / n)} with
     *
     * <pre>
     * Q = S_L min(sqrt K, min_j m_j/s_j)        A = max_j 2 m_j L S_L G_j / s_j        G_j = 1 + sqrt(K) beta B sum_{l=j}^{L-1} S_l
     * </pre>
     *
     * <p>For one layer the Jacobian does not depend on x: the class is that of the constants in [0, Q], and the value is its
     * complexity {@code Q E|S_n| / (2n)} ({@link RademacherSum}).
     *
     * @param norms the layers' norms; with more than one layer the activation must have a Lipschitz derivative, which ReLU has
     *     not: see the covers of package {@code covering} for it
     * @param inputs the sample's norms
     * @return the bound
     * @throws IllegalArgumentException if {@code phi(0)} is not 0, {@code beta} is infinite, a pooling has another constant than
     *     1, or the first layer does not fit the inputs
     */
    public static RademacherBound frobenius(NetworkNorms norms, InputNorms inputs) {
        InputNorms sample = NetworkRademacherBounds.inputsOf(norms, inputs);
        ScaledLayers layers = new ScaledLayers(norms);
        double radius = layers.jacobianRadius();
        if (layers.depth() == 1) {
            return constants(radius, sample.size());
        }
        requireSmooth(norms);
        double slope = layers.jacobianSlope(sample.largestL2());
        double ratio = radius == 0 ? 0 : slope / radius;
        return new RademacherBound(
                Rounding.up(times(12 * radius, root(norms, ratio, sample)), 16L * layers.depth()),
                "12 Q sqrt(P (1 + ln(1 + A/Q)) / n)",
                SOURCE,
                List.of(
                        new Term("Q", radius, "largest Frobenius norm of a Jacobian"),
                        new Term("A", slope, "scale of the cover, max_j 2 m_j L S_L G_j / s_j"),
                        new Term("P", norms.parameters(), "number of free parameters"),
                        new Term("n", sample.size(), "number of inputs")),
                List.of(
                        Assumption.checked("phi(0) = 0"),
                        Assumption.checked("the activation's derivative is Lipschitz")));
    }

    /**
     * Bounds the complexity of the Jacobian class {@code x -> ||J_W(x)||_{1,1}}: {@code sqrt(K d)} times {@link #frobenius}, d the
     * number of coordinates of an input.
     *
     * @param norms the layers' norms, as for {@link #frobenius}
     * @param inputs the sample's norms
     * @return the bound
     * @throws IllegalArgumentException as {@link #frobenius} does
     */
    public static RademacherBound l11(NetworkNorms norms, InputNorms inputs) {
        RademacherBound frobenius = frobenius(norms, inputs);
        double entries = (double) norms.layers().get(norms.depth() - 1).outputs() * inputs.width();
        List<Term> terms = new java.util.ArrayList<>(frobenius.terms());
        terms.add(new Term("K d", entries, "number of entries of a Jacobian"));
        return new RademacherBound(
                Rounding.up(times(Math.sqrt(entries), frobenius.value()), 1),
                "sqrt(K d) " + frobenius.formula(),
                frobenius.source(),
                terms,
                frobenius.assumptions());
    }

    private static RademacherBound constants(double radius, int n) {
        return new RademacherBound(
                Rounding.up(times(radius, RademacherSum.expectedAbsolute(n) / (2.0 * n)), 8),
                "Q E|S_n|/(2n)",
                "constant functions",
                List.of(
                        new Term("Q", radius, "largest Frobenius norm of a Jacobian"),
                        new Term("n", n, "number of inputs")),
                List.of());
    }

    private static double root(NetworkNorms norms, double ratio, InputNorms sample) {
        return Math.sqrt(norms.parameters() * (1 + Math.log1p(ratio)) / sample.size());
    }

    private static double times(double a, double b) {
        return a == 0 || b == 0 ? 0 : a * b;
    }

    private static void requireSmooth(NetworkNorms norms) {
        if (!(norms.activationSmoothness() < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "activation: got one whose derivative jumps (ReLU, or a max pooling), wanted a"
                            + " Lipschitz derivative; the Jacobian class of ReLU networks needs a cover by activation patterns");
        }
        if (!(norms.poolingLipschitz() == 1)) {
            throw new IllegalArgumentException("poolings: got the Lipschitz constant " + norms.poolingLipschitz()
                    + ", wanted 1: how it splits between the layers is not known here; fold average poolings into the"
                    + " linear layer that follows");
        }
    }

    /** The layers' norms with the activations' constants taken over by the layers that follow. */
    private static final class ScaledLayers {

        private final double[] operator;
        private final double[] frobenius;
        private final double beta;
        private final double outputs;

        ScaledLayers(NetworkNorms norms) {
            operator = scaled(norms, LayerNorms::operator);
            frobenius = scaled(norms, LayerNorms::frobenius);
            double lipschitz = norms.activationLipschitz();
            beta = lipschitz == 0 ? 0 : norms.activationSmoothness() / lipschitz;
            outputs = norms.layers().get(norms.depth() - 1).outputs();
        }

        private static double[] scaled(NetworkNorms norms, java.util.function.ToDoubleFunction<LayerNorms> norm) {
            double[] values = norms.layers().stream().mapToDouble(norm).toArray();
            for (int j = 1; j < values.length; j++) {
                values[j] *= norms.activationLipschitz();
            }
            return values;
        }

        int depth() {
            return operator.length;
        }

        /** {@code S_L}. */
        double product() {
            double product = 1;
            for (double s : operator) {
                product = times(product, s);
            }
            return product;
        }

        /** {@code m_j / s_j}; 0 where the layer can only be 0, as then everything is. */
        double ratio(int j) {
            return operator[j] == 0 ? 0 : frobenius[j] / operator[j];
        }

        double jacobianRadius() {
            double smallest = Math.sqrt(outputs);
            for (int j = 0; j < depth(); j++) {
                smallest = Math.min(smallest, ratio(j));
            }
            return times(product(), smallest);
        }

        double jacobianSlope(double inputNorm) {
            double largest = 0;
            double tail = 0;
            for (int j = depth() - 1; j >= 0; j--) {
                // here tail = sum_{l=j}^{L-1} S_l in the numbering from 1, j + 1 being this layer
                if (j < depth() - 1) {
                    tail += prefix(j);
                }
                double growth = 1 + times(Math.sqrt(outputs) * beta * inputNorm, tail);
                largest = Math.max(largest, times(2 * ratio(j) * depth() * product(), growth));
            }
            return largest;
        }

        private double prefix(int last) {
            double product = 1;
            for (int j = 0; j <= last; j++) {
                product = times(product, operator[j]);
            }
            return product;
        }
    }
}
