package org.jacreg.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.FloatPointer;

/** Convolutions of random geometry beside the definition in float64; results lie in arrays that held NaN. */
class ConvolutionProperties {

    @Provide
    Arbitrary<ConvolutionShape> shapes() {
        Arbitrary<Window> windows = Combinators.combine(
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.integers().between(1, 6),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 2),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 3))
                .as(Window::new);
        Arbitrary<ImageShape> images = Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 12),
                        Arbitraries.integers().between(1, 12))
                .as(ImageShape::new);
        // Outputs of any size: what lies below and to the right of the image is padding.
        Arbitrary<ImageShape> outputs = Combinators.combine(
                        Arbitraries.of(1, 2, 5, 16, 17),
                        Arbitraries.integers().between(1, 9),
                        Arbitraries.integers().between(1, 9))
                .as(ImageShape::new);
        return Combinators.combine(
                        Arbitraries.integers().between(1, 7),
                        images,
                        outputs,
                        windows,
                        Arbitraries.of(WeightFormat.class))
                .as(ConvolutionShape::new);
    }

    @Property(tries = 500, seed = "20260102", shrinking = ShrinkingMode.OFF)
    void equalsTheDefinition(
            @ForAll("shapes") ConvolutionShape shape,
            @ForAll @IntRange(min = 1, max = 3) int threads,
            @ForAll CpuBackend.Library library,
            @ForAll boolean accumulate) {
        try (Workers workers = Workers.create(threads)) {
            check(KernelCheck.backend(library), workers, shape, accumulate, new Random(shape.hashCode()));
        }
    }

    /** Usual layers; the last ones are cut into blocks of rows. */
    @Example
    void layersOfNetworksEqualTheDefinition() {
        ConvolutionShape[] shapes = {
            layer(20, 1, 28, 6, Window.square(5, 1, 2), WeightFormat.YXIO),
            layer(20, 6, 14, 16, Window.square(5, 1, 0), WeightFormat.OIYX),
            layer(3, 8, 16, 8, Window.square(1, 1, 0), WeightFormat.YXIO),
            layer(2, 3, 32, 16, Window.square(3, 2, 1), WeightFormat.OYXI),
            layer(2, 24, 60, 20, Window.square(3, 1, 1), WeightFormat.YXIO),
            layer(1, 24, 61, 4, new Window(3, 5, 2, 3, 2, 1, 1, 0), WeightFormat.OIYX),
        };
        CpuBackend backend = CpuBackend.find().orElseThrow();
        assertThat(backend.library()).isEqualTo(CpuBackend.Library.ONEDNN);
        try (Workers workers = Workers.create(2)) {
            for (ConvolutionShape shape : shapes) {
                check(backend, workers, shape, false, new Random(5));
            }
        }
        assertThat(ColumnBlocks.of(24 * 9, 60, 62, 1).rows()).isLessThan(60);
    }

    private static ConvolutionShape layer(int batch, int in, int size, int out, Window window, WeightFormat format) {
        return ConvolutionShape.of(batch, new ImageShape(in, size, size), out, window, format);
    }

    private static void check(
            CpuBackend backend, Workers workers, ConvolutionShape s, boolean accumulate, Random random) {
        double[] x = KernelCheck.random((long) s.batch() * s.input().size(), random);
        double[] w = KernelCheck.random(s.weights(), random);
        double[] y = KernelCheck.random((long) s.batch() * s.output().size(), random);
        try (FloatPointer px = KernelCheck.floats(x);
                FloatPointer pw = KernelCheck.floats(w);
                FloatPointer py = KernelCheck.floats(y);
                FloatPointer toX = accumulate ? KernelCheck.floats(x) : KernelCheck.dirty(x.length);
                FloatPointer toW = accumulate ? KernelCheck.floats(w) : KernelCheck.dirty(w.length);
                FloatPointer toY = accumulate ? KernelCheck.floats(y) : KernelCheck.dirty(y.length)) {
            Kernel forward = ConvolutionForward.of(backend, workers, s, px, pw, toY, accumulate);
            Kernel data = ConvolutionBackwardData.of(backend, workers, s, py, pw, toX, accumulate);
            Kernel weights = ConvolutionBackwardWeights.of(backend, workers, s, px, py, toW, accumulate);
            // Twice where nothing is added up: scratch memory is dirty the second time.
            for (int i = 0; i < (accumulate ? 1 : 2); i++) {
                forward.run();
                data.run();
                weights.run();
                double[] noX = accumulate ? x : new double[x.length];
                double[] noW = accumulate ? w : new double[w.length];
                double[] noY = accumulate ? y : new double[y.length];
                compare(forward, noY, NaiveConvolution.forward(s, x, w), toY, s.taps());
                int seen = s.output().channels()
                        * s.window().kernelHeight()
                        * s.window().kernelWidth();
                compare(data, noX, NaiveConvolution.backwardData(s, y, w), toX, seen);
                compare(
                        weights,
                        noW,
                        NaiveConvolution.backwardWeights(s, x, y),
                        toW,
                        (long) s.batch() * s.output().plane());
            }
        }
    }

    private static void compare(Kernel kernel, double[] before, double[] wanted, FloatPointer got, long terms) {
        double[] total = new double[wanted.length];
        for (int i = 0; i < total.length; i++) {
            total[i] = before[i] + wanted[i];
        }
        KernelCheck.requireClose(kernel.toString(), total, KernelCheck.read(got), terms);
    }

    /** {@code <W * X, Y> = <X, adjoint Y> = <W, gradient>}, in float64 of float32 results. */
    @Property(tries = 50, seed = "20260103", shrinking = ShrinkingMode.OFF)
    void theThreeAreAdjoint(@ForAll("shapes") ConvolutionShape s) {
        Random random = new Random(s.hashCode());
        double[] x = KernelCheck.random((long) s.batch() * s.input().size(), random);
        double[] w = KernelCheck.random(s.weights(), random);
        double[] y = KernelCheck.random((long) s.batch() * s.output().size(), random);
        CpuBackend backend = CpuBackend.find().orElseThrow();
        try (Workers workers = Workers.create(2);
                FloatPointer px = KernelCheck.floats(x);
                FloatPointer pw = KernelCheck.floats(w);
                FloatPointer py = KernelCheck.floats(y);
                FloatPointer toX = KernelCheck.dirty(x.length);
                FloatPointer toW = KernelCheck.dirty(w.length);
                FloatPointer toY = KernelCheck.dirty(y.length)) {
            ConvolutionForward.of(backend, workers, s, px, pw, toY, false).run();
            ConvolutionBackwardData.of(backend, workers, s, py, pw, toX, false).run();
            ConvolutionBackwardWeights.of(backend, workers, s, px, py, toW, false)
                    .run();
            double forward = KernelCheck.dot(KernelCheck.read(toY), y);
            // Each of the output's elements is off by at most the tolerance of requireClose, which the sum adds up.
            double tolerance = 6 * 0x1p-24 * (s.taps() + 1.0) * y.length;
            assertThat(KernelCheck.dot(KernelCheck.read(toX), x)).isCloseTo(forward, within(tolerance));
            assertThat(KernelCheck.dot(KernelCheck.read(toW), w)).isCloseTo(forward, within(tolerance));
        }
    }

    private static Offset<Double> within(double tolerance) {
        return Offset.offset(tolerance);
    }

    /** A reference with one tap too few must be told from the kernel. */
    @Example
    void aPlantedFaultIsFound() {
        ConvolutionShape right = layer(2, 2, 6, 3, Window.square(3, 1, 1), WeightFormat.YXIO);
        ConvolutionShape shifted =
                new ConvolutionShape(2, right.input(), right.output(), Window.square(3, 1, 0), WeightFormat.YXIO);
        Random random = new Random(8);
        double[] x = KernelCheck.random(2L * right.input().size(), random);
        double[] w = KernelCheck.random(right.weights(), random);
        try (Workers workers = Workers.create(1);
                FloatPointer px = KernelCheck.floats(x);
                FloatPointer pw = KernelCheck.floats(w);
                FloatPointer toY = KernelCheck.dirty(2L * right.output().size())) {
            Kernel kernel =
                    ConvolutionForward.of(CpuBackend.find().orElseThrow(), workers, shifted, px, pw, toY, false);
            kernel.run();
            double[] wanted = NaiveConvolution.forward(right, x, w);
            double[] none = new double[wanted.length];
            assertThatThrownBy(() -> compare(kernel, none, wanted, toY, right.taps()))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("expected");
        }
    }

    @Example
    void wrongSizesAreRefused() {
        ConvolutionShape s = layer(2, 2, 6, 3, Window.square(3, 1, 1), WeightFormat.YXIO);
        CpuBackend backend = CpuBackend.find().orElseThrow();
        try (Workers workers = Workers.create(1);
                FloatPointer x = new FloatPointer(2L * s.input().size());
                FloatPointer w = new FloatPointer(s.weights());
                FloatPointer y = new FloatPointer(2L * s.output().size());
                FloatPointer tooSmall = new FloatPointer(5)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ConvolutionForward.of(backend, workers, s, x, w, tooSmall, false))
                    .withMessageContaining("output has 5 elements, expected at least 216");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ConvolutionForward.of(backend, workers, s, x, tooSmall, y, false))
                    .withMessageContaining("weights has 5 elements, expected at least 54");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Window.square(3, 0, 1))
                .withMessageContaining("stride 0x0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> layer(1, 1, 2, 1, Window.square(5, 1, 0), WeightFormat.YXIO))
                .withMessageContaining("height=-2");
    }
}
