package org.jacreg.bounds.certify;

import org.nd4j.linalg.api.buffer.DataType;

/**
 * How the network that a certificate speaks of is evaluated.
 *
 * <p>The bounds hold for the network in real arithmetic <em>and</em> for every evaluation in which each op, applied to the
 * numbers that the evaluation itself has computed so far, errs by no more than the standard analysis allows (Higham, Accuracy
 * and Stability of Numerical Algorithms, 2nd ed., section 3.1). With {@code u} the unit roundoff, {@code gamma_n = n u / (1 - n u)}:
 *
 * <pre>
 * sums of n products, in any order, with or without fused operations   gamma_{n+16} (sum |w| |h| + |b|)
 * smooth activations                                                   16 u (1 + |phi(a)|)
 * products, quotients, powers, roots, exponentials                     gamma_17 |y|
 * relu, relu6, hard tanh, maximum pooling, reshapes                    exact
 * </pre>
 *
 * <p>and numbers below the smallest normal one may be flushed to zero. The second line is an assumption on the backend's elementary
 * functions, and so is the third for exponentials. Multiplications in reduced precision (TF32, bfloat16) and fast convolutions (Winograd, Fourier) are not covered. The
 * rounding of our own computation, in float64, is accounted for in the same way in all three cases.
 */
public enum Arithmetic {

    /** Real arithmetic: the mathematical function alone. */
    REAL(0, 0, Double.MAX_VALUE),

    /** IEEE double precision. */
    FLOAT64(0x1p-53, Double.MIN_NORMAL, Double.MAX_VALUE),

    /** IEEE single precision. */
    FLOAT32(0x1p-24, Float.MIN_NORMAL, Float.MAX_VALUE);

    private static final long EXTRA_OPERATIONS = 16;

    private final double unit;
    private final double underflow;
    private final double largest;

    Arithmetic(double unit, double underflow, double largest) {
        this.unit = unit;
        this.underflow = underflow;
        this.largest = largest;
    }

    /**
     * The arithmetic of a type.
     *
     * @param type {@code FLOAT} or {@code DOUBLE}
     * @return the arithmetic
     * @throws IllegalArgumentException for any other type: products in half precision are summed in ways that differ too much
     */
    public static Arithmetic of(DataType type) {
        return switch (type) {
            case FLOAT -> FLOAT32;
            case DOUBLE -> FLOAT64;
            default ->
                throw new IllegalArgumentException("arithmetic of type " + type
                        + " is not analysed; wanted FLOAT or DOUBLE. Convert the graph to one of them");
        };
    }

    /**
     * The relative error of a sum of products.
     *
     * @param n the number of products
     * @return an upper bound of {@code gamma_{n+16}}, infinite where n is too large for the analysis
     */
    public double gamma(long n) {
        double nu = (n + EXTRA_OPERATIONS) * unit;
        return nu < 0.5 ? nu / (1 - nu) * (1 + 0x1p-40) : Double.POSITIVE_INFINITY;
    }

    /**
     * The unit roundoff.
     *
     * @return u, 0 in real arithmetic
     */
    public double unit() {
        return unit;
    }

    /**
     * What one operation may lose to underflow.
     *
     * @return the smallest normal number, 0 in real arithmetic
     */
    public double underflow() {
        return underflow;
    }

    /**
     * Above this a result may have become infinite on the way.
     *
     * @return the largest finite number
     */
    public double largest() {
        return largest;
    }
}
