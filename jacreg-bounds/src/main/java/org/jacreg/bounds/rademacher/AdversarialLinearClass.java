package org.jacreg.bounds.rademacher;

/**
 * A linear class under attack: the functions {@code (x, y) -> min_{||delta||_r <= epsilon} y <w, x + delta> = y <w, x> - epsilon
 * ||w||_{r*}} with {@code ||w||_p <= W}, where {@code 1/r + 1/r* = 1}.
 *
 * @param weights the linear class
 * @param attack the norm of the attack
 * @param epsilon the attack radius, nonnegative and finite
 */
public record AdversarialLinearClass(LinearClass weights, LpNorm attack, double epsilon) {

    /**
     * Checks the radius.
     *
     * @param weights the linear class
     * @param attack the norm of the attack
     * @param epsilon the attack radius
     * @throws IllegalArgumentException if {@code epsilon} is NaN, negative or infinite
     */
    public AdversarialLinearClass {
        RademacherBounds.requireEpsilon(epsilon);
    }

    /**
     * Whether the supremum over the class has been solved for every draw of signs: for {@code r = 1}, {@code p = 1}, and {@code r >=
     * q} with q the dual exponent of p, hence for every l_inf attack, every l2 attack on {@code p >= 2}, and {@code p} infinite.
     * Else half of the draws maximise a convex function, and are known between two bounds only.
     *
     * @return true if {@link MonteCarloRademacher#estimateAdversarial(AdversarialLinearClass, org.nd4j.linalg.api.ndarray.INDArray,
     *     org.nd4j.linalg.api.ndarray.INDArray)} applies, false if only the bracket does
     */
    public boolean exact() {
        return AttackedSupremum.exact(weights.norm().dual().p(), attack.p()) || epsilon == 0;
    }

    /**
     * {@code sup_{||w||_p <= 1} ||w||_{r*} = max(1, d^(1 - 1/r - 1/p))}.
     *
     * @param width the number of coordinates d, at least 1
     * @return the factor, at least 1
     */
    double dimensionFactor(int width) {
        return Math.max(
                1, Math.pow(width, 1 - 1 / attack.p() - 1 / weights.norm().p()));
    }
}
