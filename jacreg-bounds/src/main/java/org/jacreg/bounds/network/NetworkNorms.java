package org.jacreg.bounds.network;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jacreg.bounds.rounding.RoundUp;

/**
 * The norms of a layered network {@code x -> W_L phi(W_{L-1} ... phi(W_1 x))}: what bounds for layered networks take.
 *
 * <p>Every number is an upper bound, rounded outward. The layers are the linear maps in order from input to logits.
 *
 * <p>With biases absorbed ({@code biases}), the network is the homogeneous one on inputs {@code (x, 1)}: a hidden layer is
 * the matrix {@code [[W, b], [0, 1]]}, with the activation left out on the last coordinate, and the last layer is {@code [W,
 * b]}. Then {@code ||(x, 1)||_2 = sqrt(||x||_2^2 + 1)} is the size of an input.
 *
 * @param layers the linear maps, from input to logits; at least one
 * @param activationLipschitz the largest Lipschitz constant of an activation, {@code sup |phi'|}; 1 where there is none
 * @param activationSmoothness the largest Lipschitz constant {@code beta} of an activation's derivative; infinite for ReLU,
 *     0 where there is no activation, infinite also where a max pooling stands between the layers
 * @param activationAtZero the largest {@code |phi(0)|}; theorems that want {@code phi(0) = 0} do not cover other values
 * @param poolingLipschitz product of the l2 Lipschitz constants of the poolings between the layers; 1 where there is none
 * @param biases whether the biases are absorbed in the layers' matrices
 */
public record NetworkNorms(
        List<LayerNorms> layers,
        double activationLipschitz,
        double activationSmoothness,
        double activationAtZero,
        double poolingLipschitz,
        boolean biases) {

    /**
     * Checks the numbers.
     *
     * @param layers the linear maps
     * @param activationLipschitz the largest Lipschitz constant of an activation
     * @param activationSmoothness the largest Lipschitz constant of an activation's derivative
     * @param activationAtZero the largest absolute value of an activation at 0
     * @param poolingLipschitz product of the Lipschitz constants of the poolings
     * @param biases whether the biases are absorbed
     * @throws IllegalArgumentException if there is no layer, or a number is negative or NaN, or one other than {@code
     *     activationSmoothness} is infinite
     */
    public NetworkNorms {
        layers = List.copyOf(layers);
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("network norms: got no layers, wanted at least one");
        }
        requireFinite("activation's Lipschitz constant", activationLipschitz);
        requireFinite("activation's value at 0", activationAtZero);
        requireFinite("poolings' Lipschitz constant", poolingLipschitz);
        if (!(activationSmoothness >= 0)) {
            throw new IllegalArgumentException("network norms, Lipschitz constant of the activation's derivative: got "
                    + activationSmoothness + ", wanted a nonnegative number or infinity");
        }
    }

    /**
     * Norms from numbers alone: no pooling, {@code phi(0) = 0}, no biases.
     *
     * @param layers the linear maps, from input to logits
     * @param lipschitz the activation's Lipschitz constant, 1 for ReLU and tanh
     * @param beta the Lipschitz constant of the activation's derivative, {@code 4 / (3 sqrt 3)} for tanh, infinite for ReLU
     * @return the norms
     * @throws IllegalArgumentException if there is no layer, or a number is NaN or negative, or {@code lipschitz} infinite
     */
    public static NetworkNorms of(List<LayerNorms> layers, double lipschitz, double beta) {
        return new NetworkNorms(layers, lipschitz, beta, 0, 1, false);
    }

    /**
     * The number of linear maps {@code L}.
     *
     * @return at least 1
     */
    public int depth() {
        return layers.size();
    }

    /**
     * Bound of {@code prod_l ||W_l||_op}.
     *
     * @return the product, rounded outward; infinite where it exceeds the largest double
     */
    public double operatorProduct() {
        return product(LayerNorms::operator);
    }

    /**
     * Bound of {@code prod_l ||W_l||_F}.
     *
     * @return the product, rounded outward; infinite where it exceeds the largest double
     */
    public double frobeniusProduct() {
        return product(LayerNorms::frobenius);
    }

    /**
     * Bound of {@code prod_l max_i ||W_l,i||_1}, the product of the operator norms from l_inf to l_inf.
     *
     * @return the product, rounded outward; infinite where it exceeds the largest double
     */
    public double rowL1Product() {
        return product(LayerNorms::maxRowL1);
    }

    /**
     * An l2 Lipschitz constant of the whole network: the product of the operator norms, of the activation's constant once
     * for every layer but the last, and of the poolings' constants.
     *
     * @return the constant, rounded outward; infinite where it exceeds the largest double
     */
    public double lipschitz() {
        double product = RoundUp.product(operatorProduct(), poolingLipschitz);
        for (int i = 1; i < layers.size(); i++) {
            product = RoundUp.product(product, activationLipschitz);
        }
        return product;
    }

    /**
     * The number of free parameters {@code P}.
     *
     * @return the sum over the layers
     */
    public long parameters() {
        return layers.stream().mapToLong(LayerNorms::parameters).sum();
    }

    /**
     * The largest number of inputs or outputs of a layer, {@code W} of Bartlett, Foster and Telgarsky (2017).
     *
     * @return the width
     */
    public long maxWidth() {
        return layers.stream()
                .mapToLong(layer -> Math.max(layer.inputs(), layer.outputs()))
                .max()
                .orElseThrow();
    }

    private double product(ToDoubleFunction<LayerNorms> norm) {
        return RoundUp.product(layers.stream().mapToDouble(norm).toArray());
    }

    private static void requireFinite(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "network norms, " + name + ": got " + value + ", wanted a nonnegative finite number");
        }
    }
}
