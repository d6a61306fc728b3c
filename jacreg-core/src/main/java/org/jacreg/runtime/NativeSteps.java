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
import org.jacreg.runtime.kernel.ImageShape;
import org.jacreg.runtime.kernel.Kernel;
import org.jacreg.runtime.kernel.SampleSink;
import org.jacreg.runtime.kernel.SampleSource;
import org.jacreg.runtime.kernel.Workers;

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
            return new PoolingSteps(instruction, storage, machine.workers());
        }
        throw new IllegalStateException("no kernel for " + operation);
    }

    private static Kernel convolution(Native instruction, Storage storage, Machine machine) {
        CpuBackend backend = machine.backend();
        Workers workers = machine.workers();
        FloatPointer second = Memory.pointer(storage.array(instruction.inputs().get(1)));
        FloatPointer output = Memory.pointer(storage.array(instruction.outputs().get(0)));
        NativeOperation operation = instruction.operation();
        if (operation instanceof Convolve forward) {
            SampleSource images = source(instruction, 0, forward.shape().input(), false, storage);
            SampleSink sink = forward.gathers()
                    ? PooledSamples.sink(instruction, forward.shape().output(), storage)
                    : SampleSink.of(
                            output,
                            forward.shape().batch(),
                            forward.shape().output().size(),
                            false);
            return ConvolutionForward.of(backend, workers, forward.shape(), images, second, sink);
        }
        if (operation instanceof ConvolveBack back) {
            SampleSource cotangents = source(instruction, 0, back.shape().output(), back.unpools(), storage);
            SampleSink sink = SampleSink.of(
                    output, back.shape().batch(), back.shape().input().size(), false);
            return ConvolutionBackwardData.of(backend, workers, back.shape(), cotangents, second, sink);
        }
        ConvolutionWeights weights = (ConvolutionWeights) operation;
        SampleSource images = source(instruction, 0, weights.shape().input(), false, storage);
        SampleSource cotangents = source(instruction, 1, weights.shape().output(), weights.unpools(), storage);
        return ConvolutionBackwardWeights.of(backend, workers, weights.shape(), images, cotangents, output, false);
    }

    private static SampleSource source(
            Native instruction, int index, ImageShape shape, boolean unpooled, Storage storage) {
        if (unpooled) {
            return PooledSamples.source(instruction, index, shape, storage);
        }
        Value value = instruction.inputs().get(index);
        return SampleSource.of(Memory.pointer(storage.array(value)), Math.toIntExact(value.size(0)), shape.size());
    }
}
