package org.jacreg.bounds.certify.lipschitz;

/**
 * Lipschitz constants of everything from the input to the outputs of one layer: with {@code h} the layer's values, {@code ||h(x) - h(y)||_s
 * <= constant_s ||x - y||_p}, p the norm that perturbations are measured in.
 *
 * @param name the layer's name
 * @param l1 the constant in the l1 norm of the values
 * @param l2 the constant in the Euclidean norm
 * @param linf the constant of the largest value
 */
public record LayerConstants(String name, double l1, double l2, double linf) {

    /**
     * Refuses what is no constant.
     *
     * @param name the layer's name
     * @param l1 the constant in the l1 norm of the values
     * @param l2 the constant in the Euclidean norm
     * @param linf the constant of the largest value
     * @throws IllegalArgumentException if a constant is negative or NaN
     */
    public LayerConstants {
        if (!(l1 >= 0 && l2 >= 0 && linf >= 0)) {
            throw new IllegalArgumentException("Lipschitz constants of layer '" + name + "': got " + l1 + ", " + l2
                    + " and " + linf + ", wanted numbers that are not negative");
        }
    }
}
