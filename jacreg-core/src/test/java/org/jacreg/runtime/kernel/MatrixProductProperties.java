package org.jacreg.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/** Products of random shapes beside three nested loops in float64; results lie in arrays that held NaN. */
class MatrixProductProperties {

    @Property(tries = 300, seed = "20260101", shrinking = ShrinkingMode.OFF)
    void equalsNestedLoops(
            @ForAll @IntRange(min = 1, max = 70) int m,
            @ForAll @IntRange(min = 1, max = 70) int n,
            @ForAll @IntRange(min = 1, max = 40) int k,
            @ForAll boolean transposeA,
            @ForAll boolean transposeB,
            @ForAll @IntRange(min = 0, max = 3) int gap,
            @ForAll @IntRange(min = 1, max = 5) int count,
            @ForAll @IntRange(min = 1, max = 3) int threads,
            @ForAll CpuBackend.Library library,
            @ForAll boolean accumulate) {
        MatrixShape shape = new MatrixShape(
                m, n, k, transposeA, transposeB, (transposeA ? m : k) + gap, (transposeB ? k : n) + gap, n + gap);
        try (Workers workers = Workers.create(threads)) {
            check(library, workers, shape, count, accumulate, new Random(m * 31L + n));
        }
    }

    /** Large enough to be split, with sizes that no block divides. */
    @Example
    void splitProductsEqualNestedLoops() {
        try (Workers workers = Workers.create(3)) {
            for (CpuBackend.Library library : CpuBackend.Library.values()) {
                for (int i = 0; i < 4; i++) {
                    boolean transposeA = (i & 1) != 0;
                    boolean transposeB = (i & 2) != 0;
                    check(
                            library,
                            workers,
                            MatrixShape.dense(131, 67, 90, transposeA, transposeB),
                            1,
                            false,
                            new Random(1));
                    check(
                            library,
                            workers,
                            MatrixShape.dense(67, 131, 90, transposeA, transposeB),
                            1,
                            true,
                            new Random(2));
                    check(
                            library,
                            workers,
                            MatrixShape.dense(300, 3, 700, transposeA, transposeB),
                            2,
                            false,
                            new Random(3));
                }
            }
        }
    }

    private static void check(
            CpuBackend.Library library,
            Workers workers,
            MatrixShape shape,
            int count,
            boolean accumulate,
            Random random) {
        // The second operand is shared by all, as a weight is.
        MatrixBatch batch = new MatrixBatch(count, shape.sizeA() + 2, 0, shape.sizeC() + 1);
        double[] a = KernelCheck.random(count * batch.strideA(), random);
        double[] b = KernelCheck.random(shape.sizeB(), random);
        double[] old = KernelCheck.random(count * batch.strideC(), random);
        double alpha = -0.5;
        double beta = accumulate ? 2 : 0;
        try (FloatPointer pa = KernelCheck.floats(a);
                FloatPointer pb = KernelCheck.floats(b);
                FloatPointer pc = accumulate ? KernelCheck.floats(old) : KernelCheck.dirty(old.length)) {
            MatrixProduct.batched(
                            KernelCheck.backend(library),
                            workers,
                            shape,
                            batch,
                            (float) alpha,
                            pa,
                            pb,
                            (float) beta,
                            pc)
                    .run();
            compare(shape, batch, alpha, a, b, beta, old, KernelCheck.read(pc), 6 * 0x1p-24 * (shape.k() + 4.0));
        }
        try (DoublePointer pa = new DoublePointer(a);
                DoublePointer pb = new DoublePointer(b);
                DoublePointer pc = new DoublePointer(old.length)) {
            double[] before = new double[old.length];
            for (int i = 0; i < before.length; i++) {
                before[i] = accumulate ? old[i] : Double.NaN;
            }
            pc.put(before);
            MatrixProduct.batched(KernelCheck.backend(library), workers, shape, batch, alpha, pa, pb, beta, pc)
                    .run();
            double[] got = new double[old.length];
            pc.get(got);
            // As for float32, with the unit roundoff of float64.
            compare(shape, batch, alpha, a, b, beta, old, got, 6 * 0x1p-53 * (shape.k() + 4.0));
        }
    }

    private static void compare(
            MatrixShape s,
            MatrixBatch batch,
            double alpha,
            double[] a,
            double[] b,
            double beta,
            double[] old,
            double[] got,
            double tolerance) {
        for (int q = 0; q < batch.count(); q++) {
            double[] wanted = new double[s.m() * s.n()];
            double[] found = new double[wanted.length];
            for (int i = 0; i < s.m(); i++) {
                for (int j = 0; j < s.n(); j++) {
                    double sum = 0;
                    for (int l = 0; l < s.k(); l++) {
                        double x =
                                a[(int) (q * batch.strideA()) + (s.transposeA() ? l * s.lda() + i : i * s.lda() + l)];
                        double y =
                                b[(int) (q * batch.strideB()) + (s.transposeB() ? j * s.ldb() + l : l * s.ldb() + j)];
                        sum += x * y;
                    }
                    int c = (int) (q * batch.strideC()) + i * s.ldc() + j;
                    wanted[i * s.n() + j] = alpha * sum + (beta == 0 ? 0 : beta * old[c]);
                    found[i * s.n() + j] = got[c];
                }
            }
            KernelCheck.requireWithin(s + " number " + q, wanted, found, tolerance);
        }
    }

    /** The comparison itself must notice a wrong element and a NaN. */
    @Example
    void aPlantedFaultIsFound() {
        double[] right = {0.5, -0.25};
        assertThatThrownBy(() -> KernelCheck.requireClose("planted", right, new double[] {0.5, -0.2501}, 20))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("element 1");
        assertThatThrownBy(() -> KernelCheck.requireClose("planted", right, new double[] {Double.NaN, -0.25}, 20))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("NaN");
    }

    @Example
    void wrongSizesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MatrixShape(3, 4, 5, false, false, 4, 4, 4))
                .withMessageContaining("lda is 4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MatrixShape.dense(0, 1, 1, false, false))
                .withMessageContaining("m=0");
        try (Workers workers = Workers.create(1);
                FloatPointer nine = new FloatPointer(9);
                FloatPointer eight = new FloatPointer(8)) {
            CpuBackend backend = KernelCheck.backend(CpuBackend.Library.BLAS);
            MatrixShape shape = MatrixShape.dense(3, 3, 3, false, false);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> MatrixProduct.of(backend, workers, shape, 1f, nine, eight, 0f, nine))
                    .withMessageContaining("B has 8 elements, expected at least 9");
            MatrixBatch overlapping = new MatrixBatch(2, 0, 0, 8);
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> MatrixProduct.batched(backend, workers, shape, overlapping, 1f, nine, nine, 0f, nine))
                    .withMessageContaining("overlap");
            assertThat(MatrixProduct.of(backend, workers, shape, 1f, nine, nine, 0f, nine))
                    .hasToString("matrix product float32 [3, 3] x [3, 3]");
        }
    }
}
