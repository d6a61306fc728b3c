package org.jacreg.graph;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jacreg.report.Fingerprint;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseOp;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.ScalarOp;

/**
 * What a graph is known by again: a hash of everything that its logits are computed from. That is ops with their arguments, how they are
 * wired, and the types, shapes and values of constants and weights. Names do not matter, nor does what the logits do not need: labels,
 * losses, penalties.
 */
public final class GraphFingerprint {

    private final GraphModel model;
    private final Map<String, String> hashes = new HashMap<>();

    private GraphFingerprint(GraphModel model) {
        this.model = model;
    }

    /**
     * Hashes a graph with its present weights.
     *
     * @param model the graph; not modified
     * @return the SHA-256, 64 hexadecimal digits
     */
    public static String of(GraphModel model) {
        return new GraphFingerprint(model).hash();
    }

    private String hash() {
        GraphStructure structure = new GraphStructure(model.sameDiff());
        Set<String> needed = structure.ancestors(java.util.List.of(model.logits()));
        for (GraphOp op : structure.sorted()) {
            if (op.outputs().stream().anyMatch(needed::contains)) {
                String hash = hash(op);
                for (int k = 0; k < op.outputs().size(); k++) {
                    hashes.put(
                            op.outputs().get(k),
                            new Fingerprint().add(hash).add(k).hex());
                }
            }
        }
        return hashOf(model.logits());
    }

    private String hash(GraphOp op) {
        Fingerprint fingerprint = new Fingerprint().add(op.opName());
        addArguments(op.function(), fingerprint);
        op.inputs().forEach(input -> fingerprint.add(hashOf(input)));
        return fingerprint.hex();
    }

    private static void addArguments(DifferentialFunction function, Fingerprint fingerprint) {
        if (function instanceof DynamicCustomOp op) {
            fingerprint.add(Arrays.toString(op.iArgs())).add(Arrays.toString(op.tArgs()));
            fingerprint.add(Arrays.toString(op.bArgs())).add(Arrays.toString(op.dArgs()));
        }
        if (function instanceof BaseOp op) {
            fingerprint.add(Arrays.toString(op.extraArgs()));
        }
        if (function instanceof ScalarOp op) {
            addArray(op.scalar(), fingerprint);
        }
        if (function instanceof BaseReduceOp op) {
            fingerprint.add(Arrays.toString(op.getDimensions())).add(op.isKeepDims() ? 1 : 0);
        }
    }

    private String hashOf(String name) {
        return hashes.computeIfAbsent(name, this::leaf);
    }

    private String leaf(String name) {
        int place = model.inputs().indexOf(name);
        if (place >= 0) {
            return "input " + place;
        }
        SDVariable variable = model.sameDiff().getVariable(name);
        Fingerprint fingerprint =
                new Fingerprint().add(variable.getVariableType().name());
        if (variable.isPlaceHolder()) {
            fingerprint.add(name);
        } else {
            addArray(variable.getArr(), fingerprint);
        }
        return fingerprint.hex();
    }

    private static void addArray(@Nullable INDArray array, Fingerprint fingerprint) {
        if (array == null) {
            fingerprint.add("none");
        } else {
            fingerprint.add(array.dataType().name()).add(Arrays.toString(array.shape()));
            fingerprint.add(
                    array.isEmpty()
                            ? new double[0]
                            : array.castTo(DataType.DOUBLE).dup('c').data().asDouble());
        }
    }
}
