package org.jacreg.gradient;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.jacreg.vjp.Ones;
import org.jacreg.vjp.ReverseWalk;
import org.jacreg.vjp.VjpRules;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Gradients as variables of the graph, on which anything can be built: further ops, a loss, another gradient.
 *
 * <pre>{@code
 * SDVariable g = Gradients.gradientOf(loss, x);                    // same shape as x
 * SDVariable gg = Gradients.gradientOf(sd.squaredNorm(g), w);      // a gradient of a gradient
 * sd.setLossVariables(loss.add(sd.squaredNorm(g)).name());         // trains through plain fit
 * }</pre>
 *
 * <p>The nodes are forward ops emitted by {@link VjpRules}, named under a scope {@code gradient_0/}, {@code gradient_1/} and so
 * on; they belong to the graph from then on. A gradient is that of the sum over a whole batch where {@code y} is not a scalar.
 */
public final class Gradients {

    private static final String SCOPE = "gradient_";

    private Gradients() {}

    /**
     * Adds {@code d sum(y) / d by} to the graph.
     *
     * @param y floating point, of any shape; a scalar as a rule
     * @param by floating point, of the same graph: a placeholder, a weight, a computed variable
     * @return a variable of {@code by}'s shape and type; its graph gains nodes
     * @throws IllegalArgumentException if the variables are of different graphs or not floating point, {@code y} does not
     *     depend on {@code by}, or a placeholder's shape is not known; the graph is as before
     * @throws org.jacreg.vjp.UnsupportedOpException listing every op without a rule; the graph is as before
     */
    public static SDVariable gradientOf(SDVariable y, SDVariable by) {
        return gradientsOf(y, List.of(by), VjpRules.standard()).get(0);
    }

    /**
     * Adds the gradients by several variables, in one sweep.
     *
     * @param y floating point, of any shape; the gradient is that of its sum
     * @param by floating-point variables of the same graph, at least one
     * @param rules the derivative rules
     * @return a variable for each of {@code by}, of its shape and type; the graph gains nodes
     * @throws IllegalArgumentException as {@link #gradientOf} does
     * @throws org.jacreg.vjp.UnsupportedOpException listing every op without a rule; the graph is as before
     */
    public static List<SDVariable> gradientsOf(SDVariable y, List<SDVariable> by, VjpRules rules) {
        ReverseWalk walk = walk(y, by, rules);
        return inScope(y.getSameDiff(), () -> walk.emit(Ones.like(y), 1, Map.of()));
    }

    /**
     * Adds {@code (dy/dby)^T v} to the graph.
     *
     * @param y floating point, of any shape
     * @param by floating point, of the same graph
     * @param v of {@code y}'s shape and type; held fixed even if it depends on {@code by}
     * @return a variable of {@code by}'s shape and type; its graph gains nodes
     * @throws IllegalArgumentException as {@link #gradientOf} does
     * @throws org.jacreg.vjp.UnsupportedOpException listing every op without a rule; the graph is as before
     */
    public static SDVariable vectorJacobianProduct(SDVariable y, SDVariable by, SDVariable v) {
        ReverseWalk walk = walk(y, List.of(by), VjpRules.standard(), v);
        return inScope(y.getSameDiff(), () -> walk.emit(v, 1, Map.of()).get(0));
    }

    /** A walk from one variable to others; nothing is added yet. */
    static ReverseWalk walk(SDVariable y, List<SDVariable> by, VjpRules rules, SDVariable... alsoEvaluated) {
        List<SDVariable> all = new ArrayList<>(by);
        all.addAll(Arrays.asList(alsoEvaluated));
        for (SDVariable variable : all) {
            requireSameGraph(y, variable);
        }
        GraphModel model = GraphModel.between(
                y.getSameDiff(), by.stream().map(SDVariable::name).toList(), y.name());
        ReverseWalk.check(model, rules);
        String[] names = Arrays.stream(alsoEvaluated).map(SDVariable::name).toArray(String[]::new);
        return ReverseWalk.of(model, GraphProbe.ofWholeBatch(model, names), rules);
    }

    @SuppressWarnings("ReferenceEquality") // Graphs have no equality but identity.
    private static void requireSameGraph(SDVariable y, SDVariable variable) {
        if (variable.getSameDiff() != y.getSameDiff()) {
            throw new IllegalArgumentException("'" + y.name() + "' and '" + variable.name()
                    + "' belong to different SameDiff graphs; a gradient lives in one");
        }
    }

    static <T> T inScope(SameDiff sd, java.util.function.Supplier<T> construction) {
        int free = 0;
        while (GraphDecoration.isUsed(sd, SCOPE + free)) {
            free++;
        }
        return GraphDecoration.addUnder(sd, SCOPE + free, construction);
    }
}
