package org.jacreg.bounds.certify.lipschitz;

/** How far values move, of the distance: in l1, in l2, and each by itself. */
final class Reach {

    final double l1;
    final double l2;
    final double[] units;

    /** Takes the array over. */
    Reach(double l1, double l2, double[] units) {
        this.l1 = l1;
        this.l2 = l2;
        this.units = units;
    }
}
