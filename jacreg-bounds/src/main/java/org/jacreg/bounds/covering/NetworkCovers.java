package org.jacreg.bounds.covering;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;
import org.jacreg.bounds.rounding.RoundDown;
import org.jacreg.bounds.rounding.RoundUp;

/**
 * Covering numbers of layered networks whose norms are bounded: all weights with {@code ||W_l||_op <= s_l}, {@code
 * ||W_l||_F <= m_l} and, for {@link #spectral}, {@code sum of row norms <= b_l}, of inputs with {@code ||x||_2 <= B}.
 *
 * <p>Notation: L layers, {@code S_l = s_1...s_l}, {@code p_l} free parameters of layer l, K logits, d inputs. Activations
 * have {@code phi(0) = 0} and Lipschitz constant 1; another constant is moved into the next layer's norms. Where the norms
 * absorb biases, {@code sqrt(B^2 + 1)} stands for B. The constants of poolings multiply {@code S_L}.
 */
public final class NetworkCovers {

    private static final String OWN = "telescoping over the layers, derived here";

    private NetworkCovers() {}

    /**
     * The logits as functions of the input: {@code ln N(eps) <= sum_j p_j ln(1 + 2 m_j L B S_L / (eps s_j))}, because
     * {@code ||f_W(x) - f_W'(x)||_2 <= B S_L sum_j ||W_j - W'_j||_op / s_j}.
     *
     * @param norms the bounds of the norms
     * @param inputNorm B, nonnegative and finite
     * @return the covering number in {@link Metric#UNIFORM}
     * @throws IllegalArgumentException if {@code inputNorm} is NaN, infinite or negative, or {@code phi(0)} is not 0
     */
    public static CoveringNumber outputs(NetworkNorms norms, double inputNorm) {
        LayerScales scales = LayerScales.of(norms, inputNorm);
        double[] slopes = new double[scales.depth()];
        for (int j = 0; j < slopes.length; j++) {
            slopes[j] = RoundUp.product(scales.inputNorm(), scales.productWithout(j));
        }
        return CoveringNumber.of(
                Metric.UNIFORM,
                RoundUp.product(scales.inputNorm(), scales.product()),
                "sum_j p_j ln(1 + 2 m_j L B S_L/(eps s_j))",
                OWN,
                eps -> layered(scales, slopes, eps));
    }

    /**
     * The norm of the Jacobian as a function of the input, for activations whose derivative is beta-Lipschitz: {@code ln
     * N(eps) <= sum_j p_j ln(1 + 2 m_j L S_L G_j / (eps s_j))} with {@code G_j = 1 + sqrt(k) beta B sum_{l=j}^{L-1} S_l}, k
     * the smallest width of the network, at most K; for {@link JacobianNorm#L11} with {@code eps / sqrt(K d)} for eps.
     * Because {@code ||J_W(x) - J_W'(x)||_F <= S_L sum_j G_j ||W_j - W'_j||_F / s_j}.
     *
     * <p>Poolings are covered where each has a Lipschitz constant of at most 1 and is linear, as average pooling is.
     *
     * @param norms the bounds of the norms
     * @param inputNorm B, nonnegative and finite
     * @param norm the norm of the Jacobian
     * @return the covering number in {@link Metric#UNIFORM}
     * @throws IllegalArgumentException if {@code inputNorm} is NaN, infinite or negative, {@code phi(0)} is not 0, beta is
     *     infinite (ReLU, max pooling: see {@link #jacobianOfRelu}), or the poolings' constant is above 1
     */
    public static CoveringNumber jacobian(NetworkNorms norms, double inputNorm, JacobianNorm norm) {
        LayerScales scales = LayerScales.of(norms, inputNorm);
        requireSmooth(norms);
        double[] slopes = new double[scales.depth()];
        for (int j = 0; j < slopes.length; j++) {
            slopes[j] = jacobianSlope(scales, j);
        }
        return jacobianClass(
                scales,
                norm.overFrobenius(norms),
                Metric.UNIFORM,
                "sum_j p_j ln(1 + 2 m_j L S_L G_j/(eps s_j))",
                OWN,
                eps -> layered(scales, slopes, eps));
    }

