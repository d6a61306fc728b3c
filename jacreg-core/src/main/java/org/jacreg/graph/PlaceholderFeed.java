package org.jacreg.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
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

/** The placeholders that a model's output depends on, and small batches of values for them. */
final class PlaceholderFeed {

    private final SameDiff sd;
    private final Map<String, long[]> shapes;
    private final Set<String> filled;
    private final long fixedBatch;

    private PlaceholderFeed(SameDiff sd, Map<String, long[]> shapes, Set<String> filled, long fixedBatch) {
        this.sd = sd;
        this.shapes = shapes;
        this.filled = filled;
        this.fixedBatch = fixedBatch;
    }

    static PlaceholderFeed of(GraphModel model, long @Nullable [] inputShape) {
        return of(model, inputShape, false);
    }

    /** For gradients of a whole batch: every placeholder is filled, labels too. */
    static PlaceholderFeed ofWholeBatch(GraphModel model, String... alsoFed) {
        return of(model, null, true, alsoFed);
    }

    private static PlaceholderFeed of(
            GraphModel model, long @Nullable [] inputShape, boolean fillAll, String... alsoFed) {
        SameDiff sd = model.sameDiff();
        GraphStructure structure = new GraphStructure(sd);
        Map<String, long[]> shapes = new LinkedHashMap<>();
        List<String> fed = new ArrayList<>(List.of(alsoFed));
        fed.add(model.logits());
        for (String name : structure.placeholders(structure.ancestors(fed))) {
            long[] declared = sd.getVariable(name).placeholderShape();
            boolean isInput = model.inputs().contains(name);
            if (isInput && inputShape != null) {
                long batch = declared == null || declared.length == 0 ? -1 : declared[0];
                declared = new long[inputShape.length + 1];
                declared[0] = batch;
                System.arraycopy(inputShape, 0, declared, 1, inputShape.length);
            }
            shapes.put(name, requireKnown(name, declared, isInput));
        }
        Set<String> filled = fillAll ? Set.copyOf(shapes.keySet()) : placeholdersToFill(model, shapes);
        return new PlaceholderFeed(sd, shapes, filled, fixedBatch(model, shapes));
    }

    /** Where the input is computed, what it is computed from must not be zero. */
    private static Set<String> placeholdersToFill(GraphModel model, Map<String, long[]> shapes) {
        SameDiff sd = model.sameDiff();
        boolean given = model.inputs().stream()
                .allMatch(name -> sd.getVariable(name).getVariableType() == VariableType.PLACEHOLDER);
        return given ? Set.copyOf(model.inputs()) : Set.copyOf(shapes.keySet());
    }

    private static long fixedBatch(GraphModel model, Map<String, long[]> shapes) {
        long[] input = shapes.get(model.input());
        if (input != null && input.length > 0) {
            return input[0];
        }
        boolean open = shapes.values().stream().anyMatch(shape -> shape.length > 0 && shape[0] < 0);
        return open
                ? -1
                : shapes.values().stream()
                        .filter(shape -> shape.length > 0)
                        .mapToLong(shape -> shape[0])
                        .findFirst()
                        .orElse(1);
    }

    private static long[] requireKnown(String name, long @Nullable [] shape, boolean isInput) {
        boolean scalar = shape != null && shape.length == 0 && !isInput;
        boolean known = shape != null
                && (scalar || shape.length > 0)
                && Arrays.stream(shape).skip(1).allMatch(size -> size > 0);
        if (!known) {
            throw new IllegalArgumentException("placeholder '" + name + "' has shape " + Arrays.toString(shape)
                    + "; every axis but the first must be known. Declare it in sd.placeHolder(...)"
                    + (isInput ? " or give it with .inputShape(...)" : ""));
        }
        return Objects.requireNonNull(shape);
    }

    /** The batch size that the graph demands, or -1. */
    long fixedBatch() {
        return fixedBatch;
    }

    /** Fresh arrays. A dimension of -1 becomes the batch size. */
    Map<String, INDArray> batch(int size) {
        Map<String, INDArray> values = new LinkedHashMap<>();
        shapes.forEach((name, declared) -> {
            long[] shape = declared.clone();
            if (shape.length > 0 && shape[0] < 0) {
                shape[0] = size;
            }
            SDVariable variable = sd.getVariable(name);
            DataType type = variable.dataType();
            INDArray array = Nd4j.create(type, shape);
            if (filled.contains(name) && type.isFPType()) {
                fill(array);
            }
            values.put(name, array);
        });
        return values;
    }

    /** Moves sample 0 of everything that was filled. */
    void disturbFirstSample(Map<String, INDArray> fed) {
        fed.forEach((name, array) -> {
            if (filled.contains(name) && array.dataType().isFPType() && hasSamples(name)) {
                INDArray first = array.reshape('c', array.size(0), -1).slice(0);
                first.assign(first.mul(0.5).addi(0.25));
            }
        });
    }

    /** What is the same for all samples has no first one. */
    private boolean hasSamples(String name) {
        long[] declared = Objects.requireNonNull(shapes.get(name), name);
        return declared.length > 0 && (declared[0] < 0 || declared[0] == fixedBatch);
    }

    /** Values in (0, 1) from a generator of our own: ND4J's global one belongs to the user. */
    private static void fill(INDArray array) {
        Random random = new Random(20220601);
        INDArray flat = array.reshape(array.length());
        for (long i = 0; i < array.length(); i++) {
            flat.putScalar(i, 0.05 + 0.9 * random.nextDouble());
        }
    }
}
