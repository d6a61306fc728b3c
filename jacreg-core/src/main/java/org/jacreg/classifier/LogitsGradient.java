package org.jacreg.classifier;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Logits with a vector-Jacobian product at the same inputs.
 *
 * <p>The arrays belong to whoever holds the record.
 *
 * @param logits the logits, {@code [N, C]}
 * @param gradient {@code v_n^T J(x_n)} for every sample, {@code [N, *inputShape]}
 */
public record LogitsGradient(INDArray logits, INDArray gradient) {}
