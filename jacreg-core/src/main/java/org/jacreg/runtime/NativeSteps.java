package org.jacreg.runtime;

import org.jacreg.runtime.NativeOperation.CrossEntropy;
import org.jacreg.runtime.NativeOperation.Dot;

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
        throw new IllegalStateException("no kernel for " + operation);
    }
}
