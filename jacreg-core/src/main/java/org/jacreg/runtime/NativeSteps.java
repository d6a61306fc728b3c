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
import org.jacreg.runtime.kernel.ConvolutionShape;
import org.jacreg.runtime.kernel.CpuBackend;
import org.jacreg.runtime.kernel.Kernel;
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
        FloatPointer first = Memory.pointer(storage.array(instruction.inputs().get(0)));
        FloatPointer second = Memory.pointer(storage.array(instruction.inputs().get(1)));
        FloatPointer output = Memory.pointer(storage.array(instruction.outputs().get(0)));
        CpuBackend backend = machine.backend();
        Workers workers = machine.workers();
        NativeOperation operation = instruction.operation();
        if (operation instanceof Convolve forward) {
            return ConvolutionForward.of(backend, workers, forward.shape(), first, second, output, false);
        }
        if (operation instanceof ConvolveBack back) {
            return ConvolutionBackwardData.of(backend, workers, back.shape(), first, second, output, false);
        }
        ConvolutionShape shape = ((ConvolutionWeights) operation).shape();
        return ConvolutionBackwardWeights.of(backend, workers, shape, first, second, output, false);
    }
}
