package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One or more elementwise operations in a single pass, float32, over entries in row-major order.
 *
 * <p>Registers {@code 0 .. operands-1} hold the operands; stage {@code i} writes register {@code operands + i}; the last stage's
 * result is the output.
 */
record Pointwise(List<Operand> operands, List<Stage> stages, Value output) implements Instruction {

    /**
     * A value that is read once, or broadcast: entry i of the output reads entry {@code (i / repeat) % length}.
     *
     * @param value what is read
     * @param repeat how many neighbours share an entry
     */
    record Operand(Value value, long repeat) {

        /** The value as it broadcasts to the output; empty if one repetition cannot say it, as in [A,1,C] to [A,B,C]. */
        static Optional<Operand> of(Value value, Value output) {
            int missing = output.rank() - value.rank();
            long repeat = 1;
            boolean inside = false;
            boolean ended = false;
            for (int i = output.rank() - 1; i >= 0; i--) {
                long size = i < missing ? 1 : value.size(i - missing);
                if (size == output.size(i) && size != 1) {
                    if (ended) {
                        return Optional.empty();
                    }
                    inside = true;
                } else if (size != 1) {
                    return Optional.empty();
                } else if (output.size(i) != 1) {
                    repeat *= inside ? 1 : output.size(i);
                    ended = inside;
                }
            }
            return missing < 0 && value.length() != 1
                    ? Optional.empty()
                    : Optional.of(new Operand(value, value.length() == 1 ? 1 : repeat));
        }

        boolean isFull(Value output) {
            return value.length() == output.length();
        }
    }

    /** What a stage does with its registers a and b and its number c. */
    enum Operation {
        COPY,
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE,
        /** The smaller; NaN if either is. */
        MINIMUM,
        /** The larger; NaN if either is. */
        MAXIMUM,
        /** {@code a == b ? 1 : 0}. */
        EQUAL,
        ADD_CONSTANT,
        MULTIPLY_CONSTANT,
        DIVIDE_CONSTANT,
        NEGATE,
        ABSOLUTE,
        SIGN,
        SQUARE,
        /** The larger of a and c: ND4J's relu with a cutoff. */
        RELU,
        /** {@code a > c ? 1 : 0}. */
        STEP,
        /** {@code a > c ? b : 0}. */
        GATE;

        boolean isBinary() {
            return switch (this) {
                case ADD, SUBTRACT, MULTIPLY, DIVIDE, MINIMUM, MAXIMUM, EQUAL, GATE -> true;
                default -> false;
            };
        }
    }

    /** One operation; {@code b} is -1 where there is none. */
    record Stage(Operation operation, int a, int b, float c) {

        static Stage of(Operation operation, int a, int b) {
            return new Stage(operation, a, b, 0);
        }

        Stage renumbered(int[] registers) {
            return new Stage(operation, registers[a], b < 0 ? b : registers[b], c);
        }
    }

    Pointwise {
        operands = List.copyOf(operands);
        stages = List.copyOf(stages);
    }

    /** One pass over values that broadcast; empty if one of them broadcasts in a way that needs ND4J. */
    static Optional<Pointwise> of(List<Value> inputs, List<Stage> stages, Value output) {
        List<Operand> operands = new ArrayList<>();
        for (Value input : inputs) {
            Optional<Operand> operand = Operand.of(input, output);
            if (operand.isEmpty()) {
                return Optional.empty();
            }
            operands.add(operand.get());
        }
        return Optional.of(new Pointwise(operands, stages, output));
    }

    static Optional<Pointwise> unary(Operation operation, Value a, float c, Value output) {
        return of(List.of(a), List.of(new Stage(operation, 0, -1, c)), output);
    }

    static Optional<Pointwise> binary(Operation operation, Value a, Value b, float c, Value output) {
        return of(List.of(a, b), List.of(new Stage(operation, 0, 1, c)), output);
    }

    /** Whether the pass is this one operation. */
    boolean is(Operation operation) {
        return stages.size() == 1 && stages.get(0).operation() == operation;
    }

    /** This pass with the producer of one of its full operands computed on the way. */
    Pointwise absorbing(Value absorbed, Pointwise producer) {
        List<Operand> all = new ArrayList<>();
        int[] before = place(producer.operands, all);
        place(operands.stream().filter(operand -> operand.value() != absorbed).toList(), all);
        int[] first = new int[producer.operands.size() + producer.stages.size()];
        System.arraycopy(before, 0, first, 0, before.length);
        List<Stage> merged = new ArrayList<>();
        for (Stage stage : producer.stages) {
            first[producer.operands.size() + merged.size()] = all.size() + merged.size();
            merged.add(stage.renumbered(first));
        }
        int produced = all.size() + merged.size() - 1;
        int[] second = new int[operands.size() + stages.size()];
        for (int i = 0; i < operands.size(); i++) {
            boolean isProduced = operands.get(i).value() == absorbed;
            second[i] = isProduced ? produced : all.indexOf(operands.get(i));
        }
        for (int i = 0; i < stages.size(); i++) {
            second[operands.size() + i] = all.size() + merged.size();
            merged.add(stages.get(i).renumbered(second));
        }
        return new Pointwise(all, merged, output);
    }

    private static int[] place(List<Operand> operands, List<Operand> all) {
        int[] places = new int[operands.size()];
        for (int i = 0; i < places.length; i++) {
            if (!all.contains(operands.get(i))) {
                all.add(operands.get(i));
            }
            places[i] = all.indexOf(operands.get(i));
        }
        return places;
    }

    @Override
    public List<Value> inputs() {
        return operands.stream().map(Operand::value).toList();
    }

    @Override
    public List<Value> outputs() {
        return List.of(output);
    }

    @Override
    public Instruction reading(UnaryOperator<Value> substitution) {
        return new Pointwise(
                operands.stream()
                        .map(operand -> new Operand(substitution.apply(operand.value()), operand.repeat()))
                        .toList(),
                stages,
                output);
    }
}
