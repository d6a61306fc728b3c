package org.jacreg.runtime.kernel;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.jspecify.annotations.Nullable;

/** The BLAS that ND4J's CPU backend brings: OpenBLAS, or MKL where the user chose it. */
final class OpenBlasEngine implements MatrixEngine {

    private static final int ROW_MAJOR = 101;
    private static final int PLAIN = 111;
    private static final int TRANSPOSED = 112;

    /** OpenBLAS multiplies on one thread below 2^18 multiplications. */
    static final double SPLIT_FLOPS = 2.0 * (1 << 18);

    /** Token of a product that needed no setting. */
    private static final int UNCHANGED = -1;

    /** One for the process, like the setting that it guards. */
    private static final OpenBlasEngine INSTANCE = new OpenBlasEngine();

    private int users;
    private int threadsBefore;
    private @Nullable BlasThreads threads;

    private OpenBlasEngine() {}

    /** Fails with a {@code LinkageError} where the library is absent. */
    static OpenBlasEngine instance() {
        Loader.load(openblas_nolapack.class);
        return INSTANCE;
    }

    private BlasThreads threads() {
        BlasThreads known = threads;
        if (known == null) {
            known = BlasThreads.find();
            threads = known;
        }
        return known;
    }

    /*
     * The number of BLAS threads belongs to the process: the first user of many sets it, the last puts it back. A product of ND4J in
     * another thread meanwhile runs on one thread.
     */
    @Override
    public synchronized int begin() {
        if (users++ == 0) {
            threadsBefore = openblas_nolapack.blas_get_num_threads();
            threads().set(1);
        }
        return 0;
    }

    @Override
    public int begin(double flops) {
        return flops < SPLIT_FLOPS ? UNCHANGED : begin();
    }

    @Override
    public synchronized void end(int token) {
        if (token != UNCHANGED && --users == 0) {
            threads().set(threadsBefore);
        }
    }

    @Override
    public void multiply(
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            float alpha,
            FloatPointer a,
            int lda,
            FloatPointer b,
            int ldb,
            float beta,
            FloatPointer c,
            int ldc) {
        int opA = transposeA ? TRANSPOSED : PLAIN;
        int opB = transposeB ? TRANSPOSED : PLAIN;
        openblas_nolapack.cblas_sgemm(ROW_MAJOR, opA, opB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    }

    @Override
    public void multiply(
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            double alpha,
            DoublePointer a,
            int lda,
            DoublePointer b,
            int ldb,
            double beta,
            DoublePointer c,
            int ldc) {
        int opA = transposeA ? TRANSPOSED : PLAIN;
        int opB = transposeB ? TRANSPOSED : PLAIN;
        openblas_nolapack.cblas_dgemm(ROW_MAJOR, opA, opB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    }

    @Override
    public String toString() {
        return "cblas";
    }
}