    /**
     * The norm of the Jacobian on a sample of n points, for ReLU and leaky ReLU: {@code ln N(eps) <= sum_{l<L} c_l + sum_j
     * p_j ln(1 + 2 m_j L S_L / (eps s_j))}, where {@code c_l} bounds the logarithm of the number of activation patterns of
     * layer l on the sample given those before it: {@code min(n k_l ln 2, ln 2 + P_l ln(2 e n l k_l / P_l))}, the second for
     * {@code n k_l >= P_l = p_1 + ... + p_l} only; {@code k_l} units. Inside one set of weights of equal patterns the
     * Jacobian is a product of the weights and fixed masks.
     *
     * <p>Holds where the activations are ReLU or leaky ReLU, element by element, with no max pooling: {@code norms} does not
     * tell these from other activations that are not smooth, the caller must.
     *
     * @param norms the bounds of the norms
     * @param n the number of points of the sample, at least 1
     * @param norm the norm of the Jacobian
     * @return the covering number in {@link Metric#SAMPLE_MEAN}
     * @throws IllegalArgumentException if {@code n} is below 1 or {@code phi(0)} is not 0
     */
    public static CoveringNumber jacobianOfRelu(NetworkNorms norms, long n, JacobianNorm norm) {
        if (n < 1) {
            throw new IllegalArgumentException("sample size n: got " + n + ", wanted at least 1");
        }
        LayerScales scales = LayerScales.of(norms, 0);
        double patterns = patterns(scales, n);
        double[] slopes = new double[scales.depth()];
        for (int j = 0; j < slopes.length; j++) {
            slopes[j] = scales.productWithout(j);
        }
        return jacobianClass(
                scales,
                norm.overFrobenius(norms),
                Metric.SAMPLE_MEAN,
                "patterns(n) + sum_j p_j ln(1 + 2 m_j L S_L/(eps s_j)), n = " + n,
                "number of sign patterns of polynomials: Warren (1968), in the form of Bartlett, Harvey, Liaw and Mehrabian"
                        + " (2019), Lemma 17; " + OWN,
                eps -> RoundUp.sum(patterns, layered(scales, slopes, eps)));
    }

    /**
     * The logits on a sample of Frobenius norm {@code ||X||_F}, after Bartlett, Foster and Telgarsky (2017), Theorem 3.3:
     * {@code ln N(eps) <= sum_i ceil(t_i) ln(2 d_i k_i)}, {@code t_i = c_i^2 / (a_i eps)^2}, {@code c_i = ||X||_F b_i S_L / s_i},
     * {@code a_i = c_i^(2/3) / sum_j c_j^(2/3)}; {@code d_i} inputs and {@code k_i} outputs of layer i.
     *
     * <p>The theorem prints {@code R^2/eps^2} with {@code R} of {@link #spectralRoot}, which leaves out the ceilings that its
     * Lemma 3.2 has; they are kept here. Centres of a layer's cover are projected onto the convex set of what the layer can
     * give, so that the next layer meets weights within the bounds.
     *
     * @param norms the bounds of the norms; {@code rowSum21} may be that of the distance from reference weights that are
     *     fixed before the sample is seen
     * @param sampleNorm {@code ||X||_F}, the root of the sum of {@code ||x_i||_2^2}; with biases absorbed of {@code (x_i, 1)}
     * @return the covering number in {@link Metric#SAMPLE_SUM}
     * @throws IllegalArgumentException if {@code sampleNorm} is NaN, infinite or negative, or {@code phi(0)} is not 0
     */
    public static CoveringNumber spectral(NetworkNorms norms, double sampleNorm) {
        double[] slopes = spectralSlopes(norms, sampleNorm);
        double sum = sumOfPowers(slopes);
        return CoveringNumber.of(
                Metric.SAMPLE_SUM,
                RoundUp.product(sampleNorm, LayerScales.of(norms, 0).product()),
                "sum_i ceil(c_i^2/(a_i eps)^2) ln(2 d_i k_i)",
                "Bartlett, Foster and Telgarsky (2017), Theorem 3.3 with the ceilings of Lemma 3.2",
                eps -> spectralLog(norms, slopes, sum, eps));
    }

    /**
     * {@code R = ||X||_F sqrt(ln(2 W^2)) (sum_i (b_i S_L / s_i)^(2/3))^(3/2)} with W the largest width: Theorem 3.3 of
     * Bartlett, Foster and Telgarsky (2017) as printed is {@code ln N(eps) <= R^2/eps^2}; {@link #spectral} is at most
     * {@code R^2/eps^2 + L ln(2 W^2)}.
     *
     * @param norms the bounds of the norms
     * @param sampleNorm {@code ||X||_F}
     * @return R, rounded up
     * @throws IllegalArgumentException if {@code sampleNorm} is NaN, infinite or negative, or {@code phi(0)} is not 0
     */
    public static double spectralRoot(NetworkNorms norms, double sampleNorm) {
        double width = (double) norms.maxWidth();
        double log = RoundUp.log(RoundUp.product(2, width, width));
        return RoundUp.product(RoundUp.sqrt(log), RoundUp.pow(sumOfPowers(spectralSlopes(norms, sampleNorm)), 1.5));
    }

    /**
     * The spectral complexity {@code R_A = S_L (sum_i (b_i / s_i)^(2/3))^(3/2)} of Bartlett, Foster and Telgarsky (2017), {@code
     * b_i} the sum of row norms of {@code W_i - M_i}: a measure to divide margins by, see {@code margin / (R_A ||X||_F / n)}.
     *
     * @param norms the bounds of the norms; poolings count in {@code S_L}. The value at 0 of the activation does not matter
     * @param references norms of {@code W_i - M_i}; the network's own layers for references 0
     * @return the complexity, rounded up; infinite where it overflows
     * @throws IllegalArgumentException if the numbers of layers differ
     */
    public static double spectralComplexity(NetworkNorms norms, List<LayerNorms> references) {
        if (references.size() != norms.depth()) {
            throw new IllegalArgumentException("reference layers: got " + references.size() + " for a network of "
                    + norms.depth() + " layers, wanted one for each");
        }
        return RoundUp.pow(sumOfPowers(spectralSlopes(LayerScales.ofAny(norms, 0), references, 1)), 1.5);
    }

