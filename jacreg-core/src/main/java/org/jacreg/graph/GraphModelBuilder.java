package org.jacreg.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;

/** Builds a {@link GraphModel}; every name that is not given is inferred. */
public final class GraphModelBuilder {

    private static final Set<String> NORMALISERS = Set.of("softmax", "sigmoid");

    private final SameDiff sd;
    private List<String> inputs = List.of();
    private @Nullable String logits;
    private @Nullable String label;
    private boolean lossRequired;

    GraphModelBuilder(SameDiff sd) {
        this.sd = sd;
    }

    /**
     * Names the input, or several.
     *
     * @param names floating-point placeholders, or variables that are computed inside the graph (the Jacobian at an inner
     *     layer); at least one
     * @return this
     */
    public GraphModelBuilder input(String... names) {
        if (names.length == 0 || Arrays.stream(names).distinct().count() != names.length) {
            throw new IllegalArgumentException("name at least one input, each once; got " + Arrays.toString(names));
        }
        this.inputs = List.of(names);
        return this;
    }

    /**
     * Names the output whose Jacobian is taken.
     *
     * @param name a variable of shape {@code [N, C]}, or {@code [N, ...]} for sequences and images
     * @return this
     */
    public GraphModelBuilder logits(String name) {
        this.logits = name;
        return this;
    }

    /**
     * Names the label placeholder.
     *
     * @param name a placeholder
     * @return this
     */
    public GraphModelBuilder label(String name) {
        this.label = name;
        return this;
    }

    /**
     * Makes a graph without a loss an error.
     *
     * @return this
     */
    public GraphModelBuilder requireLoss() {
        this.lossRequired = true;
        return this;
    }

    /**
     * Checks the names and infers the missing ones.
     *
     * @return the model
     * @throws IllegalArgumentException if a name is unknown or of the wrong kind, if something cannot be inferred, or if
     *     the logits do not depend on the input
     */
    public GraphModel build() {
        GraphStructure structure = new GraphStructure(sd);
        List<String> losses = lossVariables();
        if (lossRequired && losses.isEmpty()) {
            throw new IllegalArgumentException(
                    "the graph has no loss variable; mark one with sd.setLossVariables(\"name\")"
                            + " or loss.markAsLoss(). Candidates (results nothing consumes): " + structure.leaves());
        }
        List<GraphOp> lossOps = lossOps(structure, losses);
        String output = logits == null ? inferLogits(structure, losses, lossOps) : checkedLogits(logits);
        List<String> in = inputs.isEmpty() ? List.of(inferInput(structure, output)) : inputs;
        in.forEach(this::checkInput);
        String target = label == null ? inferLabel(structure, lossOps, output, in) : checkedLabel(label);
        List<GraphOp> path = structure.path(in, output);
        for (String name : in) {
            if (structure.path(List.of(name), output).isEmpty()) {
                throw new IllegalArgumentException("logits '" + output + "' do not depend on input '" + name
                        + "' through floating-point ops, so their Jacobian is zero; name others with .input(\"...\") and"
                        + " .logits(\"...\")");
            }
        }
        return new GraphModel(sd, in, output, target, losses, path);
    }

    static GraphModel between(SameDiff sd, List<String> inputs, String output) {
        GraphModelBuilder checks = new GraphModelBuilder(sd);
        GraphStructure structure = new GraphStructure(sd);
        checks.requireFloatingPoint("output", output);
        for (String name : inputs) {
            checks.requireFloatingPoint("variable", name);
            if (!name.equals(output) && structure.path(List.of(name), output).isEmpty()) {
                throw new IllegalArgumentException("'" + output + "' does not depend on '" + name
                        + "' through floating-point ops, so its gradient is zero");
            }
        }
        return new GraphModel(sd, inputs, output, null, List.of(), structure.path(inputs, output));
    }

    private void requireFloatingPoint(String role, String name) {
        requireVariable(role, name);
        if (!sd.getVariable(name).dataType().isFPType()) {
            throw new IllegalArgumentException(
                    role + " '" + name + "' must be floating point to be differentiated, but is "
                            + sd.getVariable(name).dataType());
        }
    }

    private List<String> lossVariables() {
        if (!sd.getLossVariables().isEmpty()) {
            return sd.getLossVariables();
        }
        TrainingConfig config = sd.getTrainingConfig();
        return config == null || config.getLossVariables() == null ? List.of() : config.getLossVariables();
    }

    private static List<GraphOp> lossOps(GraphStructure structure, List<String> losses) {
        Set<String> ancestors = structure.ancestors(losses);
        return structure.sorted().stream()
                .filter(op -> op.outputs().stream().anyMatch(ancestors::contains))
                .filter(op -> LossOp.of(op).isPresent())
                .toList();
    }

