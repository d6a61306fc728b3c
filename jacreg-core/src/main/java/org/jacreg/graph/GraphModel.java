package org.jacreg.graph;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * What is what in a SameDiff classifier: input, logits, label and loss, known by name.
 *
 * <p>{@link #of(SameDiff)} reads the names off the loss op; {@link #builder(SameDiff)} takes them where that is ambiguous.
 * The model refers to the user's graph and changes nothing in it.
 */
public final class GraphModel {

    private final SameDiff sd;
    private final List<String> inputs;
    private final String logits;
    private final @Nullable String label;
    private final List<String> lossVariables;
    private final List<GraphOp> path;

    GraphModel(
            SameDiff sd,
            List<String> inputs,
            String logits,
            @Nullable String label,
            List<String> lossVariables,
            List<GraphOp> path) {
        this.sd = sd;
        this.inputs = List.copyOf(inputs);
        this.logits = logits;
        this.label = label;
        this.lossVariables = List.copyOf(lossVariables);
        this.path = List.copyOf(path);
    }

    /**
     * Reads input, logits, label and loss off a graph.
     *
     * @param sd the graph; not modified
     * @return the model
     * @throws IllegalArgumentException if something is absent or ambiguous; the message lists the candidates and the call
     *     of {@link GraphModelBuilder} that settles it
     */
    public static GraphModel of(SameDiff sd) {
        return builder(sd).build();
    }

    /**
     * The part of a graph between arbitrary variables, whatever their kind, rank and type of batch; for gradients rather than
     * Jacobians of single samples.
     *
     * @param sd the graph; not modified
     * @param inputs placeholders, weights, constants or computed variables; at least one
     * @param output the variable that is differentiated
     * @return the model, without label and losses
     * @throws IllegalArgumentException if a variable is unknown or not floating point, or the output does not depend on an
     *     input
     */
    public static GraphModel between(SameDiff sd, List<String> inputs, String output) {
        return GraphModelBuilder.between(sd, inputs, output);
    }

    /**
     * Whether one variable depends on another through floating-point ops.
     *
     * @param sd the graph; not modified
     * @param output a variable of it
     * @param input another
     * @return true if there is a differentiable path, or the variables are the same
     */
    public static boolean depends(SameDiff sd, String output, String input) {
        return output.equals(input)
                || !new GraphStructure(sd).path(List.of(input), output).isEmpty();
    }

    /**
     * Whether one variable is computed from another, through ops of any type.
     *
     * @param sd the graph; not modified
     * @param output a variable of it
     * @param input another
     * @return true if there is a path, differentiable or not, or the variables are the same
     */
    public static boolean needs(SameDiff sd, String output, String input) {
        return new GraphStructure(sd).ancestors(List.of(output)).contains(input);
    }

    /**
     * Starts a model with some names given.
     *
     * @param sd the graph; not modified
     * @return a builder without names
     */
    public static GraphModelBuilder builder(SameDiff sd) {
        return new GraphModelBuilder(sd);
    }

    /**
     * The graph itself.
     *
     * @return the user's graph, not a copy
     */
    public SameDiff sameDiff() {
        return sd;
    }

    /**
     * The variable with respect to which Jacobians are taken: a placeholder, or a value computed inside the graph.
     *
     * @return its name; the first where there are several
     */
    public String input() {
        return inputs.get(0);
    }

    /**
     * The variables with respect to which Jacobians are taken.
     *
     * @return their names, at least one
     */
    public List<String> inputs() {
        return inputs;
    }

    /**
     * The variable whose Jacobian is taken, {@code [N, C]} or {@code [N, ...]}.
     *
     * @return its name
     */
    public String logits() {
        return logits;
    }

    /**
     * The placeholder that holds the labels.
     *
     * @return its name, or nothing in a graph without a known loss op
     */
    public Optional<String> label() {
        return Optional.ofNullable(label);
    }

    /**
     * The variables that the graph minimizes, as the user set them.
     *
     * @return their names; empty in a graph without a loss
     */
    public List<String> lossVariables() {
        return lossVariables;
    }

    /**
     * The ops on differentiable paths from input to logits.
     *
     * @return ops in topological order, never empty
     */
    public List<GraphOp> path() {
        return path;
    }
}
