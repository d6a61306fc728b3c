package org.jacreg.bounds.network;

import java.util.function.DoubleUnaryOperator;

/**
 * An affine map {@code x -> W x + b}. {@code W}, of shape [outputs, inputs], need not be held as a matrix.
 *
 * <p>Norms are upper bounds, rounded outward.
 */
public sealed interface LinearLayer extends Layer permits Affine, Convolution, Scaling {

    /**
     * The product {@code W x}, without the bias.
     *
     * @param x {@link #inputs()} numbers; not modified
     * @return {@link #outputs()} numbers, a fresh array
     */
    double[] multiply(double[] x);

    /**
     * The product {@code W^T y}.
     *
     * @param y {@link #outputs()} numbers; not modified
     * @return {@link #inputs()} numbers, a fresh array
     */
    double[] multiplyTransposed(double[] y);

    /**
     * The bias {@code b}, one number for every output also where the graph shares them.
     *
     * @return a fresh array
     */
    double[] bias();

    /**
     * The map {@code x -> |W| x}, which carries radii of boxes.
     *
     * @return a layer of the same shape without bias
     */
    LinearLayer absolute();

    /**
     * The map {@code x -> (W - V) x + (b - c)}: how far two networks' layers are apart.
     *
     * @param other a layer {@code x -> V x + c} of the same kind and shape
     * @return the difference
     * @throws IllegalArgumentException if kind or shape differ
     */
    LinearLayer minus(LinearLayer other);

    /**
     * The map {@code x -> (W . W) x + b . b}, entries squared: it adds up squared paths.
     *
     * @return a layer of the same shape
     */
    LinearLayer squared();

    /**
     * The same layer with other free parameters.
     *
     * @param change called once for every free parameter, weights first, always in the same order; gives its new value
     * @return a layer of the same shape. Where the graph shares a bias between outputs, its change is shared
     * @throws IllegalArgumentException if a new value is not finite
     */
    LinearLayer changed(DoubleUnaryOperator change);

    /**
     * The number of free parameters behind {@code W}.
     *
     * @return for a convolution the entries of its kernel
     */
    long weightCount();

    /**
     * The number of free parameters behind the bias.
     *
     * @return 0 for a layer that has none
     */
    long biasCount();

    /**
     * Bounds of the rows' Euclidean norms.
     *
     * @return {@code ||W_i||_2} for every output, a fresh array
     */
    double[] rowL2();

    /**
     * Bounds of the rows' l1 norms.
     *
     * @return {@code ||W_i||_1} for every output, a fresh array
     */
    double[] rowL1();

    /**
     * Bounds of the columns' l1 norms.
     *
     * @return {@code sum_i |W_ij|} for every input, a fresh array
     */
    double[] columnL1();

    /**
     * A bound of the operator norm {@code ||W||_op}, the largest singular value.
     *
     * @return the bound; computed anew at every call
     */
    double operatorNorm();

    @Override
    default double[] apply(double[] x) {
        double[] y = multiply(x);
        double[] b = bias();
        for (int i = 0; i < y.length; i++) {
            y[i] += b[i];
        }
        return y;
    }

    @Override
    default double lipschitz() {
        return operatorNorm();
    }
}
