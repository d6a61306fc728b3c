package org.jacreg.runtime;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jacreg.runtime.kernel.Workers;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs one float32 instruction on plain arrays. */
final class SingleStep {

    private SingleStep() {}

    static Value placeholder(String name, long... shape) {
        INDArray array = shape.length == 0 ? Nd4j.scalar(0f) : Nd4j.create(DataType.FLOAT, shape);
        return Value.given(name, Value.Kind.PLACEHOLDER, array);
    }

    static Value result(long... shape) {
        return Value.computed("result", DataType.FLOAT, shape);
    }

    /** Runs it twice, the second time over its own result. */
    static float[] run(
            Instruction instruction,
            Map<Value, float[]> inputs,
            BiFunction<Storage, Workers, Runnable> step,
            int threads) {
        Value output = instruction.outputs().get(0);
        Storage storage = Storage.of(new Program(List.of(instruction), Map.of("result", output), Map.of()), Map.of());
        inputs.forEach((value, numbers) -> Memory.floats(storage.array(value)).put(numbers));
        try (Workers workers = Workers.create(threads)) {
            Runnable runnable = step.apply(storage, workers);
            runnable.run();
            runnable.run();
        }
        float[] result = new float[(int) output.length()];
        Memory.floats(storage.array(output)).get(result);
        return result;
    }

    static float[] run(Pointwise pass, Map<Value, float[]> inputs, int threads) {
        return run(pass, inputs, (storage, workers) -> new PointwiseStep(pass, storage, workers), threads);
    }

    static float[] run(Fold fold, Map<Value, float[]> inputs, int threads) {
        return run(fold, inputs, (storage, workers) -> new FoldStep(fold, storage, workers), threads);
    }
}
