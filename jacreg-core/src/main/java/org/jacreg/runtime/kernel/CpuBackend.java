package org.jacreg.runtime.kernel;

import java.util.Optional;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The native library that this process multiplies matrices with.
 *
 * <p>There is one only if ND4J runs on its CPU backend and JavaCPP's OpenBLAS, which that backend brings, can be loaded; with CUDA
 * there is none. If {@code org.bytedeco:dnnl} with its natives (and those of {@code org.bytedeco:opencl}, which it is linked against)
 * is on the class path too, float32 products go through oneDNN: it makes its code for the processor at hand, where the OpenBLAS of
 * 2021 does not know later ones. Nothing fails where a library is absent.
 *
 * <p>Immutable; may be used by many threads.
 */
public final class CpuBackend {

    /** What float32 products go through. */
    public enum Library {
        /** oneDNN's {@code dnnl_sgemm}. */
        ONEDNN,
        /** {@code cblas_sgemm} of the BLAS that ND4J uses. */
        BLAS
    }

    private final Library library;
    private final MatrixEngine engine;

    private CpuBackend(Library library, MatrixEngine engine) {
        this.library = library;
        this.engine = engine;
    }

    /**
     * The fastest that this process has.
     *
     * @return nothing if kernels cannot be used here
     */
    public static Optional<CpuBackend> find() {
        Optional<CpuBackend> oneDnn = find(Library.ONEDNN);
        return oneDnn.isPresent() ? oneDnn : find(Library.BLAS);
    }

    /**
     * A certain one.
     *
     * @param library which
     * @return nothing if it is not there, or ND4J does not run on its CPU backend
     */
    public static Optional<CpuBackend> find(Library library) {
        if (Nd4j.getExecutioner().type() != OpExecutioner.ExecutionerType.NATIVE_CPU) {
            return Optional.empty();
        }
        try {
            OpenBlasEngine blas = OpenBlasEngine.instance();
            MatrixEngine engine = library == Library.BLAS ? blas : new OneDnnEngine(blas);
            return Optional.of(new CpuBackend(library, engine));
        } catch (LinkageError absent) {
            // A class or a native library is not there, which is the user's choice.
            return Optional.empty();
        }
    }

    /**
     * What float32 products go through.
     *
     * @return the library
     */
    public Library library() {
        return library;
    }

    /**
     * Runs something, ND4J's small ops for example, with OpenMP and BLAS kept to the calling thread: their other threads would spin
     * on the processors that the next kernel needs.
     *
     * @param call what to run, on this thread
     */
    public void onOneThread(Runnable call) {
        int token = engine.begin();
        try {
            call.run();
        } finally {
            engine.end(token);
        }
    }

    /**
     * Runs a schedule of kernels. Kernels keep the library to one thread while they run, which for a BLAS is a setting of the process that
     * is slow to change: here it is changed once for all of them.
     *
     * @param schedule what to run, on this thread
     * @param flops32 operations of the largest float32 product among it
     * @param flops64 operations of the largest float64 product among it
     */
    public void hold(Runnable schedule, double flops32, double flops64) {
        double flops = library == Library.BLAS ? Math.max(flops32, flops64) : flops64;
        boolean blas = flops >= OpenBlasEngine.SPLIT_FLOPS;
        int token = blas ? OpenBlasEngine.instance().begin() : 0;
        try {
            schedule.run();
        } finally {
            if (blas) {
                OpenBlasEngine.instance().end(token);
            }
        }
    }

    MatrixEngine engine() {
        return engine;
    }

    @Override
    public String toString() {
        return "CPU kernels with " + engine;
    }
}
