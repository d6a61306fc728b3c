package org.jacreg.examples.result;

import java.util.List;

/**
 * Accuracy under PGD against the radius.
 *
 * @param norm of the perturbation
 * @param points by increasing radius, the first at 0
 */
public record Curve(AttackNorm norm, List<CurvePoint> points) {

    /** Copies the list. */
    public Curve {
        points = List.copyOf(points);
    }
}
