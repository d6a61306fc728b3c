package org.jacreg.bounds.rademacher;

import java.util.ArrayList;
import java.util.List;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;

/**
 * Closed-form upper bounds of the empirical Rademacher complexity of networks whose layers have bounded norms: of two layers,
 * and of any depth.
 *
 * <p>The class is that of all networks {@code x -> W_L phi(W_{L-1} ... phi(W_1 x))} of the same architecture with norms at most
 * those given. Where the biases are absorbed ({@link NetworkNorms#biases}) the inputs are {@code (x, 1)}; the methods add the
 * constant coordinate to the {@link InputNorms} themselves. Every value is rounded outward.
 */
public final class NetworkRademacherBounds {

    private static final String GOLOWICH =
            "Golowich, Rakhlin and Shamir, Size-independent sample complexity of neural networks (2018); constants derived here";
    private static final String MA = "Ma, lecture notes CS229M; form on the sample derived here";

    private NetworkRademacherBounds() {}

    /**
     * Bounds the complexity of one output of a network with Frobenius-bounded layers:
     *
     * <pre>
     * (1/n) rho^(L-1) pi prod_j ||W_j||_F (sqrt(2 ln(2) L) + 1) ||X||_F
     * </pre>
     *
     * <p>{@code rho} is the activation's Lipschitz constant, {@code pi} that of average poolings. For one output of several the
     * last factor may be taken as the l2 norm of that output's row; this method takes the whole layer's Frobenius norm, which is
     * at least that. Proof: for every {@code lambda > 0}, Jensen's inequality and one peeling a layer, each of which costs a
     * factor 2 inside the exponential moment, leave {@code n R <= (1/lambda) ln(2^L E exp(lambda M ||sum_i sigma_i x_i||_2)) <=
     * L ln(2)/lambda + lambda M^2 ||X||_F^2 / 2 + M ||X||_F} by bounded differences; the best {@code lambda} gives the formula.
     *
     * @param norms the layers' norms; the activation must be positively homogeneous, as ReLU and leaky ReLU are
     * @param inputs the sample's norms
     * @return the bound
     * @throws IllegalArgumentException if {@code phi(0)} is not 0, the activation's derivative is continuous though not constant
     *     (then it is not homogeneous), or the first layer does not fit the inputs
     */
    public static RademacherBound golowich(NetworkNorms norms, InputNorms inputs) {
        InputNorms sample = inputsOf(norms, inputs);
        requireHomogeneous(norms);
        double product = constants(norms) * norms.poolingLipschitz() * norms.frobeniusProduct();
        return frobenius(norms, sample, product, "prod_j ||W_j||_F");
    }

    /**
     * Bounds the complexity of a loss of a network with Frobenius-bounded layers:
     *
     * <pre>{@code
     * sqrt(2) L_2 (1/n) rho^(L-1) pi prod_{j<L} ||W_j||_F sum_k ||W_L,k||_2 (sqrt(2 ln(2) L) + 1) ||X||_F
     * }</pre>
     *
     * <p>The vector contraction inequality (Maurer 2016, from memory) leads from the loss to the sum of the complexities of the
     * outputs, and {@link #golowich} with row k of the last layer bounds that of output k.
     *
     * @param norms the layers' norms, as in {@link #golowich}
     * @param inputs the sample's norms
     * @param lossLipschitz {@code L_2}, an l2 Lipschitz constant of the loss in the logits: {@code sqrt(2)} for softmax
     *     cross-entropy and for the margin
     * @return the bound
     * @throws IllegalArgumentException as {@link #golowich} does, or if {@code lossLipschitz} is not positive and finite
     */
    public static RademacherBound golowichLoss(NetworkNorms norms, InputNorms inputs, double lossLipschitz) {
        InputNorms sample = inputsOf(norms, inputs);
        requireHomogeneous(norms);
        requireLossLipschitz(lossLipschitz);
        double product = constants(norms) * norms.poolingLipschitz();
        for (LayerNorms layer : norms.layers().subList(0, norms.depth() - 1)) {
            product *= layer.frobenius();
        }
        product *= norms.layers().get(norms.depth() - 1).rowSum21();
        RademacherBound outputs = frobenius(norms, sample, product, "prod_{j<L} ||W_j||_F sum_k ||W_L,k||_2");
        List<Term> terms = new ArrayList<>(outputs.terms());
        terms.add(new Term("L_2", lossLipschitz, "l2 Lipschitz constant of the loss in the logits"));
        return new RademacherBound(
                Rounding.up(Math.sqrt(2) * lossLipschitz * outputs.value(), 1),
                "sqrt(2) L_2 " + outputs.formula(),
                "Maurer, A vector-contraction inequality (2016, from memory); " + outputs.source(),
                terms,
                outputs.assumptions());
    }

