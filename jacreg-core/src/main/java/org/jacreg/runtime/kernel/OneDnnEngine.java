package org.jacreg.runtime.kernel;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * oneDNN's float32 product, whose code is made for the processor at run time; float64 goes to the BLAS.
 *
 * <p>oneDNN takes its thread count from OpenMP, which keeps one number for each thread. ND4J's own library can set it: both share
 * one OpenMP runtime.
 */
final class OneDnnEngine implements MatrixEngine {

    private static final byte PLAIN = 'N';
    private static final byte TRANSPOSED = 'T';

    private final OpenBlasEngine doubles;
    private final NativeOps openMp;

    OneDnnEngine(OpenBlasEngine doubles) {
        this.doubles = doubles;
        openMp = NativeOpsHolder.getInstance().getDeviceNativeOps();
        Loader.load(dnnl.class);
    }

    @Override
    public int begin() {
        int before = openMp.ompGetMaxThreads();
        openMp.setOmpNumThreads(1);
        return before;
    }

    @Override
    public void end(int token) {
        openMp.setOmpNumThreads(token);
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
        byte opA = transposeA ? TRANSPOSED : PLAIN;
        byte opB = transposeB ? TRANSPOSED : PLAIN;
        int status = dnnl.dnnl_sgemm(opA, opB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
        if (status != dnnl.dnnl_success) {
            throw new IllegalStateException("dnnl_sgemm refused m=" + m + " n=" + n + " k=" + k + " lda=" + lda
                    + " ldb=" + ldb + " ldc=" + ldc + " with status " + status);
        }
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
        int token = doubles.begin(2.0 * m * n * k);
        try {
            doubles.multiply(transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
        } finally {
            doubles.end(token);
        }
    }

    @Override
    public String toString() {
        return "oneDNN";
    }
}
