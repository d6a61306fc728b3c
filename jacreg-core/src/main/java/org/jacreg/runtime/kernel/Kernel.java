package org.jacreg.runtime.kernel;

/**
 * One computation with fixed shapes between fixed buffers.
 *
 * <p>Buffers belong to the caller, who must keep them alive and unmoved for as long as the kernel may run; the kernel keeps
 * references to their pointers. An output may hold anything before the run unless the kernel was told to accumulate. A kernel owns
 * scratch memory: two threads must not run the same one at once. Different kernels may run at once, also on the same {@link
 * Workers}, where they take turns.
 *
 * <p>{@code toString} names the computation with its shapes.
 */
public interface Kernel {

    /**
     * Computes the outputs from the present content of the inputs.
     *
     * @throws IllegalStateException if its workers are closed, or this is called from within one of their tasks
     */
    void run();
}
