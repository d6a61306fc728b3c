package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jacreg.runtime.reference.OpCall;
import org.jacreg.runtime.reference.Operand;
import org.jacreg.runtime.reference.Reference;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Operands for one use of an op, results to write to, and the comparison of what stands there afterwards. */
final class OpTrial {

    /** Numbers that are looked at in one result, and summands that may be added up for them. */
    private static final int MOST_ENTRIES = 600;

    private static final long MOST_TERMS = 400_000;

    private final OpUse use;
    private final Reference reference;
    private final SplittableRandom random;
    private final List<INDArray> inputs = new ArrayList<>();
    private final List<INDArray> outputs = new ArrayList<>();
    private final OpCall call;
    private final Map<Integer, Expected> expected = new HashMap<>();

    OpTrial(OpUse use, Reference reference, long seed) {
        this.use = use;
        this.reference = reference;
        this.random = new SplittableRandom(seed);
        List<Operand> operands = new ArrayList<>();
        for (int i = 0; i < use.inputs().size(); i++) {
            OpUse.Slot slot = use.inputs().get(i);
            INDArray array = slot.values().map(INDArray::dup).orElse(null);
            if (array == null) {
                boolean last = i == use.inputs().size() - 1;
                array = arrayOf(slot, drawn(slot, last));
            }
            inputs.add(array);
            operands.add(new Operand(valuesOf(array), slot.shape()));
        }
        for (OpUse.Slot slot : use.outputs()) {
            outputs.add(Nd4j.createUninitialized(slot.type(), slot.shape(), slot.order()));
        }
        this.call =
                use.call(operands, use.outputs().stream().map(OpUse.Slot::shape).toList());
    }

    private double[] drawn(OpUse.Slot slot, boolean last) {
        double[] values = new double[Math.toIntExact(slot.length())];
        if (last && reference.domain() == Reference.Domain.ONE_HOT_LAST && slot.shape().length > 0) {
            int classes = (int) slot.shape()[slot.shape().length - 1];
            for (int row = 0; row < values.length; row += classes) {
                values[row + random.nextInt(classes)] = 1;
            }
            return values;
        }
        double from = reference.domain() == Reference.Domain.POSITIVE ? 0.5 : -1;
        double width = reference.domain() == Reference.Domain.POSITIVE ? 1 : 2;
        Arrays.setAll(values, k -> from + width * random.nextDouble());
        return values;
    }

    private static INDArray arrayOf(OpUse.Slot slot, double[] values) {
        INDArray rowMajor = Nd4j.create(values, slot.shape(), 'c').castTo(slot.type());
        return slot.order() == 'c' ? rowMajor : rowMajor.dup(slot.order());
    }

    private static double[] valuesOf(INDArray array) {
        if (array.dataType() == DataType.UTF8) {
            return new double[0];
        }
        return array.isEmpty() ? new double[0] : array.dup('c').data().asDouble();
    }

    List<INDArray> inputs() {
        return inputs;
    }

    List<INDArray> outputs() {
        return outputs;
    }

    /** Leaves NaN where the op should write; true and -77 where there is no NaN. */
    void fillWithNaN() {
        for (INDArray output : outputs) {
            if (!output.isEmpty()) {
                output.assign(output.dataType().isFPType() ? Double.NaN : output.dataType() == DataType.BOOL ? 1 : -77);
            }
        }
    }

    /** Leaves numbers that an op may be tempted to add to. */
    void fillWithNumbers() {
        for (int o = 0; o < outputs.size(); o++) {
            INDArray output = outputs.get(o);
            if (output.dataType().isFPType() && !output.isEmpty()) {
                double[] values = new double[Math.toIntExact(output.length())];
                Arrays.setAll(values, k -> 3 + random.nextDouble());
                output.assign(arrayOf(use.outputs().get(o), values));
            }
        }
    }

    /**
     * Compares results with the reference.
     *
     * @return the largest difference, as a multiple of what rounding may account for, and where it is
     */
    Finding compare() {
        Finding worst = new Finding(0, "");
        for (int o = 0; o < Math.min(outputs.size(), reference.outputs()); o++) {
            Finding found = compare(o);
            if (found.error() > worst.error()) {
                worst = found;
            }
        }
        for (int i = 0; i < inputs.size(); i++) {
            double[] now = valuesOf(inputs.get(i));
            if (!Arrays.equals(now, call.in(i).values())) {
                return new Finding(Double.POSITIVE_INFINITY, "operand " + i + " has changed");
            }
        }
        return worst;
    }

    /**
     * The largest difference.
     *
     * @param error as a multiple of what rounding may account for
     * @param text the numbers
     */
    record Finding(double error, String text) {}

    private Finding compare(int output) {
        double[] actual = valuesOf(outputs.get(output));
        long[] shape = use.outputs().get(output).shape();
        Expected right = expected.computeIfAbsent(output, o -> expect(o, actual.length, shape));
        Finding worst = new Finding(0, "");
        for (int k = 0; k < right.places.length; k++) {
            int place = right.places[k];
            double difference = Math.abs(actual[place] - right.values[k]) / right.allowed;
            // NaN is as wrong as can be, and would lose every comparison.
            double error = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
            if (error > worst.error()) {
                String at = Arrays.toString(indexOf(place, shape));
                String text = "result " + output + " is " + actual[place] + " at " + at + " where " + right.values[k]
                        + " is right";
                worst = new Finding(error, text);
            }
        }
        return worst;
    }

    /** What should stand at some places of a result, the same for all runs. */
    private static final class Expected {

        private final int[] places;
        private final double[] values;
        private final double allowed;

        Expected(int[] places, double[] values, double allowed) {
            this.places = places;
            this.values = values;
            this.allowed = allowed;
        }
    }

    private Expected expect(int output, int length, long[] shape) {
        int[] places = places(length, reference.terms().of(call, output));
        double[] values = new double[places.length];
        double size = 1;
        for (int k = 0; k < places.length; k++) {
            values[k] = reference.entry().at(call, output, indexOf(places[k], shape));
            size = Math.max(size, Math.abs(values[k]));
        }
        return new Expected(places, values, allowance(output) * size);
    }

    /**
     * Rounding, relative to the largest result or to 1, since operands are of size 1: a random walk over the summands, and
     * some units for what computes a function by a polynomial. Where numbers are only moved or counted, nothing.
     */
    private double allowance(int output) {
        double unit = switch (use.outputs().get(output).type()) {
            case DOUBLE -> Math.ulp(1.0);
            case FLOAT -> Math.ulp(1.0f);
            case HALF -> 0x1p-10;
            case BFLOAT16 -> 0x1p-7;
            default -> 0x1p-60;
        };
        return unit * (32 + 4 * Math.sqrt((double) reference.terms().of(call, output)));
    }

    /** Places to look at: all, or the first, the last and some between. */
    private int[] places(int length, long terms) {
        int count = (int) Math.max(8, Math.min(MOST_ENTRIES, MOST_TERMS / Math.max(1, terms)));
        int[] places = new int[Math.min(count, length)];
        Arrays.setAll(places, k -> count >= length ? k : random.nextInt(length));
        if (count < length) {
            places[0] = 0;
            places[1] = length - 1;
        }
        return places;
    }

    private static int[] indexOf(int place, long[] shape) {
        int[] index = new int[shape.length];
        long rest = place;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            index[axis] = (int) (rest % shape[axis]);
            rest /= shape[axis];
        }
        return index;
    }
}
