package org.jacreg.bounds.certify.lipschitz;

/** Errors of every value behind a layer, and a bound of their Euclidean norm. */
final class CarriedErrors {

    final double[] each;
    final double together;

    /** Takes the array over. */
    CarriedErrors(double[] each, double together) {
        this.each = each;
        this.together = together;
    }
}
