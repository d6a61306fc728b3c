package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jacreg.runtime.reference.OpCall;
import org.jacreg.runtime.reference.Operand;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.RandomOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Assign;
import org.nd4j.linalg.api.ops.impl.transforms.same.Identity;

/**
 * An op as a session was about to run it: kind, attributes, and shapes, types and orders of its arrays.
 *
 * @param op belongs to the graph; not modified
 * @param variable its first output
 * @param inputs shapes, types and orders; the values of arrays that are not floating point
 * @param outputs shapes, types and orders
 */
record OpUse(DifferentialFunction op, String variable, List<Slot> inputs, List<Slot> outputs) {

    /**
     * An array's outside.
     *
     * @param type of its numbers
     * @param shape not to be modified
     * @param order 'c' or 'f'
     * @param values a copy where they are indices, flags or sizes, which cannot be drawn at random
     */
    record Slot(DataType type, long[] shape, char order, Optional<INDArray> values) {

        static Slot of(INDArray array) {
            boolean drawn = array.dataType().isFPType();
            return new Slot(
                    array.dataType(),
                    array.shape().clone(),
                    array.ordering(),
                    drawn ? Optional.empty() : Optional.of(array.dup()));
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
        return opName() + inputs.stream().map(Slot::key).toList()
                + outputs.stream().map(Slot::key).toList() + call.integers() + call.numbers() + call.flags()
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

    /** Whether the op cannot be run by itself twice: control flow, random draws, and ops that hand their input on. */
    static boolean isSpecial(DifferentialFunction op) {
        return !(op instanceof CustomOp || op instanceof BaseOp)
                || op instanceof RandomOp
                || op instanceof Identity
                || op instanceof Assign;
    }

    /** Listens to a session and keeps one use of every key. */
    static final class Recorder extends BaseListener {

        private final Map<String, OpUse> uses = new LinkedHashMap<>();
        private final Map<String, String> special = new LinkedHashMap<>();

        @Override
        public boolean isActive(Operation operation) {
            return true;
        }

        @Override
        public void preOpExecution(SameDiff sd, At at, SameDiffOp node, OpContext context) {
            DifferentialFunction op = node.getOp();
            String variable = node.getOutputsOfOp().get(0);
            if (context == null || isSpecial(op)) {
                special.put(op.opName(), variable);
                return;
            }
            OpUse use = new OpUse(
                    op,
                    variable,
                    context.getInputArrays().stream().map(Slot::of).toList(),
                    context.getOutputArrays().stream().map(Slot::of).toList());
            uses.putIfAbsent(use.key(), use);
        }

        List<OpUse> uses() {
            return List.copyOf(uses.values());
        }

        /** Kinds that cannot be run by themselves, each with a variable it computes. */
        Map<String, String> special() {
            return special;
        }
    }
}
