package org.jacreg.runtime;

import org.bytedeco.javacpp.FloatPointer;
import org.jacreg.runtime.NativeOperation.ConvolutionWeights;
import org.jacreg.runtime.NativeOperation.Convolve;
import org.jacreg.runtime.NativeOperation.ConvolveBack;
import org.jacreg.runtime.NativeOperation.CrossEntropy;
import org.jacreg.runtime.NativeOperation.Dot;
import org.jacreg.runtime.NativeOperation.GatherPool;
import org.jacreg.runtime.NativeOperation.MaxPool;
import org.jacreg.runtime.NativeOperation.Unpool;
import org.jacreg.runtime.kernel.ConvolutionBackwardData;
import org.jacreg.runtime.kernel.ConvolutionBackwardWeights;
import org.jacreg.runtime.kernel.ConvolutionForward;
import org.jacreg.runtime.kernel.CpuBackend;
import org.jacreg.runtime.kernel.Kernel;
import org.jacreg.runtime.kernel.MaxPooling;
import org.jacreg.runtime.kernel.PoolShape;
import org.jacreg.runtime.kernel.SampleCopy;
import org.jacreg.runtime.kernel.SampleSink;
import org.jacreg.runtime.kernel.SampleSource;
import org.jacreg.runtime.kernel.Workers;
import org.jspecify.annotations.Nullable;

/** The kernels of {@link Native} instructions. */
final class NativeSteps {

    private NativeSteps() {}

    static Runnable of(Native instruction, Storage storage, Machine machine) {
        NativeOperation operation = instruction.operation();
        if (operation instanceof CrossEntropy loss) {
            return new CrossEntropyStep(loss, instruction, storage);
        }
        if (operation instanceof Dot) {
            return new DotStep(instruction, storage, machine.workers());
        }
        if (operation instanceof Convolve
                || operation instanceof ConvolveBack
                || operation instanceof ConvolutionWeights) {
            return convolution(instruction, storage, machine)::run;
        }
        if (operation instanceof MaxPool || operation instanceof Unpool || operation instanceof GatherPool) {
            return pooling(instruction, storage, machine.workers())::run;
        }
        throw new IllegalStateException("no kernel for " + operation);
    }

    private static Kernel pooling(Native instruction, Storage storage, Workers workers) {
        Value from = instruction.inputs().get(0);
        Value to = instruction.outputs().get(0);
        FloatPointer input = Memory.pointer(storage.array(from));
        FloatPointer output = Memory.pointer(storage.array(to));
        int samples = Math.toIntExact(from.size(0));
        String name = instruction.operation().toString();
        if (instruction.operation() instanceof MaxPool pool) {
            int size = pool.shape().input().size();
            SampleSink sink =
                    maxima(pool.shape(), instruction.outputs().get(1), storage).pool(output);
            return SampleCopy.of(workers, name, samples, size, SampleSource.of(input, samples, size), sink);
        }
        if (instruction.operation() instanceof GatherPool gather) {
            int size = gather.shape().input().size();
            int stack = samples / gather.shape().batch();
            SampleSink sink =
                    maxima(gather.shape(), instruction.inputs().get(1), storage).gather(output, stack, false);
            return SampleCopy.of(workers, name, samples, size, SampleSource.of(input, samples, size), sink);
        }
        PoolShape shape = ((Unpool) instruction.operation()).shape();
        int size = shape.input().size();
        SampleSource source =
                maxima(shape, instruction.inputs().get(1), storage).backward(input, samples / shape.batch());
        return SampleCopy.of(workers, name, samples, size, source, SampleSink.of(output, samples, size, false));
    }

    private static MaxPooling maxima(PoolShape shape, Value places, Storage storage) {
        return MaxPooling.of(shape, Memory.ints(storage.array(places)));
    }

    private static Kernel convolution(Native instruction, Storage storage, Machine machine) {
        CpuBackend backend = machine.backend();
        Workers workers = machine.workers();
        FloatPointer second = Memory.pointer(storage.array(instruction.inputs().get(1)));
        FloatPointer output = Memory.pointer(storage.array(instruction.outputs().get(0)));
        NativeOperation operation = instruction.operation();
        if (operation instanceof Convolve forward) {
            SampleSource images = source(instruction, 0, null, storage);
            PoolShape gathers = forward.gathers();
            int stack = gathers == null ? 1 : forward.shape().batch() / gathers.batch();
            SampleSink sink = gathers != null
                    ? maxima(gathers, instruction.inputs().get(2), storage).gather(output, stack, false)
                    : SampleSink.of(
                            output,
                            forward.shape().batch(),
                            forward.shape().output().size(),
                            false);
            return ConvolutionForward.of(backend, workers, forward.shape(), images, second, sink);
        }
        if (operation instanceof ConvolveBack back) {
            SampleSource cotangents = source(instruction, 0, back.unpools(), storage);
            SampleSink sink = SampleSink.of(
                    output, back.shape().batch(), back.shape().input().size(), false);
            return ConvolutionBackwardData.of(backend, workers, back.shape(), cotangents, second, sink);
        }
        ConvolutionWeights weights = (ConvolutionWeights) operation;
        SampleSource images = source(instruction, 0, null, storage);
        SampleSource cotangents = source(instruction, 1, weights.unpools(), storage);
        return ConvolutionBackwardWeights.of(backend, workers, weights.shape(), images, cotangents, output, false);
    }

    /** A value's samples as they are, or unpooled by the places in the third input. */
    private static SampleSource source(Native instruction, int index, @Nullable PoolShape pooling, Storage storage) {
        Value value = instruction.inputs().get(index);
        FloatPointer array = Memory.pointer(storage.array(value));
        int samples = Math.toIntExact(value.size(0));
        if (pooling != null) {
            return maxima(pooling, instruction.inputs().get(2), storage).backward(array, samples / pooling.batch());
        }
        return SampleSource.of(array, samples, Math.toIntExact(value.length() / samples));
    }
}
