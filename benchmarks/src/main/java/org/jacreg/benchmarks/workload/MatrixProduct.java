package org.jacreg.benchmarks.workload;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One {@code sgemm} into an array of its own, through ND4J's BLAS: what the machine can do at most. */
public final class MatrixProduct implements Engine.Task {

    private final INDArray left;
    private final INDArray right;
    private final INDArray product;

    /**
     * A product {@code [m, k] [k, n]}, all columns contiguous, so that BLAS is called without a copy.
     *
     * @param m rows
     * @param k the inner size
     * @param n columns
     */
    public MatrixProduct(int m, int k, int n) {
        left = Nd4j.rand(DataType.FLOAT, m, k).dup('f');
        right = Nd4j.rand(DataType.FLOAT, k, n).dup('f');
        product = Nd4j.create(DataType.FLOAT, new long[] {m, n}, 'f');
    }

    /**
     * The arithmetic.
     *
     * @return multiplications and additions of one run, {@code 2 m k n}
     */
    public double flops() {
        return 2.0 * left.rows() * left.columns() * right.columns();
    }

    @Override
    public void run() {
        Nd4j.getBlasWrapper().level3().gemm(left, right, product, false, false, 1, 0);
    }

    @Override
    public List<INDArray> outcome() {
        return List.of(product);
    }
}
