package org.jacreg.bounds.certify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Reads ops that are known to move numbers, or to be linear, by running them: what they do is then what ND4J does, whatever their
 * arguments mean.
 *
 * <p>An op that moves numbers is given numbers that tell where they stand, and shows where it puts them; a second run with other numbers
 * tells those that it moves from those that it puts in itself. A linear op is given unit vectors.
 */
final class ExecutedOps {

    /** Numbers in an array at a time, at most. */
    private static final int NUMBERS = 1 << 21;

    private ExecutedOps() {}

    /** An op that moves the numbers of one or more values; one node for every output. */
    static int[] moved(OpContext context) {
        List<String> data = context.dataInputs();
        int batch = context.probe().sampleBatchSize();
        List<INDArray> places = new ArrayList<>();
        List<INDArray> others = new ArrayList<>();
        long total = 0;
        long[] starts = new long[data.size() + 1];
        for (int k = 0; k < data.size(); k++) {
            long length = (long) batch * size(context.sampleShape(data.get(k)));
            starts[k + 1] = starts[k] + length;
            total += length;
        }
        for (int k = 0; k < data.size(); k++) {
            double[] numbers = new double[(int) (starts[k + 1] - starts[k])];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = starts[k] + i + 1;
            }
            places.add(Nd4j.createFromArray(numbers).reshape('c', withBatch(batch, context.sampleShape(data.get(k)))));
            others.add(places.get(k).add(total));
        }
        INDArray[] first = run(context, places, 1);
        INDArray[] second = run(context, others, 1);
        int[] nodes = new int[first.length];
        for (int o = 0; o < nodes.length; o++) {
            String output = context.op().outputs().get(o);
            nodes[o] = node(context, output, starts, total, numbers(first[o], batch), numbers(second[o], batch));
        }
        return nodes;
    }

    /** Where the numbers of one output come from, the same for every sample. */
    private static int node(
            OpContext context, String output, long[] starts, long total, double[][] first, double[][] second) {
        int size = first[0].length;
        int[] from = new int[size];
        int[] at = new int[size];
        double[] constant = new double[size];
        for (int n = 0; n < first.length; n++) {
            for (int i = 0; i < size; i++) {
                boolean moves = second[n][i] == first[n][i] + total && first[n][i] == Math.rint(first[n][i]);
                if (!moves && second[n][i] != first[n][i]) {
                    throw new Obstacle("it computes where it is expected to move numbers");
                }
                int slot = moves ? slot(starts, (long) first[n][i] - 1) : -1;
                long length = moves ? (starts[slot + 1] - starts[slot]) / first.length : 1;
                long place = moves ? (long) first[n][i] - 1 - starts[slot] - n * length : 0;
                double number = moves ? 0 : first[n][i];
                boolean same = n == 0 || (from[i] == slot && at[i] == place && constant[i] == number);
                if (place < 0 || place >= length || !same) {
                    throw new Obstacle("it mixes samples, or treats them in different ways");
                }
                from[i] = slot;
                at[i] = (int) place;
                constant[i] = number;
            }
        }
        int[] nodes = context.dataInputs().stream().mapToInt(context::node).toArray();
        if (nodes.length > 1) {
            if (Arrays.stream(from).anyMatch(slot -> slot < 0)) {
                throw new Obstacle("it joins sample-dependent values and numbers of its own");
            }
            return context.builder().put(new JoinNode(output, nodes, from, at));
        }
        return context.builder().linear(output, nodes[0], selection(context, from, at), constant);
    }

    private static LinearMap selection(OpContext context, int[] from, int[] at) {
        int inputs = size(context.sampleShape(context.dataInputs().get(0)));
        if (Arrays.stream(from).allMatch(slot -> slot == 0)) {
            return SparseMap.selection(inputs, at);
        }
        SparseMap.Builder map = new SparseMap.Builder(at.length, inputs);
        for (int i = 0; i < at.length; i++) {
            if (from[i] == 0) {
                map.add(i, at[i], 1);
            }
        }
        return map.build();
    }

    private static int slot(long[] starts, long place) {
        int slot = 0;
        while (slot + 2 < starts.length && starts[slot + 1] <= place) {
            slot++;
        }
        return slot;
    }

    /**
     * A linear op of one sample-dependent value, of whose matrix every entry is one entry of its second operand, or zero. The third operand,
     * where there is one, is a bias.
     */
    static int linear(OpContext context) {
        if (context.dataInputs().size() != 1) {
            throw new Obstacle("no rule is known for it with the sample-dependent inputs " + context.dataInputs());
        }
        String input = context.dataInputs().get(0);
        int[] shape = context.sampleShape(input);
        int inputs = size(shape);
        int outputs = size(context.sampleShape(context.name()));
        boolean fixed = context.probe().fixedBatch() >= 0;
        int batch = fixed
                ? context.probe().sampleBatchSize()
                : Math.max(1, Math.min(inputs, NUMBERS / Math.max(inputs, outputs)));
        double[] bias =
                numbers(run(context, List.of(Nd4j.zeros(DataType.DOUBLE, withBatch(batch, shape))), 1)[0], batch)[0];
        SparseMap.Builder map = new SparseMap.Builder(outputs, inputs);
        for (int from = 0; from < inputs; from += batch) {
            INDArray units = Nd4j.zeros(DataType.DOUBLE, batch, inputs);
            for (int n = 0; n < Math.min(batch, inputs - from); n++) {
                units.putScalar(n, from + n, 1);
            }
            double[][] columns =
                    numbers(run(context, List.of(units.reshape('c', withBatch(batch, shape))), 0)[0], batch);
            for (int n = 0; n < Math.min(batch, inputs - from); n++) {
                for (int i = 0; i < outputs; i++) {
                    if (columns[n][i] != 0) {
                        map.add(i, from + n, columns[n][i]);
                    }
                }
            }
        }
        return context.builder().linear(context.name(), context.node(input), map.build(), bias);
    }

    /** The op on other data, in float64, its bias multiplied by a factor. */
    private static INDArray[] run(OpContext context, List<INDArray> data, int biasFactor) {
        if (!(context.op().function() instanceof DynamicCustomOp op)) {
            throw new Obstacle("it is of an unknown form, "
                    + context.op().function().getClass().getSimpleName());
        }
        DynamicCustomOp copy = DynamicCustomOp.builder(op.opName()).build();
        int next = 0;
        List<String> inputs = context.op().inputs();
        for (int k = 0; k < inputs.size(); k++) {
            if (context.dataInputs().contains(inputs.get(k))) {
                copy.addInputArgument(data.get(next++));
            } else {
                INDArray parameter = inFloat64(context.layers().parameter(inputs.get(k)));
                copy.addInputArgument(k < 2 || biasFactor == 1 ? parameter : parameter.mul(biasFactor));
            }
        }
        copy.addTArgument(op.tArgs());
        copy.addIArgument(op.iArgs());
        copy.addBArgument(op.bArgs());
        try {
            return Nd4j.exec(copy);
        } catch (RuntimeException e) {
            throw new Obstacle("it does not run by itself: " + e.getMessage());
        }
    }

    private static INDArray inFloat64(INDArray value) {
        return value.dataType().isFPType() ? value.castTo(DataType.DOUBLE) : value;
    }

    private static double[][] numbers(INDArray output, int batch) {
        if (output.rank() < 1 || output.size(0) != batch) {
            throw new Obstacle("its output does not have the batch as its first axis");
        }
        return output.dup('c').reshape('c', batch, output.length() / batch).toDoubleMatrix();
    }

    private static long[] withBatch(int batch, int[] sampleShape) {
        long[] shape = new long[sampleShape.length + 1];
        shape[0] = batch;
        for (int axis = 0; axis < sampleShape.length; axis++) {
            shape[axis + 1] = sampleShape[axis];
        }
        return shape;
    }

    private static int size(int[] shape) {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
}