    private static RademacherBound frobenius(NetworkNorms norms, InputNorms sample, double product, String formula) {
        double depth = Math.sqrt(2 * Math.log(2) * norms.depth()) + 1;
        List<Term> terms = List.of(
                new Term("M", product, "product of the layers' norms and the activations' constants"),
                new Term("L", norms.depth(), "number of linear layers"),
                new Term("||X||_F", sample.frobenius(), "Frobenius norm of the sample"),
                new Term("n", sample.size(), "number of inputs"));
        return new RademacherBound(
                scaled(product, depth * sample.frobenius() / sample.size(), norms),
                "(1/n) " + formula + " (sqrt(2 ln(2) L) + 1) ||X||_F",
                GOLOWICH,
                terms,
                List.of(
                        Assumption.checked("phi(0) = 0"),
                        Assumption.assumed(
                                "the activation is positively homogeneous, as ReLU is; with biases also phi(1) = 1"),
                        Assumption.assumed("poolings, if any, are averages")));
    }

    /**
     * Bounds the complexity of one output of a network whose rows are l1-bounded:
     *
     * <pre>
     * (1/n) rho^(L-1) prod_j max_k ||W_j,k||_1 sqrt(2 (c (L-1) + ln(2 d))) max_j ||X_j||_2,   c = ln 2, with absorbed biases ln 4
     * </pre>
     *
     * <p>d is the number of inputs. Proof: as for {@link #golowich}, with the maximum over a layer's units in the place of the l2
     * norm, and {@code E exp(lambda M max_j |sum_i sigma_i x_ij|) <= 2 d exp(lambda^2 M^2 max_j ||X_j||_2^2 / 2)} at the end;
     * peeling needs {@code phi(0) = 0} and no homogeneity. A constant unit is one more function a layer. Smaller than the form
     * printed by the authors, {@code 2 sqrt(L + 1 + ln d)} in the place of the root.
     *
     * @param norms the layers' norms
     * @param inputs the sample's norms
     * @return the bound
     * @throws IllegalArgumentException if {@code phi(0)} is not 0, or the first layer does not fit the inputs
     */
    public static RademacherBound golowichRowL1(NetworkNorms norms, InputNorms inputs) {
        InputNorms sample = inputsOf(norms, inputs);
        double product = constants(norms) * norms.rowL1Product();
        double peel = Math.log(norms.biases() ? 4 : 2);
        double log = Math.sqrt(2 * (peel * (norms.depth() - 1) + Math.log(2.0 * sample.width())));
        List<Term> terms = List.of(
                new Term("M", product, "product of the largest row l1 norms and the activations' constants"),
                new Term("L", norms.depth(), "number of linear layers"),
                new Term("d", sample.width(), "number of coordinates of an input"),
                new Term("max_j ||X_j||_2", sample.largestColumnL2(), "largest norm of a coordinate over the sample"),
                new Term("n", sample.size(), "number of inputs"));
        return new RademacherBound(
                scaled(product, log * sample.largestColumnL2() / sample.size(), norms),
                "(1/n) prod_j max_k ||W_j,k||_1 sqrt(2 (c (L-1) + ln(2d))) max_j ||X_j||_2",
                GOLOWICH,
                terms,
                List.of(Assumption.checked("phi(0) = 0"), Assumption.assumed("poolings, if any, are averages")));
    }

    /**
     * Bounds the complexity of the two-layer networks {@code x -> sum_j w_j phi(<u_j, x>)} with m units, {@code ||w||_2 <= B_w},
     * {@code ||u_j||_2 <= B_u}: {@code (2/n) B_w B_u sqrt(m) ||X||_F}.
     *
     * <p>Proof: {@code ||w||_1 <= sqrt(m) B_w}, so the supremum is that of {@code |sum_i sigma_i phi(<u, x_i>)|} over one unit; the
     * absolute value costs the factor 2, contraction removes {@code phi}, and {@code E||sum_i sigma_i x_i||_2 <= ||X||_F}.
     *
     * @param outerNorm {@code B_w}, nonnegative and finite
     * @param unitNorm {@code B_u}, nonnegative and finite
     * @param units m, at least 1
     * @param inputs the sample's norms
     * @return the bound, for every 1-Lipschitz {@code phi} with {@code phi(0) = 0}
     * @throws IllegalArgumentException if a number is out of its range
     */
    public static RademacherBound twoLayer(double outerNorm, double unitNorm, long units, InputNorms inputs) {
        requireRadius("norm B_w of the outer weights", outerNorm);
        requireRadius("norm B_u of a unit's weights", unitNorm);
        if (units < 1) {
            throw new IllegalArgumentException("number of units m: got " + units + ", wanted at least 1");
        }
        List<Term> terms = List.of(
                new Term("B_w", outerNorm, "l2 norm of the outer weights"),
                new Term("B_u", unitNorm, "largest l2 norm of a unit's weights"),
                new Term("m", units, "number of hidden units"),
                new Term("||X||_F", inputs.frobenius(), "Frobenius norm of the sample"),
                new Term("n", inputs.size(), "number of inputs"));
        double value = 2 * outerNorm * unitNorm * Math.sqrt((double) units) * inputs.frobenius() / inputs.size();
        return new RademacherBound(
                Rounding.up(value, 8),
                "(2/n) B_w B_u sqrt(m) ||X||_F",
                MA,
                terms,
                List.of(Assumption.assumed("phi is 1-Lipschitz with phi(0) = 0")));
    }

