package org.jacreg.bounds.certify;

/** A plane below and one above every number of a {@link PlaneNode}, as functions of the numbers that it is made of. */
final class Planes {

    /** How many numbers every number is made of. */
    final int terms;

    /** Slopes, [samples, size, terms]. */
    final double[] lowerSlope;

    final double[] upperSlope;

    /** Intercepts, [samples, size]. */
    final double[] lowerIntercept;

    final double[] upperIntercept;

    Planes(int numbers, int terms) {
        this.terms = terms;
        this.lowerSlope = new double[Math.multiplyExact(numbers, terms)];
        this.upperSlope = new double[lowerSlope.length];
        this.lowerIntercept = new double[numbers];
        this.upperIntercept = new double[numbers];
    }

    /** The larger slope of both planes. */
    double largestSlope(int number, int term) {
        int at = number * terms + term;
        return Math.max(Math.abs(lowerSlope[at]), Math.abs(upperSlope[at]));
    }

    double largestIntercept(int number) {
        return Math.max(Math.abs(lowerIntercept[number]), Math.abs(upperIntercept[number]));
    }
}
