package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jacreg.runtime.NativeOperation.ConvolutionWeights;
import org.jacreg.runtime.NativeOperation.Convolve;
import org.jacreg.runtime.NativeOperation.ConvolveBack;
import org.jacreg.runtime.NativeOperation.GatherPool;
import org.jacreg.runtime.NativeOperation.Unpool;
import org.jspecify.annotations.Nullable;

/** Lets convolutions read unpooled arrays, and write what is gathered at the maxima, without the large arrays between. */
final class ConvolutionFusion {

    private ConvolutionFusion() {}

    static Program apply(Program program) {
        Map<Value, Instruction> producers = program.producers();
        Map<Value, List<@Nullable Instruction>> consumers = program.consumers();
        List<Instruction> result = new ArrayList<>();
        for (Instruction instruction : program.instructions()) {
            if (instruction instanceof Native step) {
                Native fused = unpooling(step, producers);
                if (step.operation() instanceof GatherPool pooling) {
                    fused = gathering(step, pooling, producers, consumers);
                }
                result.add(fused);
            } else {
                result.add(instruction);
            }
        }
        return program.rewritten(result, Map.of()).withoutDeadCode();
    }

    private static Native unpooling(Native step, Map<Value, Instruction> producers) {
        if (step.operation() instanceof ConvolveBack back
                && back.unpools() == null
                && origin(step.inputs().get(0), producers) instanceof Native unpool
                && unpool.operation() instanceof Unpool pooling) {
            List<Value> inputs = List.of(
                    unpool.inputs().get(0),
                    step.inputs().get(1),
                    unpool.inputs().get(1));
            return new Native(new ConvolveBack(back.shape(), pooling.shape()), inputs, step.outputs());
        }
        if (step.operation() instanceof ConvolutionWeights weights
                && weights.unpools() == null
                && origin(step.inputs().get(1), producers) instanceof Native unpool
                && unpool.operation() instanceof Unpool pooling) {
            List<Value> inputs = List.of(
                    step.inputs().get(0),
                    unpool.inputs().get(0),
                    unpool.inputs().get(1));
            return new Native(new ConvolutionWeights(weights.shape(), pooling.shape()), inputs, step.outputs());
        }
        return step;
    }

    /** The convolution that writes what is gathered, if nobody else reads the rest. */
    private static Native gathering(
            Native gather,
            GatherPool pooling,
            Map<Value, Instruction> producers,
            Map<Value, List<@Nullable Instruction>> consumers) {
        Value value = gather.inputs().get(0);
        while (consumers.getOrDefault(value, List.of()).size() == 1) {
            Instruction producer = producers.get(value);
            if (producer instanceof View view) {
                value = view.input();
            } else if (producer instanceof Native step
                    && step.operation() instanceof Convolve forward
                    && forward.gathers() == null) {
                List<Value> inputs = List.of(
                        step.inputs().get(0),
                        step.inputs().get(1),
                        gather.inputs().get(1));
                return new Native(new Convolve(forward.shape(), pooling.shape()), inputs, gather.outputs());
            } else {
                break;
            }
        }
        return gather;
    }

    private static @Nullable Instruction origin(Value value, Map<Value, Instruction> producers) {
        Instruction producer = producers.get(value);
        while (producer instanceof View view) {
            producer = producers.get(view.input());
        }
        return producer;
    }
}
