package org.jacreg.runtime.kernel;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A library's matrix product on the calling thread alone.
 *
 * <p>{@code C = alpha op(A) op(B) + beta C}, row-major, {@code op(A)} of shape {@code [m, k]}, {@code op(B)} {@code [k, n]}, {@code C}
 * {@code [m, n]}; {@code lda}, {@code ldb}, {@code ldc} count elements from row to row of the arrays as they are stored. Where
 * {@code beta} is zero, the old content of {@code C} is not read. Products go between {@link #begin} and {@link #end}, on the same
 * thread; different threads may multiply at once.
 */
interface MatrixEngine {

    /** Keeps the library to one thread; the answer is for {@link #end}. */
    int begin();

    /**
     * As {@link #begin()}, for products of at most so many operations: a library that would not split them anyhow need not be told.
     */
    default int begin(double flops) {
        return begin();
    }

    /** Gives the calling thread back its setting. */
    void end(int token);

    void multiply(
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
            int ldc);

    void multiply(
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
            int ldc);
}
