package org.jacreg.runtime;

import java.util.Optional;
import org.jacreg.runtime.kernel.CpuBackend;
import org.jacreg.runtime.kernel.Workers;
import org.jspecify.annotations.Nullable;

/** What a plan runs on: threads, a library for products if there is one, and how far a graph is rewritten. */
final class Machine {

    private final Workers workers;
    private final @Nullable CpuBackend backend;
    private final Optimizer optimizer;

    private Machine(Workers workers, @Nullable CpuBackend backend, Optimizer optimizer) {
        this.workers = workers;
        this.backend = backend;
        this.optimizer = optimizer;
    }

    /** Kernels of our own where this process can have them; else ND4J's ops alone. */
    static Machine standard() {
        Optional<CpuBackend> found = CpuBackend.find();
        return found.map(backend -> new Machine(Workers.shared(), backend, Optimizer.standard()))
                .orElseGet(Machine::withoutKernels);
    }

    /** ND4J's ops alone, in a static schedule. */
    static Machine withoutKernels() {
        return new Machine(Workers.shared(), null, Optimizer.none());
    }

    /** The same with other rewriting. */
    Machine with(Optimizer other) {
        return new Machine(workers, backend, other);
    }

    Workers workers() {
        return workers;
    }

    Optional<CpuBackend> kernels() {
        return Optional.ofNullable(backend);
    }

    CpuBackend backend() {
        if (backend == null) {
            throw new IllegalStateException("no kernels on this backend");
        }
        return backend;
    }

    Optimizer optimizer() {
        return optimizer;
    }
}
