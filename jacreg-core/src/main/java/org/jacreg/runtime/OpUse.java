package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jacreg.runtime.reference.OpCall;
import org.jacreg.runtime.reference.Operand;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.ScalarOp;

/**
 * An op as a session was about to run it: kind, attributes, and shapes, types and orders of its arrays.
 *
 * @param op belongs to the graph; not modified
 * @param variable its first output
 * @param inputs shapes, types and orders; the values of arrays that are not floating point
 * @param outputs shapes, types and orders
 */
record OpUse(DifferentialFunction op, String variable, List<Slot> inputs, List<Slot> outputs) {

    /** An array's outside: what a fresh one has to look like. */
    static final class Slot {

        private final DataType type;
        private final long[] shape;
        private final char order;
        private final Optional<INDArray> values;

        private Slot(INDArray array) {
            this.type = array.dataType();
            this.shape = array.shape().clone();
            this.order = array.ordering();
            this.values = type.isFPType() ? Optional.empty() : Optional.of(array.dup());
        }

        static Slot of(INDArray array) {
            return new Slot(array);
        }

        DataType type() {
            return type;
        }

        /** Not to be modified. */
        long[] shape() {
            return shape;
        }

        /** 'c' or 'f'. */
        char order() {
            return order;
        }

        /** A copy where the values are indices, flags or sizes, which cannot be drawn at random. */
        Optional<INDArray> values() {
            return values;
        }

        long length() {
            return Arrays.stream(shape).reduce(1, Math::multiplyExact);
        }

        String key() {
            return type + Arrays.toString(shape) + order;
        }
    }

    /** The op's kind, as ND4J names it. */
    String opName() {
        return op.opName();
    }

    /** Uses of one key are run alike. */
    String key() {
        OpCall call = call(List.of(), List.of());
        return opName()
                + inputs.stream().map(Slot::key).toList()
                + outputs.stream().map(Slot::key).toList()
                + call.integers()
                + call.numbers()
                + call.flags()
                + call.dimensions();
    }

    /** The op with given operands, as references read it. */
    OpCall call(List<Operand> in, List<long[]> outputShapes) {
        List<Long> integers = new ArrayList<>();
        List<Double> numbers = new ArrayList<>();
        List<Boolean> flags = new ArrayList<>();
        List<Integer> dimensions = new ArrayList<>();
        if (op instanceof CustomOp custom) {
            Arrays.stream(custom.iArgs()).forEach(integers::add);
            Arrays.stream(custom.tArgs()).forEach(numbers::add);
            for (boolean flag : custom.bArgs()) {
                flags.add(flag);
            }
        } else if (op instanceof Op legacy) {
            if (op instanceof ScalarOp scalar && scalar.scalar() != null) {
                numbers.add(scalar.scalar().getDouble(0));
            }
            extraArguments(legacy).forEach(numbers::add);
            if (op.getDimensions() != null) {
                Arrays.stream(op.getDimensions()).forEach(dimensions::add);
            }
        }
        return new OpCall(opName(), in, outputShapes, integers, numbers, flags, dimensions);
    }

    private static List<Double> extraArguments(Op op) {
        List<Double> numbers = new ArrayList<>();
        if (op.extraArgs() != null) {
            for (Object argument : op.extraArgs()) {
                if (argument instanceof Number number) {
                    numbers.add(number.doubleValue());
                }
            }
        }
        return numbers;
    }
}
