package org.jacreg.bounds.covering;

import java.util.List;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;
import org.jacreg.bounds.rounding.RoundUp;

/**
 * The numbers of a network that its covers are made of, upper bounds all. An activation of Lipschitz constant rho other than
 * 1 counts as rho times one of constant 1: rho goes into the norms of the next layer, and the smoothness is divided by it.
 */
final class LayerScales {

    private final NetworkNorms norms;
    private final double lipschitz;
    private final double[] operator;
    private final double[] frobenius;
    private final double inputNorm;

    private LayerScales(NetworkNorms norms, double lipschitz, double[] operator, double[] frobenius, double inputNorm) {
        this.norms = norms;
        this.lipschitz = lipschitz;
        this.operator = operator;
        this.frobenius = frobenius;
        this.inputNorm = inputNorm;
    }

    static LayerScales of(NetworkNorms norms, double inputNorm) {
        requireZeroAtZero(norms);
        return ofAny(norms, inputNorm);
    }

    /** Those of a network whose activation need not be 0 at 0: measures, not covers. */
    static LayerScales ofAny(NetworkNorms norms, double inputNorm) {
        NormBalls.requireNonnegative("norm B of the inputs", inputNorm);
        int depth = norms.depth();
        // with biases absorbed the constant coordinate passes by the activation: with Lipschitz constant 1
        double lipschitz = norms.biases() ? Math.max(1, norms.activationLipschitz()) : norms.activationLipschitz();
        double[] operator = new double[depth];
        double[] frobenius = new double[depth];
        for (int j = 0; j < depth; j++) {
            LayerNorms layer = norms.layers().get(j);
            double rho = j == 0 ? 1 : lipschitz;
            operator[j] = RoundUp.product(rho, layer.operator());
            frobenius[j] = RoundUp.product(rho, layer.frobenius());
        }
        double extended =
                norms.biases() ? RoundUp.sqrt(RoundUp.sum(RoundUp.product(inputNorm, inputNorm), 1)) : inputNorm;
        return new LayerScales(norms, lipschitz, operator, frobenius, extended);
    }

    private static void requireZeroAtZero(NetworkNorms norms) {
        if (norms.activationAtZero() != 0 && norms.depth() > 1) {
            throw new IllegalArgumentException("activation's value at 0: got " + norms.activationAtZero()
                    + ", wanted 0; an activation such as softplus or sigmoid has to be shifted to 0 first, its value at 0"
                    + " times the next weights going into the next bias");
        }
    }

    /** The Lipschitz constant rho that went into the norms of every layer but the first. */
    double lipschitz() {
        return lipschitz;
    }

    int depth() {
        return operator.length;
    }

    /** B, or {@code sqrt(B^2 + 1)} where biases are absorbed. */
    double inputNorm() {
        return inputNorm;
    }

    double frobenius(int j) {
        return frobenius[j];
    }

    double operator(int j) {
        return operator[j];
    }

    long parameters(int j) {
        return norms.layers().get(j).parameters();
    }

    long parameters() {
        return norms.parameters();
    }

    /** {@code pi prod_{i != j} s_i}, which is {@code S_L / s_j} times the poolings' constant; j = -1 leaves nothing out. */
    double productWithout(int j) {
        double product = norms.poolingLipschitz();
        for (int i = 0; i < operator.length; i++) {
            product = i == j ? product : RoundUp.product(product, operator[i]);
        }
        return product;
    }

    double product() {
        return productWithout(-1);
    }

    /** {@code max_j m_j S_L / s_j}. */
    double largestSlope() {
        double largest = 0;
        for (int j = 0; j < operator.length; j++) {
            largest = Math.max(largest, RoundUp.product(frobenius[j], productWithout(j)));
        }
        return largest;
    }

    /** {@code beta B sum_{l=j}^{L-1} S_l} with layers counted from 1; j here from 0. */
    double curvature(int j) {
        return RoundUp.product(inputNorm, smoothness(j));
    }

    /** {@code beta sum_{l=j}^{L-1} S_l} with layers counted from 1; j here from 0. */
    double smoothness(int j) {
        double sum = 0;
        double product = 1;
        for (int l = 0; l < operator.length - 1; l++) {
            product = RoundUp.product(product, operator[l]);
            sum = l >= j ? RoundUp.sum(sum, product) : sum;
        }
        if (sum == 0) {
            return 0;
        }
        double beta = RoundUp.quotient(norms.activationSmoothness(), lipschitz);
        return RoundUp.product(beta, sum);
    }

    /** {@code sqrt(k)} for k the smallest number of inputs or outputs of a layer: a bound of {@code ||J||_F / ||J||_op}. */
    double rootOfRank() {
        long width = Long.MAX_VALUE;
        for (LayerNorms layer : norms.layers()) {
            width = Math.min(width, Math.min(layer.inputs(), layer.outputs()));
        }
        return RoundUp.sqrt((double) width);
    }

    /** {@code Q_F}, a bound of {@code ||J||_F}. */
    double jacobianFrobenius() {
        double smallest = RoundUp.product(rootOfRank(), product());
        for (int j = 0; j < operator.length; j++) {
            smallest = Math.min(smallest, RoundUp.product(frobenius[j], productWithout(j)));
        }
        return smallest;
    }

    List<LayerNorms> layers() {
        return norms.layers();
    }
}
