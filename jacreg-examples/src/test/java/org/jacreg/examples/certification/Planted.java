package org.jacreg.examples.certification;

import java.util.Collections;

/** Claims of our own making, true or not. */
final class Planted {

    private Planted() {}

    /** That the class wins within a radius, changed by a factor. */
    static Claim claim(int sample, RandomProblem problem, double radius, double factor) {
        return new Claim(
                sample,
                problem.labels()[sample],
                problem.norm(),
                radius * factor,
                "planted",
                Collections.nCopies(problem.net().architecture().classes(), Double.MIN_VALUE),
                Double.POSITIVE_INFINITY,
                0);
    }
}
