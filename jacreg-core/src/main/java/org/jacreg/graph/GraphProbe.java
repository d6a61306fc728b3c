package org.jacreg.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The shapes of a graph's variables, measured by evaluating it on two small batches.
 *
 * <p>SameDiff keeps no shapes for computed variables. Evaluating the forward graph at batch sizes 2 and 3 gives every
 * shape with certainty and shows which axis is the batch. The graph's structure and arrays are not touched.
 */
public final class GraphProbe {

    /*
     * Rows of the same batch are computed by the same kernels in the same order, so a row that does not depend on its
     * neighbour comes out equal up to the blocking of a matrix product: a few units in the last place of float32.
     */
    private static final double COUPLING_TOLERANCE = 1e-5;

    private final GraphModel model;
    private final Map<String, long[]> placeholderShapes;
    private final Map<String, TensorSpec> specs;
    private final Map<String, long[]> shapesInSampleBatch;
    private final long fixedBatch;

    private GraphProbe(
            GraphModel model,
            Map<String, long[]> placeholderShapes,
            Map<String, TensorSpec> specs,
            Map<String, long[]> shapesInSampleBatch,
            long fixedBatch) {
        this.model = model;
        this.placeholderShapes = placeholderShapes;
        this.shapesInSampleBatch = shapesInSampleBatch;
        this.specs = specs;
        this.fixedBatch = fixedBatch;
    }

    /**
     * Measures the shapes of everything on the path from input to logits.
     *
     * @param model the graph; not modified
     * @param inputShape shape of one sample without the batch axis, or null to take it from the placeholder
     * @return the measured shapes
     * @throws IllegalArgumentException if a shape is unknown, the graph cannot be evaluated, the logits are not
     *     {@code [N, C]}, or one sample's logits depend on another sample
     */
    public static GraphProbe run(GraphModel model, long @Nullable [] inputShape) {
        Map<String, long[]> shapes = placeholderShapes(model, inputShape);
        long batch = shapeOf(shapes, model.input())[0];
        Set<String> names = namesOnPath(model);
        Map<String, TensorSpec> specs = new LinkedHashMap<>();
        Map<String, INDArray> first = evaluate(model, shapes, batch < 0 ? 2 : (int) batch, names);
        Map<String, INDArray> second = batch < 0 ? evaluate(model, shapes, 3, names) : first;
        Map<String, long[]> concrete = new LinkedHashMap<>();
        first.forEach((name, array) -> {
            concrete.put(name, array.shape());
            specs.put(
                    name,
                    specOf(
                            model,
                            name,
                            array.shape(),
                            Objects.requireNonNull(second.get(name), name).shape()));
        });
        GraphProbe probe = new GraphProbe(model, shapes, specs, concrete, batch);
        probe.requireMatrixOfLogits();
        probe.requireIndependentSamples();
        return probe;
    }

    /**
     * What was measured of a variable.
     *
     * @param variable an input or output of an op on the path
     * @return its type and shape
     * @throws IllegalArgumentException if the variable is not on the path
     */
    public TensorSpec spec(String variable) {
        TensorSpec spec = specs.get(variable);
        if (spec == null) {
            throw new IllegalArgumentException("variable '" + variable + "' is not on the path from '" + model.input()
                    + "' to '" + model.logits() + "'");
        }
        return spec;
    }

    /**
     * The number of classes.
     *
     * @return {@code C}, the second axis of the logits
     */
    public int classes() {
        return (int) spec(model.logits()).dim(1);
    }

    /**
     * The shape of one input.
     *
     * @return without the batch axis, a fresh array
     */
    public long[] inputShape() {
        long[] shape = shapeOf(placeholderShapes, model.input());
        return Arrays.copyOfRange(shape, 1, shape.length);
    }

    /**
     * Whether copies of a batch can stand behind each other on the first axis all along the path, so that many
     * cotangents are propagated in one sweep.
     *
     * @return true if the batch size is open and the batch axis comes first in every variable that depends on it
     */
    public boolean stackable() {
        return fixedBatch < 0 && specs.values().stream().allMatch(spec -> spec.batchAxis() <= 0);
    }

    /**
     * Placeholder values on which the graph can be evaluated: the batch that served for measuring.
     *
     * @return fresh arrays by placeholder name, for two samples (or for the graph's own batch size where that is fixed)
     */
    public Map<String, INDArray> sampleBatch() {
        return feed(model, placeholderShapes, fixedBatch < 0 ? 2 : (int) fixedBatch);
    }

    /**
     * The number of samples in {@link #sampleBatch()}.
     *
     * @return 2, or the graph's own batch size where that is fixed
     */
    public int sampleBatchSize() {
        return fixedBatch < 0 ? 2 : (int) fixedBatch;
    }

    /**
     * The size of an axis in {@link #sampleBatch()}.
     *
     * @param variable an input or output of an op on the path
     * @param axis the axis
     * @return its size, where the batch axis is that of the sample batch
     */
    public long sizeInSampleBatch(String variable, int axis) {
        long[] shape = shapesInSampleBatch.get(variable);
        return shape == null ? spec(variable).dim(axis) : shape[axis];
    }

    private static long[] shapeOf(Map<String, long[]> shapes, String name) {
        return Objects.requireNonNull(shapes.get(name), name);
    }

    private static Set<String> namesOnPath(GraphModel model) {
        Set<String> names = new LinkedHashSet<>();
        names.add(model.input());
        for (GraphOp op : model.path()) {
            names.addAll(op.inputs());
            names.addAll(op.outputs());
        }
        return names;
    }

