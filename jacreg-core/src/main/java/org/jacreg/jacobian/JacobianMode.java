package org.jacreg.jacobian;

/**
 * How the entries of a Jacobian are computed. All ways give the same numbers, up to rounding.
 *
 * <p>With {@code C} outputs and {@code D} inputs per sample:
 */
public enum JacobianMode {
    /**
     * The library chooses: {@link #CLOSED_FORM} where the graph is seen to be affine, {@link #FORWARD} where {@code D} is far
     * below {@code C} and the memory allows it, {@link #REVERSE} otherwise.
     */
    AUTO,
    /** Row by row: one reverse sweep for each of the {@code C} outputs, as many at a time as fit into memory. */
    REVERSE,
    /**
     * Column by column: one product {@code J u} for each of the {@code D} inputs, as many at a time as fit into memory. The
     * product is the transpose of the reverse sweep: {@code v -> J^T v} is linear, and its own reverse sweep maps {@code u} to
     * {@code J u}.
     */
    FORWARD,
    /**
     * For graphs that are affine in their inputs, {@code z = A x + b}: the Jacobian is the same for every sample and is computed
     * once per call.
     */
    CLOSED_FORM
}
