package org.jacreg.jacobian;

import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Some rows of the Jacobians of a batch, as one variable of the graph.
 *
 * @param values {@code [V*N, *inputShape]}: row {@code first + v} of sample {@code n} stands at {@code v*N + n}
 * @param input which of the model's inputs the rows are derivatives by
 * @param first the class (or projection) of the first row
 * @param count {@code V}, how many rows per sample
 */
public record JacobianRows(SDVariable values, int input, int first, int count) {}
