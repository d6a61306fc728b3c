package org.jacreg.bounds.covering;

/** The distance that a cover is meant in. */
public enum Metric {
    /** The norm of the space of a norm ball, the same that bounds the ball unless said otherwise. */
    NORM,

    /** {@code sqrt(sum_i ||f(x_i) - g(x_i)||_2^2)} over the points of the sample; for a matrix of outputs its Frobenius norm. */
    SAMPLE_SUM,

    /** {@code sqrt((1/n) sum_i ||f(x_i) - g(x_i)||_2^2)}, the distance of {@code L2(P_n)}. */
    SAMPLE_MEAN,

    /** {@code sup_x ||f(x) - g(x)||_2} over the domain; never smaller than {@link #SAMPLE_MEAN}. */
    UNIFORM
}
