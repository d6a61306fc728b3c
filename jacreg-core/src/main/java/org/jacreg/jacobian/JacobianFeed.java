package org.jacreg.jacobian;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.jacreg.graph.InputCheck;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The placeholders that a Jacobian depends on, and the check of what a caller feeds them. */
final class JacobianFeed {

    /** A placeholder; -1 on its first axis stands for the batch. */
    private record Slot(TensorSpec spec, boolean differentiated) {

        String name() {
            return spec.name();
        }

        boolean batched() {
            return spec.batchAxis() == 0;
        }

        String role() {
            return (differentiated ? "input '" : "placeholder '") + name() + "'";
        }
    }

    /**
     * Values of one batch, checked and of the placeholders' types.
     *
     * @param size the number of samples
     * @param values by placeholder; views or the caller's own arrays, not to be modified
     * @param perSample the placeholders whose first axis is the batch
     */
    record Batch(long size, Map<String, INDArray> values, Set<String> perSample) {

        Batch slice(long from, long to) {
            if (from == 0 && to == size) {
                return this;
            }
            Map<String, INDArray> part = new LinkedHashMap<>(values);
            part.replaceAll(
                    (name, array) -> perSample.contains(name) ? array.get(NDArrayIndex.interval(from, to)) : array);
            return new Batch(to - from, part, perSample);
        }
    }

    private final Map<String, Slot> slots = new TreeMap<>();
    private final Set<String> others = new LinkedHashSet<>();
    private final List<String> inputs;
    private final long fixedBatch;

    private JacobianFeed(List<String> inputs, long fixedBatch) {
        this.inputs = inputs;
        this.fixedBatch = fixedBatch;
    }

    static JacobianFeed of(GraphModel model, GraphProbe probe) {
        SameDiff sd = model.sameDiff();
        JacobianFeed feed = new JacobianFeed(model.inputs(), probe.fixedBatch());
        feed.others.addAll(sd.inputs());
        probe.sampleBatch().forEach((name, array) -> {
            long[] declared = sd.getVariable(name).placeholderShape();
            long[] shape = array.shape().clone();
            boolean open = declared == null || (declared.length > 0 && declared[0] < 0);
            if (open && probe.fixedBatch() < 0) {
                shape[0] = -1;
            }
            boolean differentiated = model.inputs().contains(name);
            feed.slots.put(
                    name,
                    new Slot(
                            new TensorSpec(
                                    name,
                                    array.dataType(),
                                    LongStream.of(shape).boxed().toList()),
                            differentiated));
            feed.others.remove(name);
        });
        return feed;
    }

    /** The placeholders that have to be fed. */
    Set<String> names() {
        return slots.keySet();
    }

    /** A batch for graphs with one placeholder, and one input. */
    Batch single(INDArray x, String call) {
        if (slots.size() != 1 || inputs.size() != 1) {
            throw new IllegalArgumentException("the Jacobian by " + inputs + " depends on the placeholders " + names()
                    + "; give them all by name: " + call + "(Map.of(...))");
        }
        return check(Map.of(names().iterator().next(), x));
    }

    Batch check(Map<String, INDArray> given) {
        for (String name : given.keySet()) {
            if (!slots.containsKey(name) && !others.contains(name)) {
                throw new IllegalArgumentException(
                        "the graph has no placeholder '" + name + "'; wanted are values for " + names());
            }
        }
        Map<String, INDArray> values = new LinkedHashMap<>();
        Set<String> perSample = new LinkedHashSet<>();
        long size = fixedBatch;
        for (Slot slot : slots.values()) {
            INDArray array = given.get(slot.name());
            if (array == null) {
                throw new IllegalArgumentException(
                        "no value for placeholder '" + slot.name() + "'; wanted are values for " + names());
            }
            size = requireShape(slot, array, size);
            // SameDiff of ND4J 1.0.0-M2.1 closes arrays that it has to cast itself; they are the caller's.
            INDArray value = array.castTo(slot.spec().dataType());
            requireNumbers(slot, value);
            values.put(slot.name(), value);
            if (slot.batched()) {
                perSample.add(slot.name());
            }
        }
        return new Batch(size, values, perSample);
    }

    private static long requireShape(Slot slot, INDArray array, long size) {
        long[] shape = array.shape();
        long[] wanted = slot.spec().toArray();
        if (slot.batched() && size > 0) {
            wanted[0] = size;
        }
        boolean fits = shape.length == wanted.length;
        for (int axis = 0; fits && axis < wanted.length; axis++) {
            fits = wanted[axis] < 0 ? shape[axis] > 0 : shape[axis] == wanted[axis];
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    slot.role() + " has shape " + Arrays.toString(shape) + "; expected " + describe(slot, wanted));
        }
        return slot.batched() ? shape[0] : size;
    }

    private static String describe(Slot slot, long[] wanted) {
        if (wanted.length == 0) {
            return "a scalar";
        }
        boolean sizeOfSample = slot.batched() || slot.differentiated();
        String rest = Arrays.toString(Arrays.copyOfRange(wanted, 1, wanted.length));
        String sample = rest.equals("[]") ? "]" : ", " + rest.substring(1);
        return sizeOfSample
                ? "[N" + sample + (wanted[0] < 0 ? " with N >= 1" : " with N = " + wanted[0])
                : Arrays.toString(wanted);
    }

    /** An attention mask may hold infinities. Nothing may hold NaN. A large float64 is infinite as a float32. */
    private static void requireNumbers(Slot slot, INDArray value) {
        if (!value.dataType().isFPType()) {
            return;
        }
        if (slot.differentiated()) {
            InputCheck.finite(slot.role(), value);
        } else if (value.isNaN().any()) {
            throw new IllegalArgumentException(slot.role() + " holds NaN; remove or replace it first");
        }
    }
}
