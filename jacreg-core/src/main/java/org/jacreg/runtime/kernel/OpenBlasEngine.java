package org.jacreg.runtime.kernel;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;

/** The BLAS that ND4J's CPU backend brings: OpenBLAS, or MKL where the user chose it. */
final class OpenBlasEngine implements MatrixEngine {

    private static final int ROW_MAJOR = 101;
    private static final int PLAIN = 111;
    private static final int TRANSPOSED = 112;

    /** One for the process, like the setting that it guards. */
    private static final OpenBlasEngine INSTANCE = new OpenBlasEngine();

    private int users;
    private int threadsBefore;

    private OpenBlasEngine() {}

    /** Fails with a {@code LinkageError} where the library is absent. */
    static OpenBlasEngine instance() {
        Loader.load(openblas_nolapack.class);
        return INSTANCE;
    }

    /*
     * The number of BLAS threads belongs to the process: the first user of many sets it, the last puts it back. A product of ND4J in
     * another thread meanwhile runs on one thread.
     */
    @Override
    public synchronized int begin() {
        if (users++ == 0) {
            threadsBefore = openblas_nolapack.blas_get_num_threads();
            openblas_nolapack.blas_set_num_threads(1);
        }
        return 0;
    }

    @Override
    public synchronized void end(int token) {
        if (--users == 0) {
            openblas_nolapack.blas_set_num_threads(threadsBefore);
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
