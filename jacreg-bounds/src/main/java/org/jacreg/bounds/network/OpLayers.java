package org.jacreg.bounds.network;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphOp;
import org.jacreg.graph.GraphProbe;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Single ops of a graph as layers, for graphs that are no sequence of layers; {@link LayeredNetwork} reads those that are.
 */
public final class OpLayers {

    private final GraphModel model;
    private final GraphProbe probe;
    private final Set<String> data = new LinkedHashSet<>();
    private final GraphParameters parameters;
    private final OpReader reader;

    /**
     * Prepares to read a graph.
     *
     * @param model the graph; not modified
     * @param probe its shapes
     */
    public OpLayers(GraphModel model, GraphProbe probe) {
        this.model = model;
        this.probe = probe;
        data.addAll(model.inputs());
        model.path().forEach(op -> data.addAll(op.outputs()));
        this.parameters = new GraphParameters(model, probe, data);
        this.reader = new OpReader(probe, parameters, data);
    }

    /**
     * The inputs of an op that depend on the sample.
     *
     * @param op an op of the graph
     * @return their names, in order, one that is read twice also twice
     */
    public List<String> dataInputs(GraphOp op) {
        return op.inputs().stream().filter(data::contains).toList();
    }

    /**
     * An op of one sample-dependent input as layers one behind another.
     *
     * @param op an op on the path from input to logits
     * @return the layers, none where the op leaves the numbers and their order as they are, or the reason why it is none
     */
    public OpReading read(GraphOp op) {
        for (String name : op.inputs()) {
            if (!data.contains(name)) {
                String doubt = doubtAbout(name);
                if (doubt != null) {
                    return OpReading.refused(doubt);
                }
            }
        }
        try {
            return new OpReading(reader.read(op), "");
        } catch (UnreadableOp e) {
            return OpReading.refused(String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            return OpReading.refused("it is no layer: " + e.getMessage());
        }
    }

    /** Why a variable is no parameter, although its shape is that of one; null if it is one. */
    private @Nullable String doubtAbout(String name) {
        SDVariable variable = model.sameDiff().getVariable(name);
        if (GraphModel.needs(model.sameDiff(), name, model.input())) {
            return "'" + name + "' depends on the sample in a way that has no derivative";
        }
        if (variable.getVariableType() == VariableType.ARRAY) {
            Map<String, INDArray> fed = Map.copyOf(probe.sampleBatch());
            if (!model.sameDiff()
                    .outputSingle(fed, name)
                    .equals(model.sameDiff().outputSingle(fed, name))) {
                return "'" + name + "' changes from one evaluation to the next";
            }
        }
        return null;
    }

    /**
     * A weight, a constant, or what is computed of them alone.
     *
     * @param name its name
     * @return its value in its own type; not to be modified
     * @throws IllegalArgumentException if it depends on the sample or changes from one evaluation to the next
     */
    public INDArray parameter(String name) {
        String doubt = data.contains(name) ? "'" + name + "' depends on the sample" : doubtAbout(name);
        if (doubt != null) {
            throw new IllegalArgumentException(doubt);
        }
        try {
            return parameters.ofOwnType(name);
        } catch (UnreadableOp e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * A parameter as it broadcasts against a sample.
     *
     * @param name its name
     * @param sampleShape the shape of a sample
     * @return one number for every number of the sample, row-major, a fresh array
     * @throws IllegalArgumentException if it is none or does not broadcast
     */
    public double[] spread(String name, int[] sampleShape) {
        parameter(name);
        try {
            return parameters.spread(
                    name, Arrays.stream(sampleShape).asLongStream().toArray());
        } catch (UnreadableOp e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * The largest absolute value of a parameter.
     *
     * @param name a weight, a constant, or what is computed of them alone
     * @return its value
     */
    public double largest(String name) {
        return Arrays.stream(parameters.numbers(name)).map(Math::abs).max().orElse(0);
    }

    /** What is done with one entry of a matrix. */
    @FunctionalInterface
    public interface Entry {
        /**
         * Takes an entry.
         *
         * @param output its row
         * @param input its column
         * @param weight its value
         */
        void at(int output, int input, double weight);
    }

    /**
     * Goes through the entries of a convolution's matrix that are not zero.
     *
     * @param convolution the layer
     * @param entry what to do
     */
    public static void forEachEntry(Convolution convolution, Entry entry) {
        convolution.forEachWeight(entry::at);
    }

    /**
     * The inputs under every window of a pooling.
     *
     * @param pooling the layer
     * @return for every output the indices of its inputs, fresh arrays
     */
    public static int[][] windows(Pooling pooling) {
        int[][] windows = new int[pooling.outputs()][];
        Arrays.setAll(windows, pooling::window);
        return windows;
    }

    /**
     * The weight of every input in a mean.
     *
     * @param pooling a layer that takes means
     * @param window the inputs under one of its windows
     * @return the weight
     */
    public static double meanWeight(Pooling pooling, int[] window) {
        return pooling.weight(window.length);
    }
}
