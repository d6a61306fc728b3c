package org.jacreg.gradient;

import java.util.List;
import java.util.Map;
import org.jacreg.vjp.Ones;
import org.jacreg.vjp.ReverseWalk;
import org.jacreg.vjp.VjpRules;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Second derivatives of a scalar, without their matrix.
 *
 * <p>The product of the Hessian {@code H = d^2 y / d by^2} with a vector is the gradient of {@code <dy/dby, v>} by {@code by}
 * with {@code v} held fixed, because H is symmetric: two reverse sweeps (Pearlmutter 1994 computes the same product by a
 * forward sweep).
 */
public final class Hessian {

    private Hessian() {}

    /**
     * Adds {@code H v} to the graph, with {@code H} the Hessian of {@code sum(y)} by {@code by}.
     *
     * @param y floating point, a scalar as a rule
     * @param by floating point, of the same graph
     * @param v of {@code by}'s shape and type: a placeholder, a constant or any other variable; held fixed even if it depends
     *     on {@code by}
     * @return a variable of {@code by}'s shape and type; its graph gains nodes
     * @throws IllegalArgumentException as {@link Gradients#gradientOf} does, or if the gradient does not depend on {@code by}
     *     (y is affine in it, so {@code H = 0}); the graph is as before
     * @throws org.jacreg.vjp.UnsupportedOpException listing every op without a rule; the graph is as before
     */
    public static SDVariable vectorProduct(SDVariable y, SDVariable by, SDVariable v) {
        return vectorProduct(y, by, v, VjpRules.standard());
    }

    /**
     * Adds {@code H v} to the graph, by given rules.
     *
     * @param y as in {@link #vectorProduct(SDVariable, SDVariable, SDVariable)}
     * @param by as there
     * @param v as there
     * @param rules the derivative rules
     * @return as there
     */
    public static SDVariable vectorProduct(SDVariable y, SDVariable by, SDVariable v, VjpRules rules) {
        ReverseWalk first = Gradients.walk(y, List.of(by), rules);
        return Gradients.inScope(y.getSameDiff(), () -> {
            SDVariable gradient = first.emit(Ones.like(y), 1, Map.of()).get(0);
            ReverseWalk second = Gradients.walk(gradient, List.of(by), rules, v);
            return second.emit(v, 1, Map.of()).get(0);
        });
    }
}
