package org.jacreg.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;

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
    private final PlaceholderFeed feed;
    private final Map<String, TensorSpec> specs;
    private final Map<String, long[]> shapesInSampleBatch;
    private final boolean perSample;

    private GraphProbe(
            GraphModel model,
            PlaceholderFeed feed,
            Map<String, TensorSpec> specs,
            Map<String, long[]> shapesInSampleBatch,
            boolean perSample) {
        this.model = model;
        this.feed = feed;
        this.shapesInSampleBatch = shapesInSampleBatch;
        this.specs = specs;
        this.perSample = perSample;
    }

    /**
     * Measures the shapes of everything on the path from input to logits, and that samples are independent.
     *
     * @param model the graph; not modified
     * @param inputShape shape of one sample without the batch axis, or null to take it from the placeholder
     * @return the measured shapes
     * @throws IllegalArgumentException if a shape is unknown, the graph cannot be evaluated, inputs or logits do not have the
     *     batch as their first axis, or one sample's logits depend on another sample
     */
    public static GraphProbe run(GraphModel model, long @Nullable [] inputShape) {
        GraphProbe probe = measure(model, PlaceholderFeed.of(model, inputShape), true);
        probe.requireBatchFirst("logits", model.logits(), ".logits(\"...\")");
        model.inputs().forEach(input -> probe.requireBatchFirst("input", input, ".input(\"...\")"));
        probe.requireIndependentSamples();
        return probe;
    }

    /**
     * Measures the shapes of everything on the path, where samples need not be independent: for the gradient of a loss over a
     * whole batch, by inputs or by weights.
     *
     * @param model the graph; not modified
     * @param alsoFed further variables whose placeholders {@link #sampleBatch()} is to hold
     * @return the measured shapes
     * @throws IllegalArgumentException if a shape is unknown or the graph cannot be evaluated
     */
    public static GraphProbe ofWholeBatch(GraphModel model, String... alsoFed) {
        return measure(model, PlaceholderFeed.ofWholeBatch(model, alsoFed), false);
    }

    private static GraphProbe measure(GraphModel model, PlaceholderFeed feed, boolean perSample) {
        boolean open = feed.fixedBatch() < 0;
        Set<String> names = namesOnPath(model);
        Map<String, TensorSpec> specs = new LinkedHashMap<>();
        Map<String, INDArray> first = evaluate(model, feed, open ? 2 : (int) feed.fixedBatch(), names);
        Map<String, INDArray> second = open ? evaluate(model, feed, 3, names) : first;
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
        return new GraphProbe(model, feed, specs, concrete, perSample);
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
            throw new IllegalArgumentException("variable '" + variable + "' is not on the path from " + model.inputs()
                    + " to '" + model.logits() + "'");
        }
        return spec;
    }

    /**
     * Whether every sample has a Jacobian of its own.
     *
     * @return true for {@link #run}, false for {@link #ofWholeBatch}
     */
    public boolean perSample() {
        return perSample;
    }

    /**
     * The number of classes.
     *
     * @return {@code C}, the number of outputs per sample
     */
    public int classes() {
        return (int) Arrays.stream(outputShape()).reduce(1, Math::multiplyExact);
    }

    /**
     * The shape of one sample's logits.
     *
     * @return without the batch axis, a fresh array: {@code [C]}, {@code []} for one number per sample, longer for sequences
     *     and images
     */
    public long[] outputShape() {
        return sampleShape(model.logits());
    }

    /**
     * The shape of one input.
     *
     * @return without the batch axis, a fresh array
     */
    public long[] inputShape() {
        return sampleShape(model.input());
    }

    /**
     * The shape of one sample of an input or output.
     *
     * @param variable a variable with the batch as its first axis
     * @return without the batch axis, a fresh array
     */
    public long[] sampleShape(String variable) {
        long[] shape = spec(variable).toArray();
        return Arrays.copyOfRange(shape, 1, shape.length);
    }

    /**
     * Whether copies of a batch can stand behind each other on the first axis all along the path, so that many
     * cotangents are propagated in one sweep.
     *
     * @return true if samples are independent, the batch size is open and the batch axis comes first in every variable that
     *     depends on it
     */
    public boolean stackable() {
        return perSample && feed.fixedBatch() < 0 && specs.values().stream().allMatch(spec -> spec.batchAxis() <= 0);
    }

    /**
     * Placeholder values on which the graph can be evaluated: the batch that served for measuring.
     *
     * @return fresh arrays by placeholder name, for two samples (or for the graph's own batch size where that is fixed)
     */
    public Map<String, INDArray> sampleBatch() {
        return feed.batch(sampleBatchSize());
    }

    /**
     * The number of samples in {@link #sampleBatch()}.
     *
     * @return 2, or the graph's own batch size where that is fixed
     */
    public int sampleBatchSize() {
        return feed.fixedBatch() < 0 ? 2 : (int) feed.fixedBatch();
    }

    /**
     * The batch size that the graph demands.
     *
     * @return the size, or -1 if any size will do
     */
    public long fixedBatch() {
        return feed.fixedBatch();
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

    private static Set<String> namesOnPath(GraphModel model) {
        Set<String> names = new LinkedHashSet<>(model.inputs());
        names.add(model.logits());
        for (GraphOp op : model.path()) {
            names.addAll(op.inputs());
            names.addAll(op.outputs());
        }
        return names;
    }

    private static Map<String, INDArray> evaluate(
            GraphModel model, PlaceholderFeed feed, int batch, Set<String> names) {
        SameDiff sd = model.sameDiff();
        Map<String, INDArray> fed = feed.batch(batch);
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
                    "the graph cannot be evaluated on a batch of " + batch + " samples: " + e.getMessage()
                            + ". If it takes one batch size only, declare that in sd.placeHolder(...)",
                    e);
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

    private void requireBatchFirst(String role, String name, String call) {
        TensorSpec spec = spec(name);
        boolean first =
                spec.rank() > 0 && (feed.fixedBatch() < 0 ? spec.batchAxis() == 0 : spec.dim(0) == feed.fixedBatch());
        long rows = first ? sizeInSampleBatch(name, 0) : sampleBatchSize();
        if (rows != sampleBatchSize()) {
            throw new IllegalArgumentException(role + " '" + name + "' has " + rows + " rows for " + sampleBatchSize()
                    + " samples; expected one row for each. Name a variable that has, with " + call
                    + ", or reshape it to [N, ...]");
        }
        if (!first) {
            throw new IllegalArgumentException(
                    role + " '" + name + "' must have the batch as first axis, [N, ...], but has "
                            + spec.dims() + " (-1 stands for the batch); name another variable with " + call
                            + ", reshape or permute");
        }
    }

    private void requireIndependentSamples() {
        int n = feed.fixedBatch() < 0 ? 3 : (int) feed.fixedBatch();
        if (n < 2) {
            return;
        }
        Map<String, INDArray> fed = feed.batch(n);
        INDArray before = logits(fed, n);
        feed.disturbFirstSample(fed);
        INDArray after = logits(fed, n);
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

    private INDArray logits(Map<String, INDArray> fed, int n) {
        return model.sameDiff().outputSingle(fed, model.logits()).dup('c').reshape('c', n, classes());
    }
}