    private String inferLogits(GraphStructure structure, List<String> losses, List<GraphOp> lossOps) {
        if (lossOps.size() == 1) {
            GraphOp op = lossOps.get(0);
            LossOp loss = LossOp.of(op).orElseThrow();
            String predictions = loss.predictionsOf(op);
            Optional<GraphOp> normaliser = structure
                    .producer(predictions)
                    .filter(producer -> loss.takesProbabilities() && NORMALISERS.contains(producer.opName()));
            return normaliser.map(producer -> producer.inputs().get(0)).orElse(predictions);
        }
        List<String> candidates = new ArrayList<>();
        if (lossOps.isEmpty()) {
            List<String> leaves = structure.leaves();
            if (losses.isEmpty() && leaves.size() == 1) {
                return leaves.get(0);
            }
            candidates.addAll(losses.isEmpty() ? leaves : outputsFeeding(structure, losses));
        } else {
            lossOps.forEach(op -> candidates.add(LossOp.of(op).orElseThrow().predictionsOf(op)));
        }
        String why = lossOps.isEmpty()
                ? "no known loss op leads to " + losses
                : lossOps.size() + " loss ops lead to " + losses;
        throw new IllegalArgumentException("cannot tell which variable holds the logits: " + why
                + ". Choose one with .logits(\"name\"); candidates: " + candidates);
    }

    private static List<String> outputsFeeding(GraphStructure structure, List<String> losses) {
        Set<String> ancestors = structure.ancestors(losses);
        return structure.sorted().stream()
                .flatMap(op -> op.outputs().stream())
                .filter(ancestors::contains)
                .filter(name -> !losses.contains(name))
                .toList();
    }

    private String inferInput(GraphStructure structure, String output) {
        List<String> candidates = structure.placeholders(structure.ancestors(List.of(output))).stream()
                .filter(name -> sd.getVariable(name).dataType().isFPType())
                .toList();
        if (candidates.size() == 1) {
            return candidates.get(0);
        }
        if (candidates.isEmpty()) {
            throw new IllegalArgumentException("logits '" + output
                    + "' do not depend on any floating-point placeholder; placeholders of the graph: " + sd.inputs()
                    + ". For integer inputs take the embedding's output as the input: .input(\"name\")");
        }
        throw new IllegalArgumentException("logits '" + output + "' depend on " + candidates.size()
                + " floating-point placeholders: " + candidates + ". Choose the one to differentiate by with"
                + " .input(\"" + candidates.get(0) + "\")");
    }

    private @Nullable String inferLabel(
            GraphStructure structure, List<GraphOp> lossOps, String output, List<String> in) {
        List<GraphOp> onOutput = lossOps.stream()
                .filter(op -> structure
                        .ancestors(List.of(LossOp.of(op).orElseThrow().predictionsOf(op)))
                        .contains(output))
                .toList();
        Set<String> behindLabels = new TreeSet<>();
        onOutput.forEach(op -> behindLabels.addAll(
                structure.ancestors(List.of(LossOp.of(op).orElseThrow().labelsOf(op)))));
        List<String> candidates = structure.placeholders(behindLabels).stream()
                .filter(name -> !in.contains(name))
                .toList();
        if (candidates.size() > 1) {
            throw new IllegalArgumentException(
                    "the losses on '" + output + "' take their labels from several placeholders: " + candidates
                            + ". Choose one with .label(\"name\")");
        }
        return candidates.isEmpty() ? null : candidates.get(0);
    }

    private String checkedLogits(String name) {
        requireVariable("logits", name);
        if (!sd.getVariable(name).dataType().isFPType()) {
            throw new IllegalArgumentException("logits '" + name + "' must be floating point, but are "
                    + sd.getVariable(name).dataType());
        }
        return name;
    }

    private void checkInput(String name) {
        requireVariable("input", name);
        SDVariable variable = sd.getVariable(name);
        VariableType type = variable.getVariableType();
        if (type != VariableType.PLACEHOLDER && type != VariableType.ARRAY) {
            throw new IllegalArgumentException("input '" + name
                    + "' must be a placeholder or a variable computed in the graph, but is a " + type
                    + ", which has no samples; placeholders: " + sd.inputs());
        }
        if (!variable.dataType().isFPType()) {
            throw new IllegalArgumentException("input '" + name + "' must be floating point to have a Jacobian, but is "
                    + variable.dataType() + "; for integer inputs take the embedding's output as the input");
        }
    }

    private String checkedLabel(String name) {
        requireVariable("label", name);
        requirePlaceholder("label", name);
        return name;
    }

    private void requirePlaceholder(String role, String name) {
        if (sd.getVariable(name).getVariableType() != VariableType.PLACEHOLDER) {
            throw new IllegalArgumentException(role + " '" + name + "' must be a placeholder, but is a "
                    + sd.getVariable(name).getVariableType() + "; placeholders: " + sd.inputs());
        }
    }

    private void requireVariable(String role, String name) {
        if (!sd.hasVariable(name)) {
            throw new IllegalArgumentException("the graph has no variable '" + name + "' to serve as " + role
                    + "; its placeholders: " + sd.inputs() + ", its outputs: " + new GraphStructure(sd).leaves());
        }
    }
}
