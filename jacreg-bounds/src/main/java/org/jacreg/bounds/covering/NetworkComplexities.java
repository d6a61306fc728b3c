package org.jacreg.bounds.covering;

import org.jacreg.bounds.network.NetworkNorms;
import org.jacreg.bounds.rounding.RoundUp;

/**
 * Closed-form bounds of the Rademacher complexity of the network classes of {@link NetworkCovers}: Dudley's integral without
 * a cut, and Jensen's inequality.
 */
public final class NetworkComplexities {

    private NetworkComplexities() {}

    /**
     * The norm of the Jacobian: {@code 12 Q sqrt(P (1 + ln(1 + A/Q)) / n)}, {@code Q = S_L min(sqrt k, min_j m_j / s_j)},
     * {@code A = max_j 2 m_j L S_L G_j / s_j}; {@code sqrt(K d)} times that for {@link JacobianNorm#L11}. See {@link
     * NetworkCovers#jacobian}.
     *
     * @param norms the bounds of the norms
     * @param inputNorm B, nonnegative and finite
     * @param norm the norm of the Jacobian
     * @param n the number of points of the sample, at least 1
     * @return the bound
     * @throws IllegalArgumentException if {@code n} is below 1, {@code inputNorm} is NaN, infinite or negative, or
     *     {@link NetworkCovers#jacobian} does not cover the network
     */
    public static DudleyBound jacobian(NetworkNorms norms, double inputNorm, JacobianNorm norm, long n) {
        LayerScales scales = LayerScales.of(norms, inputNorm);
        NetworkCovers.requireSmooth(norms);
        double slope = 0;
        for (int j = 0; j < scales.depth(); j++) {
            double layer =
                    RoundUp.product(2, scales.frobenius(j), scales.depth(), NetworkCovers.jacobianSlope(scales, j));
            slope = Math.max(slope, layer);
        }
        double factor = norm.overFrobenius(norms);
        return Dudley.parametric(
                (double) scales.parameters(),
                RoundUp.product(factor, slope),
                RoundUp.product(factor, scales.jacobianFrobenius()),
                n);
    }

    /**
     * A loss of the logits that is Lipschitz with constant {@code c} in their l2 norm: {@code 12 c B S_L sqrt(P (1 + ln(1 +
     * max_j 2 m_j L / s_j)) / n)}. See {@link NetworkCovers#outputs}.
     *
     * @param norms the bounds of the norms
     * @param inputNorm B, nonnegative and finite
     * @param lossLipschitz c, positive and finite; {@code sqrt(2)} for softmax cross-entropy
     * @param n the number of points of the sample, at least 1
     * @return the bound
     * @throws IllegalArgumentException if {@code n} is below 1, a number is out of its range, or {@link
     *     NetworkCovers#outputs} does not cover the network
     */
    public static DudleyBound loss(NetworkNorms norms, double inputNorm, double lossLipschitz, long n) {
        LayerScales scales = LayerScales.of(norms, inputNorm);
        double factor = RoundUp.product(lossLipschitz, scales.inputNorm());
        return Dudley.parametric(
                (double) scales.parameters(),
                RoundUp.product(2, scales.depth(), factor, scales.largestSlope()),
                RoundUp.product(factor, scales.product()),
                n);
    }

    /**
     * The largest norm that the Jacobian can have: {@code Q = S_L min(sqrt k, min_j m_j / s_j)}, k the smallest width; {@code
     * sqrt(K d)} times that for {@link JacobianNorm#L11}. It holds for every activation of the covers.
     *
     * @param norms the bounds of the norms
     * @param norm the norm of the Jacobian
     * @return Q, rounded up; infinite where it exceeds the largest double
     * @throws IllegalArgumentException if {@code phi(0)} is not 0
     */
    public static double largestJacobian(NetworkNorms norms, JacobianNorm norm) {
        double frobenius = LayerScales.of(norms, 0).jacobianFrobenius();
        return RoundUp.product(norm.overFrobenius(norms), frobenius);
    }

    /**
     * The largest length of the logits for inputs of norm at most B: {@code B S_L}, with {@code sqrt(B^2 + 1)} for B where
     * biases are absorbed.
     *
     * @param norms the bounds of the norms
     * @param inputNorm B, nonnegative and finite
     * @return the bound, rounded up; infinite where it exceeds the largest double
     * @throws IllegalArgumentException if {@code inputNorm} is NaN, infinite or negative, or {@code phi(0)} is not 0
     */
    public static double largestOutput(NetworkNorms norms, double inputNorm) {
        LayerScales scales = LayerScales.of(norms, inputNorm);
        return RoundUp.product(scales.inputNorm(), scales.product());
    }

    /**
     * A Lipschitz constant of the Jacobian as a function of the input, operator norm against l2 norm: {@code beta S_L
     * sum_{l<L} S_l}.
     *
     * @param norms the bounds of the norms
     * @return the constant, rounded up; 0 for a linear network
     * @throws IllegalArgumentException if {@link NetworkCovers#jacobian} does not cover the network
     */
    public static double jacobianLipschitz(NetworkNorms norms) {
        LayerScales scales = LayerScales.of(norms, 0);
        NetworkCovers.requireSmooth(norms);
        return RoundUp.product(scales.product(), scales.smoothness(0));
    }
}
