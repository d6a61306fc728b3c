package org.jacreg.attacks.objective;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where an {@link InnerAttack} on a batch has ended.
 *
 * @param points {@code [N, *inputShape]} in the model's type
 * @param survival at how many of the points where a gradient was taken samples were classified rightly, if that was counted
 */
record AttackedBatch(INDArray points, Survival survival) {}
