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
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/** Poolings of random geometry beside nested loops; results lie in arrays that held NaN. */
class PoolingProperties {

    /** Each output pixel with the numbers of the input pixels that it sees. */
    private interface Visit {
        void window(int output, int[] inputs, int channelBase, int count);
    }

    /** Padding smaller than the kernel, so that every window has a pixel. */
    @Provide
    Arbitrary<PoolShape> shapes() {
        Arbitrary<Integer> kernels = Arbitraries.integers().between(1, 3);
        Arbitrary<Integer> strides = Arbitraries.integers().between(1, 3);
        Arbitrary<Window> windows = Combinators.combine(kernels, kernels, strides, strides, strides)
                .as((h, w, sh, sw, d) -> new Window(h, w, sh, sw, d, 1, 0, w / 2));
        Arbitrary<ImageShape> images = Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(7, 11),
                        Arbitraries.integers().between(3, 9))
                .as(ImageShape::new);
        return Combinators.combine(Arbitraries.integers().between(1, 5), images, windows)
                .as(PoolShape::of);
    }

    @Property(tries = 300, seed = "20260104", shrinking = ShrinkingMode.OFF)
    void maxPoolingEqualsNestedLoops(
            @ForAll("shapes") PoolShape shape,
            @ForAll @IntRange(min = 1, max = 3) int threads,
            @ForAll @IntRange(min = 1, max = 3) int stack,
            @ForAll boolean gated,
            @ForAll boolean accumulate) {
        Random random = new Random(shape.hashCode());
        int in = shape.batch() * shape.input().size();
        int out = shape.batch() * shape.output().size();
        double[] x = ties(KernelCheck.random(in, random));
        double[] g = KernelCheck.random((long) stack * out, random);
        double[] u = KernelCheck.random((long) stack * in, random);
        double[] old = KernelCheck.random((long) stack * out, random);
        try (Workers workers = Workers.create(threads);
                FloatPointer px = KernelCheck.floats(x);
                FloatPointer py = KernelCheck.dirty(out);
                IntPointer places = new IntPointer(out);
                FloatPointer pg = KernelCheck.floats(g);
                FloatPointer pu = KernelCheck.floats(u);
                FloatPointer back = KernelCheck.dirty((long) stack * in);
                FloatPointer gathered = accumulate ? KernelCheck.floats(old) : KernelCheck.dirty((long) stack * out)) {
            int size = shape.input().size();
            MaxPooling pooling = MaxPooling.of(shape, places);
            SampleCopy.of(
                            workers,
                            "max",
                            shape.batch(),
                            size,
                            SampleSource.of(px, shape.batch(), size),
                            pooling.pool(py))
                    .run();
            MaxPooling maps = gated ? pooling.gated(py) : pooling;
            int samples = stack * shape.batch();
            SampleCopy.of(
                            workers,
                            "back",
                            samples,
                            size,
                            maps.backward(pg, stack),
                            SampleSink.of(back, samples, size, false))
                    .run();
            SampleCopy.of(
                            workers,
                            "gather",
                            samples,
                            size,
                            SampleSource.of(pu, samples, size),
                            maps.gather(gathered, stack, accumulate))
                    .run();
            double[] y = new double[out];
            int[] where = new int[out];
            double[] wantedBack = new double[stack * in];
            double[] wantedGather = accumulate ? old.clone() : new double[stack * out];
            windows(shape, (o, inputs, base, count) -> {
                int best = inputs[0];
                for (int i = 1; i < count; i++) {
                    best = x[inputs[i]] > x[best] ? inputs[i] : best;
                }
                y[o] = x[best];
                where[o] = best - base;
                for (int v = 0; v < stack; v++) {
                    if (!gated || y[o] > 0) {
                        wantedBack[v * in + best] += g[v * out + o];
                        wantedGather[v * out + o] += u[v * in + best];
                    }
                }
            });
            assertThat(KernelCheck.read(places)).isEqualTo(where);
            KernelCheck.requireClose("max", y, KernelCheck.read(py), 0);
            KernelCheck.requireClose("backward", wantedBack, KernelCheck.read(back), 9);
            KernelCheck.requireClose("gather", wantedGather, KernelCheck.read(gathered), 2);
        }
    }

    @Property(tries = 200, seed = "20260105", shrinking = ShrinkingMode.OFF)
    void averagePoolingEqualsNestedLoops(
            @ForAll("shapes") PoolShape shape,
            @ForAll @IntRange(min = 1, max = 3) int threads,
            @ForAll boolean countPadding) {
        Random random = new Random(shape.hashCode());
        int in = shape.batch() * shape.input().size();
        int out = shape.batch() * shape.output().size();
        double[] x = KernelCheck.random(in, random);
        double[] g = KernelCheck.random(out, random);
        try (Workers workers = Workers.create(threads);
                FloatPointer px = KernelCheck.floats(x);
                FloatPointer py = KernelCheck.dirty(out);
                FloatPointer pg = KernelCheck.floats(g);
                FloatPointer back = KernelCheck.dirty(in)) {
            int size = shape.input().size();
            int batch = shape.batch();
            AveragePooling pooling = AveragePooling.of(shape, countPadding);
            SampleCopy.of(workers, "average", batch, size, SampleSource.of(px, batch, size), pooling.pool(py, batch))
                    .run();
            SampleCopy.of(
                            workers,
                            "back",
                            batch,
                            size,
                            pooling.backward(pg, batch),
                            SampleSink.of(back, batch, size, false))
                    .run();
            double[] y = new double[out];
            double[] wanted = new double[in];
            int kernel = shape.window().kernelHeight() * shape.window().kernelWidth();
            windows(shape, (o, inputs, base, count) -> {
                double divisor = countPadding ? kernel : count;
                for (int i = 0; i < count; i++) {
                    y[o] += x[inputs[i]] / divisor;
                    wanted[inputs[i]] += g[o] / divisor;
                }
            });
            KernelCheck.requireClose("average", y, KernelCheck.read(py), 9);
            KernelCheck.requireClose("backward", wanted, KernelCheck.read(back), 9);
            // <pool X, G> = <X, backward G>
            double tolerance = 6 * 0x1p-24 * 10 * out;
            assertThat(Math.abs(KernelCheck.dot(KernelCheck.read(py), g) - KernelCheck.dot(KernelCheck.read(back), x)))
                    .isLessThan(tolerance);
        }
    }

    /** Many equal values, for the first of them to win. */
    private static double[] ties(double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.rint(values[i] * 2) / 2;
        }
        return values;
    }

    private static void windows(PoolShape s, Visit visit) {
        Window v = s.window();
        ImageShape in = s.input();
        ImageShape out = s.output();
        for (int o = 0; o < s.batch() * out.size(); o++) {
            int channel = o / out.plane();
            int y = o % out.plane() / out.width();
            int x = o % out.width();
            int[] inputs = new int[v.kernelHeight() * v.kernelWidth()];
            int count = 0;
            for (int a = 0; a < v.kernelHeight(); a++) {
                for (int b = 0; b < v.kernelWidth(); b++) {
                    int row = y * v.strideHeight() + a * v.dilationHeight() - v.padTop();
                    int column = x * v.strideWidth() + b * v.dilationWidth() - v.padLeft();
                    if (row >= 0 && row < in.height() && column >= 0 && column < in.width()) {
                        inputs[count++] = channel * in.plane() + row * in.width() + column;
                    }
                }
            }
            visit.window(o, inputs, channel * in.plane(), count);
        }
    }

    /** A convolution read through the backward map and one written through the gather map equal the separate steps. */
    @Example
    void poolingFusesIntoConvolutions() {
        int batch = 5;
        int stack = 3;
        ConvolutionShape conv = ConvolutionShape.of(
                stack * batch, new ImageShape(2, 12, 12), 6, Window.square(5, 1, 2), WeightFormat.YXIO);
        PoolShape pool = PoolShape.of(batch, conv.output(), Window.square(2, 2, 0));
        Random random = new Random(3);
        int pooled = batch * pool.output().size();
        double[] w = KernelCheck.random(conv.weights(), random);
        double[] features = KernelCheck.random((long) batch * conv.output().size(), random);
        double[] g = KernelCheck.random((long) stack * pooled, random);
        double[] u = KernelCheck.random((long) stack * batch * conv.input().size(), random);
        CpuBackend backend = CpuBackend.find().orElseThrow();
        try (Workers workers = Workers.create(2);
                FloatPointer pw = KernelCheck.floats(w);
                FloatPointer px = KernelCheck.floats(features);
                FloatPointer py = KernelCheck.dirty(pooled);
                IntPointer places = new IntPointer(pooled);
                FloatPointer pg = KernelCheck.floats(g);
                FloatPointer pu = KernelCheck.floats(u);
                FloatPointer toX = KernelCheck.dirty(u.length);
                FloatPointer toY = KernelCheck.dirty(g.length);
                FloatPointer toW = KernelCheck.dirty(w.length)) {
            int size = conv.output().size();
            MaxPooling maps = MaxPooling.of(pool, places).gated(py);
            SampleCopy.of(workers, "max", batch, size, SampleSource.of(px, batch, size), maps.pool(py))
                    .run();
            int samples = stack * batch;
            SampleSource source = maps.backward(pg, stack);
            ConvolutionBackwardData.of(
                            backend,
                            workers,
                            conv,
                            source,
                            pw,
                            SampleSink.of(toX, samples, conv.input().size(), false))
                    .run();
            SampleSource inputs = SampleSource.of(pu, samples, conv.input().size());
            ConvolutionForward.of(backend, workers, conv, inputs, pw, maps.gather(toY, stack, false))
                    .run();
            ConvolutionBackwardWeights.of(backend, workers, conv, inputs, source, toW, false)
                    .run();

            double[] spread = new double[stack * batch * size];
            int[] where = KernelCheck.read(places);
            double[] gate = KernelCheck.read(py);
            double[] forward = NaiveConvolution.forward(conv, u, w);
            double[] picked = new double[g.length];
            for (int i = 0; i < g.length; i++) {
                int channel = i / pool.output().plane();
                int at = channel * pool.input().plane() + where[i % pooled];
                if (gate[i % pooled] > 0) {
                    spread[at] += g[i];
                    picked[i] = forward[at];
                }
            }
            KernelCheck.requireClose(
                    "data", NaiveConvolution.backwardData(conv, spread, w), KernelCheck.read(toX), 150);
            KernelCheck.requireClose(
                    "weights", NaiveConvolution.backwardWeights(conv, u, spread), KernelCheck.read(toW), 2160);
            KernelCheck.requireClose("gather", picked, KernelCheck.read(toY), 50);
        }
    }

    @Example
    void theFirstOfEqualsWinsAndNotANumberWinsOverNumbers() {
        PoolShape shape = PoolShape.of(1, new ImageShape(1, 2, 8), Window.square(2, 2, 0));
        float nan = Float.NaN;
        float[] x = {1, 1, 0, nan, nan, 5, -1, -2, 1, 1, 7, 3, 2, nan, -3, -1};
        try (Workers workers = Workers.create(1);
                FloatPointer px = new FloatPointer(x);
                FloatPointer py = KernelCheck.dirty(4);
                IntPointer places = new IntPointer(4)) {
            SampleSink sink = MaxPooling.of(shape, places).pool(py);
            SampleCopy.of(workers, "max", 1, 16, SampleSource.of(px, 1, 16), sink)
                    .run();
            assertThat(KernelCheck.read(places)).containsExactly(0, 3, 4, 6);
            assertThat(KernelCheck.read(py)).containsExactly(1, Double.NaN, Double.NaN, -1);
        }
    }

    @Example
    void aPlantedFaultIsFound() {
        assertThatThrownBy(() -> KernelCheck.requireClose("planted", new double[] {1, 0}, new double[] {0, 1}, 9))
                .isInstanceOf(AssertionError.class);
    }

    @Example
    void windowsWithoutPixelsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PoolShape.of(1, new ImageShape(1, 4, 4), Window.square(2, 1, 2)))
                .withMessageContaining("output row 0 lie in the padding");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new PoolShape(1, new ImageShape(2, 4, 4), new ImageShape(1, 2, 2), Window.square(2, 2, 0)))
                .withMessageContaining("expected 2");
    }
}
