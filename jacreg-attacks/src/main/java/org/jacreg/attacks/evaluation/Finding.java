package org.jacreg.attacks.evaluation;

/**
 * What one attack came back with for one example, as checked.
 *
 * @param success whether the returned point is classified wrongly
 * @param notFinite whether there is no point, because the model's answers were not finite
 */
record Finding(
        boolean success,
        double linf,
        double l2,
        double l1,
        double loss,
        int gradients,
        int forwards,
        int zeroGradients,
        boolean notFinite) {

    static Finding ofFailedSearch() {
        return new Finding(false, 0, 0, 0, Double.NaN, 0, 0, 0, true);
    }
}