    /** {@code S_L G_j / s_j}. */
    static double jacobianSlope(LayerScales scales, int j) {
        double curvature = RoundUp.product(scales.rootOfRank(), scales.curvature(j));
        return RoundUp.product(scales.productWithout(j), RoundUp.sum(1, curvature));
    }

    static void requireSmooth(NetworkNorms norms) {
        if (norms.depth() > 1 && !(norms.activationSmoothness() < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "Lipschitz constant beta of the activation's derivative: got infinity, wanted"
                            + " a finite one; the Jacobian of ReLU networks jumps with the weights, so take jacobianOfRelu");
        }
        if (norms.poolingLipschitz() > 1) {
            throw new IllegalArgumentException(
                    "poolings' Lipschitz constant: got " + norms.poolingLipschitz()
                            + ", wanted at most 1; the bound of the Jacobian is derived for linear poolings that do not expand");
        }
    }

    private static CoveringNumber jacobianClass(
            LayerScales scales,
            double overFrobenius,
            Metric metric,
            String formula,
            String source,
            DoubleUnaryOperator upperLog) {
        CoveringNumber frobenius = CoveringNumber.of(metric, scales.jacobianFrobenius(), formula, source, upperLog);
        return overFrobenius == 1 ? frobenius : frobenius.scaled(overFrobenius);
    }

    /** {@code sum_j p_j ln(1 + 2 m_j L slope_j / eps)}. */
    private static double layered(LayerScales scales, double[] slopes, double eps) {
        double sum = 0;
        for (int j = 0; j < slopes.length; j++) {
            double reach = RoundUp.product(scales.depth(), scales.frobenius(j), slopes[j]);
            sum = RoundUp.sum(sum, NormBalls.volume((double) scales.parameters(j), reach, eps));
        }
        return sum;
    }

    private static double patterns(LayerScales scales, long n) {
        double sum = 0;
        double parameters = 0;
        for (int l = 0; l < scales.depth() - 1; l++) {
            parameters += (double) scales.parameters(l);
            double signs =
                    RoundUp.product((double) n, (double) scales.layers().get(l).outputs());
            double all = RoundUp.product(signs, RoundUp.log(2));
            double few = Double.POSITIVE_INFINITY;
            if (signs >= parameters && parameters > 0) {
                double ratio = RoundUp.quotient(RoundUp.product(2 * (l + 1), Math.nextUp(Math.E), signs), parameters);
                few = RoundUp.sum(RoundUp.log(2), RoundUp.product(parameters, RoundUp.log(ratio)));
            }
            sum = RoundUp.sum(sum, parameters == 0 ? 0 : Math.min(all, few));
        }
        return sum;
    }

    private static double[] spectralSlopes(NetworkNorms norms, double sampleNorm) {
        NormBalls.requireNonnegative("norm ||X||_F of the sample", sampleNorm);
        return spectralSlopes(LayerScales.of(norms, 0), norms.layers(), sampleNorm);
    }

    private static double[] spectralSlopes(LayerScales scales, List<LayerNorms> layers, double sampleNorm) {
        double[] slopes = new double[scales.depth()];
        for (int j = 0; j < slopes.length; j++) {
            double rho = j == 0 ? 1 : scales.lipschitz();
            double rows = RoundUp.product(rho, layers.get(j).rowSum21());
            slopes[j] = RoundUp.product(sampleNorm, rows, scales.productWithout(j));
        }
        return slopes;
    }

    private static double sumOfPowers(double[] slopes) {
        double sum = 0;
        for (double slope : slopes) {
            sum = RoundUp.sum(sum, twoThirds(slope));
        }
        return sum;
    }

    /** {@code c^(2/3)} rounded up: the double nearest to 2/3 is below it, so the cube root is squared. */
    private static double twoThirds(double c) {
        double root = c == 0 || c == 1 ? c : Math.nextUp(Math.nextUp(Math.cbrt(c)));
        return RoundUp.product(root, root);
    }

    private static double spectralLog(NetworkNorms norms, double[] slopes, double sum, double eps) {
        double total = 0;
        for (int i = 0; i < slopes.length; i++) {
            LayerNorms layer = norms.layers().get(i);
            double share = slopes[i] == 0 ? 1 : RoundDown.quotient(Math.nextDown(twoThirds(slopes[i])), sum);
            double scale = Math.nextDown(share * eps);
            double log = RoundUp.log(RoundUp.product(2, (double) layer.inputs(), (double) layer.outputs()));
            total = RoundUp.sum(total, slopes[i] == 0 ? 0 : NormBalls.maurey(slopes[i], scale, log));
        }
        return total;
    }
}
