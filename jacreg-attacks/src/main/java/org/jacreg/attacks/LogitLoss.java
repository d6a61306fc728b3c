package org.jacreg.attacks;

/** A function of one sample's logits that an attack maximises. */
@FunctionalInterface
interface LogitLoss {

    /**
     * Evaluates function and derivative.
     *
     * @param row the sample's row in the batch under attack, for labels and targets
     * @param logits {@code C} finite values; not modified
     * @param cotangent {@code C} zeros; gains the derivative by the logits
     * @return the value, finite
     */
    double at(int row, double[] logits, double[] cotangent);
}