    /**
     * Bounds the complexity of the two-layer networks {@code x -> sum_j w_j phi(<u_j, x>)}, of any number of units, with path norm
     * {@code sum_j |w_j| ||u_j||_2 <= B}: {@code (2/n) B ||X||_F}. Proof as for {@link #twoLayer}; homogeneity makes every
     * {@code u_j} a unit vector.
     *
     * @param pathNorm B, nonnegative and finite
     * @param inputs the sample's norms
     * @return the bound, for every 1-Lipschitz positively homogeneous {@code phi}, such as ReLU
     * @throws IllegalArgumentException if {@code pathNorm} is NaN, negative or infinite
     */
    public static RademacherBound twoLayerPath(double pathNorm, InputNorms inputs) {
        requireRadius("path norm B", pathNorm);
        List<Term> terms = List.of(
                new Term("B", pathNorm, "path norm sum_j |w_j| ||u_j||_2"),
                new Term("||X||_F", inputs.frobenius(), "Frobenius norm of the sample"),
                new Term("n", inputs.size(), "number of inputs"));
        return new RademacherBound(
                Rounding.up(2 * pathNorm * inputs.frobenius() / inputs.size(), 8),
                "(2/n) B ||X||_F",
                MA,
                terms,
                List.of(Assumption.assumed("phi is 1-Lipschitz and positively homogeneous, as ReLU is")));
    }

    /** {@code rho^(L-1)}; the constant coordinate of absorbed biases passes by the activation, with Lipschitz constant 1. */
    private static double constants(NetworkNorms norms) {
        double rho = norms.biases() ? Math.max(1, norms.activationLipschitz()) : norms.activationLipschitz();
        return Math.pow(rho, norms.depth() - 1);
    }

    /** The product of two nonnegative numbers rounded up; 0 times anything is 0. */
    private static double scaled(double product, double rest, NetworkNorms norms) {
        return product == 0 || rest == 0 ? 0 : Rounding.up(product * rest, 8L * norms.depth());
    }

    /** The norms of what enters the first layer. */
    static InputNorms inputsOf(NetworkNorms norms, InputNorms inputs) {
        InputNorms sample = norms.biases() ? inputs.withConstant() : inputs;
        long wanted = norms.layers().get(0).inputs();
        if (wanted != inputs.width() && wanted != sample.width()) {
            throw new IllegalArgumentException("sample: got inputs of " + inputs.width()
                    + " coordinates, wanted those of the first layer '"
                    + norms.layers().get(0).name() + "', " + wanted
                    + (norms.biases() ? " with the constant 1 of the biases" : ""));
        }
        if (!(norms.activationAtZero() == 0)) {
            throw new IllegalArgumentException("activation: got |phi(0)| = " + norms.activationAtZero()
                    + ", wanted 0; write phi as phi - phi(0) and move the constant to the next layer's bias");
        }
        return sample;
    }

    private static void requireHomogeneous(NetworkNorms norms) {
        double beta = norms.activationSmoothness();
        if (norms.depth() > 1 && beta > 0 && beta < Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("activation: got one with a continuous derivative (Lipschitz constant "
                    + beta + "), wanted a positively homogeneous one, as ReLU; golowichRowL1 needs no homogeneity");
        }
    }

    static void requireLossLipschitz(double constant) {
        if (!(constant > 0 && constant < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "Lipschitz constant of the loss in the logits: got " + constant
                            + ", wanted a positive finite number, such as sqrt(2) for cross-entropy; an unbounded one gives no bound");
        }
    }

    private static void requireRadius(String name, double radius) {
        if (!(radius >= 0 && radius < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + ": got " + radius + ", wanted a nonnegative finite number");
        }
    }
}
