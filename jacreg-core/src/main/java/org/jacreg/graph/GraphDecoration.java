package org.jacreg.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nd4j.autodiff.samediff.NameScope;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;

/**
 * Nodes added to a user's graph under the prefix {@value #PREFIX}, and their removal without a trace.
 *
 * <p>The prefix is the whole record of what is ours, so a decorated graph that was saved and loaded can be undecorated
 * too.
 */
public final class GraphDecoration {

    /** The name scope of everything jacreg adds to a graph. */
    public static final String SCOPE = "jacreg";

    /** What the names of added variables and ops start with. */
    public static final String PREFIX = SCOPE + "/";

    private GraphDecoration() {}

    /**
     * Runs code that adds nodes, all of them named under the prefix. If it throws, the nodes are removed again.
     *
     * @param sd the graph; gains the nodes, or is as before when this throws
     * @param construction adds the nodes
     * @param <T> what the construction returns
     * @return what the construction returned
     * @throws IllegalStateException if the graph is decorated already, or inside a name scope
     */
    public static <T> T add(SameDiff sd, Supplier<T> construction) {
        if (isDecorated(sd)) {
            throw new IllegalStateException(
                    "the graph already has names that start with '" + PREFIX
                            + "': it is decorated already (call detach() first), or a variable of yours uses the reserved prefix");
        }
        if (sd.currentNameScope() != null) {
            throw new IllegalStateException("close the name scope '" + sd.currentNameScope()
                    + "' before adding a penalty: its nodes are found again by their prefix '" + PREFIX + "'");
        }
        return addUnder(sd, SCOPE, construction);
    }

    /**
     * Runs code that adds nodes under a scope of the caller's choice. If it throws, the nodes are removed again.
     *
     * @param sd the graph; gains the nodes, or is as before when this throws
     * @param scope a name scope that is not {@linkplain #isUsed in use}
     * @param construction adds the nodes
     * @param <T> what the construction returns
     * @return what the construction returned
     */
    public static <T> T addUnder(SameDiff sd, String scope, Supplier<T> construction) {
        String prefix = sd.currentNameScope() == null ? scope + "/" : sd.currentNameScope() + "/" + scope + "/";
        try (NameScope open = sd.withNameScope(scope)) {
            return construction.get();
        } catch (RuntimeException | Error e) {
            remove(sd, prefix);
            throw e;
        }
    }

    /** Runs code that adds nodes under a scope that is not in use, and removes the nodes again. */
    static void temporarilyUnder(SameDiff sd, String scope, Runnable use) {
        String prefix = sd.currentNameScope() == null ? scope + "/" : sd.currentNameScope() + "/" + scope + "/";
        try (NameScope open = sd.withNameScope(scope)) {
            use.run();
        } finally {
            remove(sd, prefix);
        }
    }

    /**
     * Whether a graph has names in a scope.
     *
     * @param sd the graph; not modified
     * @param scope a name scope, within the current one
     * @return true if any variable or op is named in it
     */
    public static boolean isUsed(SameDiff sd, String scope) {
        String prefix = sd.currentNameScope() == null ? scope + "/" : sd.currentNameScope() + "/" + scope + "/";
        return anyNameStartsWith(sd, prefix);
    }

    private static boolean anyNameStartsWith(SameDiff sd, String prefix) {
        return sd.getVariables().keySet().stream().anyMatch(name -> name.startsWith(prefix))
                || sd.getOps().keySet().stream().anyMatch(name -> name.startsWith(prefix));
    }

    /**
     * Whether a graph has nodes of ours.
     *
     * @param sd the graph; not modified
     * @return true if any variable or op is named under the prefix
     */
    public static boolean isDecorated(SameDiff sd) {
        return anyNameStartsWith(sd, PREFIX);
    }

    /**
     * A name under the prefix, for messages.
     *
     * @param sd a {@linkplain #isDecorated decorated} graph; not modified
     * @return the first such name of a variable or op
     */
    public static String firstOfOurs(SameDiff sd) {
        return Stream.concat(sd.getVariables().keySet().stream(), sd.getOps().keySet().stream())
                .filter(GraphDecoration::isOurs)
                .findFirst()
                .orElse(PREFIX);
    }

    /**
     * Removes all nodes under the prefix, and the sessions and the gradient function that knew them.
     *
     * @param sd the graph; loses the nodes
     * @throws IllegalStateException if ops of the user's consume added variables, or an added variable is still a loss
     */
    public static void removeChecked(SameDiff sd) {
        List<String> dependents = sd.getOps().values().stream()
                .filter(op -> !isOurs(op.getName()))
                .filter(op -> op.getInputsToOp() != null
                        && op.getInputsToOp().stream().anyMatch(GraphDecoration::isOurs))
                .map(SameDiffOp::getName)
                .toList();
        if (!dependents.isEmpty()) {
            throw new IllegalStateException("cannot detach: ops " + dependents
                    + " of the graph consume variables under '" + PREFIX + "'; remove them first");
        }
        List<String> losses =
                sd.getLossVariables().stream().filter(GraphDecoration::isOurs).toList();
        if (!losses.isEmpty()) {
            throw new IllegalStateException("cannot detach: " + losses + " are still loss variables");
        }
        remove(sd, PREFIX);
    }

    /**
     * Removes all nodes of a scope, and the sessions and the gradient function that knew them. Nothing outside of the scope may
     * consume them, and none of them may be a loss variable any more.
     *
     * @param sd the graph; loses the nodes
     * @param scope the full name scope, as given to {@link #addUnder} outside of any other
     */
    public static void removeUnder(SameDiff sd, String scope) {
        remove(sd, scope + "/");
    }

    private static void remove(SameDiff sd, String prefix) {
        Set<String> ops = sd.getOps().keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .collect(Collectors.toSet());
        List<String> variables = sd.getVariables().keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .toList();
        ops.forEach(sd.getOps()::remove);
        for (String name : variables) {
            sd.getVariables().remove(name);
            sd.getConstantArrays().removeArray(name);
            sd.getVariablesArrays().removeArray(name);
        }
        sd.getVariables().values().forEach(variable -> forget(variable, ops));
        // Sessions cache op contexts by op name; a later decoration may use the names for other ops.
        sd.getSessions().clear();
        dropGradientFunction(sd);
    }

    private static void forget(Variable variable, Set<String> ops) {
        List<String> consumers = variable.getInputsForOp();
        if (consumers != null && consumers.stream().anyMatch(ops::contains)) {
            List<String> rest = new ArrayList<>(consumers);
            rest.removeIf(ops::contains);
            // SameDiff has no list, rather than an empty one, on a variable that nothing consumes.
            variable.setInputsForOp(rest.isEmpty() ? null : rest);
        }
    }

    private static void dropGradientFunction(SameDiff sd) {
        // setLossVariables is the one public call that drops the function; names stay, but for variables that are gone.
        sd.setLossVariables(
                sd.getLossVariables().stream().filter(sd::hasVariable).toArray(String[]::new));
    }

    /** Whether a name is under the prefix. */
    static boolean isOurs(String name) {
        return name.startsWith(PREFIX);
    }
}
