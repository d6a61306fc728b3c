package org.jacreg.classifier;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A loss at a batch of inputs with its gradient.
 *
 * <p>The arrays belong to whoever holds the record.
 *
 * @param loss the loss of every sample, {@code [N]}
 * @param logits the logits, {@code [N, C]}
 * @param gradient {@code d loss_n / d x_n}, {@code [N, *inputShape]}
 */
public record LossGradient(INDArray loss, INDArray logits, INDArray gradient) {}
