package org.jacreg.attacks;

/**
 * A function of the logits at some points with its gradients.
 *
 * @param values the function's value at every point
 * @param logits {@code C} logits at every point
 * @param inputs the gradient by the input at every point, {@code D} entries
 */
@SuppressWarnings("ArrayRecordComponent") // made by Oracle, handed to one attack, never compared
record Gradients(double[] values, double[][] logits, double[][] inputs) {}