    private static Map<String, long[]> placeholderShapes(GraphModel model, long @Nullable [] inputShape) {
        SameDiff sd = model.sameDiff();
        GraphStructure structure = new GraphStructure(sd);
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (String name : structure.placeholders(structure.ancestors(List.of(model.logits())))) {
            long[] declared = sd.getVariable(name).placeholderShape();
            if (name.equals(model.input()) && inputShape != null) {
                long batch = declared == null || declared.length == 0 ? -1 : declared[0];
                declared = new long[inputShape.length + 1];
                declared[0] = batch;
                System.arraycopy(inputShape, 0, declared, 1, inputShape.length);
            }
            shapes.put(name, requireKnown(name, declared, name.equals(model.input())));
        }
        return shapes;
    }

    private static long[] requireKnown(String name, long @Nullable [] shape, boolean isInput) {
        boolean known = shape != null
                && shape.length > 0
                && Arrays.stream(shape).skip(1).allMatch(size -> size > 0);
        if (!known) {
            throw new IllegalArgumentException("placeholder '" + name + "' has shape " + Arrays.toString(shape)
                    + "; every axis but the first must be known. Declare it in sd.placeHolder(...)"
                    + (isInput ? " or give it with .inputShape(...)" : ""));
        }
        return Objects.requireNonNull(shape);
    }

    private static Map<String, INDArray> feed(GraphModel model, Map<String, long[]> shapes, int batch) {
        Map<String, INDArray> values = new LinkedHashMap<>();
        shapes.forEach((name, declared) -> {
            long[] shape = declared.clone();
            shape[0] = shape[0] < 0 ? batch : shape[0];
            DataType type = model.sameDiff().getVariable(name).dataType();
            INDArray array = Nd4j.create(type, shape);
            if (name.equals(model.input())) {
                fill(array);
            }
            values.put(name, array);
        });
        return values;
    }

    /** Values in (0, 1) from a generator of our own: ND4J's global one belongs to the user. */
    private static void fill(INDArray array) {
        Random random = new Random(20220601);
        INDArray flat = array.reshape(array.length());
        for (long i = 0; i < array.length(); i++) {
            flat.putScalar(i, 0.05 + 0.9 * random.nextDouble());
        }
    }

    private static Map<String, INDArray> evaluate(
            GraphModel model, Map<String, long[]> shapes, int batch, Set<String> names) {
        SameDiff sd = model.sameDiff();
        Map<String, INDArray> fed = feed(model, shapes, batch);
        Map<String, INDArray> result = new LinkedHashMap<>();
        List<String> computed = new ArrayList<>();
        for (String name : names) {
            SDVariable variable = sd.getVariable(name);
            VariableType type = variable.getVariableType();
            if (type == VariableType.ARRAY) {
                computed.add(name);
            } else if (type == VariableType.PLACEHOLDER) {
                result.put(name, fed.get(name));
            } else {
                result.put(name, variable.getArr());
            }
        }
        try {
            result.putAll(sd.output(fed, computed));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "the graph cannot be evaluated on a batch of " + batch + " samples: " + e.getMessage(), e);
        }
        return result;
    }

    private static TensorSpec specOf(GraphModel model, String name, long[] atTwo, long[] atThree) {
        List<Long> dims = new ArrayList<>();
        int open = 0;
        for (int axis = 0; axis < atTwo.length; axis++) {
            boolean fixed = atTwo[axis] == atThree[axis];
            open += fixed ? 0 : 1;
            dims.add(fixed ? atTwo[axis] : -1L);
        }
        if (open > 1) {
            throw new IllegalArgumentException("variable '" + name + "' has shape " + Arrays.toString(atTwo)
                    + " for 2 samples and " + Arrays.toString(atThree)
                    + " for 3: more than one axis depends on the batch size, so samples are coupled and have no Jacobian"
                    + " of their own");
        }
        return new TensorSpec(name, model.sameDiff().getVariable(name).dataType(), dims);
    }

    private void requireMatrixOfLogits() {
        TensorSpec spec = spec(model.logits());
        boolean matrix = spec.rank() == 2 && (fixedBatch < 0 ? spec.batchAxis() == 0 : spec.dim(0) == fixedBatch);
        if (!matrix) {
            throw new IllegalArgumentException("logits '" + model.logits() + "' must have shape [N, C], but have "
                    + spec.dims() + " (-1 stands for the batch); name others with .logits(\"...\") or reshape them");
        }
    }

    private void requireIndependentSamples() {
        int n = fixedBatch < 0 ? 3 : (int) fixedBatch;
        if (n < 2) {
            return;
        }
        Map<String, INDArray> fed = feed(model, placeholderShapes, n);
        INDArray before = logits(fed);
        INDArray first = Objects.requireNonNull(fed.get(model.input())).slice(0);
        first.assign(first.mul(0.5).addi(0.25));
        INDArray after = logits(fed);
        for (int row = 1; row < n; row++) {
            for (int c = 0; c < classes(); c++) {
                double old = before.getDouble(row, c);
                if (Math.abs(after.getDouble(row, c) - old) > COUPLING_TOLERANCE * (1 + Math.abs(old))) {
                    throw new IllegalArgumentException("the logits '" + model.logits() + "' of sample " + row
                            + " change when only sample 0 of the input changes, so samples are coupled (batch statistics"
                            + " or randomness?) and have no Jacobian of their own; use the graph's inference form");
                }
            }
        }
    }

    private INDArray logits(Map<String, INDArray> fed) {
        return model.sameDiff().outputSingle(fed, model.logits());
    }
}
