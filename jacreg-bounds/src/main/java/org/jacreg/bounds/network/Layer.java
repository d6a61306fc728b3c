package org.jacreg.bounds.network;

import org.jacreg.report.Fingerprint;

/**
 * One layer of a {@link LayeredNetwork}: a function of one sample, held in float64.
 *
 * <p>Samples are flattened in row-major order of the shape that the graph's own variable has: an image in {@code [C, H, W]}
 * or {@code [H, W, C]}, whichever the graph uses. Layers are immutable and safe for use by several threads.
 */
public sealed interface Layer permits LinearLayer, Pooling, Activation {

    /**
     * The graph's name of what the layer computes.
     *
     * @return the name
     */
    String name();

    /**
     * The number of inputs.
     *
     * @return at least 1
     */
    int inputs();

    /**
     * The number of outputs.
     *
     * @return at least 1
     */
    int outputs();

    /**
     * Evaluates the layer.
     *
     * @param x one sample, {@link #inputs()} numbers; not modified
     * @return {@link #outputs()} numbers, a fresh array
     */
    double[] apply(double[] x);

    /**
     * An l2 Lipschitz constant.
     *
     * @return an upper bound of {@code sup ||f(x) - f(y)||_2 / ||x - y||_2}, rounded outward
     */
    double lipschitz();

    /**
     * Adds kind, geometry and parameters to a hash, but not the name.
     *
     * @param fingerprint the hash
     */
    void addTo(Fingerprint fingerprint);
}
