package org.jacreg.runtime.kernel;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Average pooling and its adjoint: {@code Y[n, c, p] = sum of X[n, c, q] over the window of p, divided by its size}.
 *
 * <p>The size counts the pixels of the image, or the whole kernel, padding included, as is asked for. Sums are in float32.
 */
public final class AveragePooling {

    private final PoolShape shape;
    private final PoolWindows windows;
    private final float[] factors;

    private AveragePooling(PoolShape shape, boolean countPadding) {
        this.shape = shape;
        windows = new PoolWindows(shape);
        factors = new float[shape.output().plane()];
        int kernel = shape.window().kernelHeight() * shape.window().kernelWidth();
        for (int p = 0; p < factors.length; p++) {
            factors[p] = 1f / (countPadding ? kernel : windows.to(p) - windows.from(p));
        }
    }

    /**
     * A pooling.
     *
     * @param shape the shape
     * @param countPadding whether to divide by the kernel's size also where part of it lies in the padding
     * @return the pooling
     */
    public static AveragePooling of(PoolShape shape, boolean countPadding) {
        return new AveragePooling(shape, countPadding);
    }

    /**
     * Pools what is written to it.
     *
     * @param output {@code [samples, C, oH, oW]}; modified
     * @param samples how many; the batch of the shape, or a stack of them
     * @return takes samples {@code [C, H, W]}
     */
    public SampleSink pool(FloatPointer output, int samples) {
        return new Pool(
                this,
                NativeFloats.view(
                        "output", output, (long) samples * shape.output().size()));
    }

    /**
     * Spreads cotangents over their windows.
     *
     * @param cotangents {@code [samples, C, oH, oW]}; not modified
     * @param samples how many; the batch of the shape, or a stack of them
     * @return makes samples {@code [C, H, W]}
     */
    public SampleSource backward(FloatPointer cotangents, int samples) {
        return new Spread(
                this,
                NativeFloats.view(
                        "cotangents",
                        cotangents,
                        (long) samples * shape.output().size()));
    }

    @Override
    public String toString() {
        return "average pooling " + shape;
    }

    private static final class Pool implements SampleSink {

        private final AveragePooling pooling;
        private final FloatBuffer output;
        private final float[] means;

        Pool(AveragePooling pooling, FloatBuffer output) {
            this.pooling = pooling;
            this.output = output;
            means = new float[pooling.shape.output().size()];
        }

        @Override
        public SampleSink perTask() {
            return new Pool(pooling, output);
        }

        @Override
        public void write(int sample, float[] values) {
            PoolWindows windows = pooling.windows;
            int plane = pooling.factors.length;
            for (int i = 0; i < means.length; i++) {
                int base = i / plane * pooling.shape.input().plane();
                int pixel = i % plane;
                float sum = 0;
                for (int k = windows.from(pixel); k < windows.to(pixel); k++) {
                    sum += values[base + windows.place(k)];
                }
                means[i] = sum * pooling.factors[pixel];
            }
            output.put(sample * means.length, means, 0, means.length);
        }
    }

    private static final class Spread implements SampleSource {

        private final AveragePooling pooling;
        private final FloatBuffer cotangents;
        private final float[] values;

        Spread(AveragePooling pooling, FloatBuffer cotangents) {
            this.pooling = pooling;
            this.cotangents = cotangents;
            values = new float[pooling.shape.output().size()];
        }

        @Override
        public SampleSource perTask() {
            return new Spread(pooling, cotangents);
        }

        @Override
        public void read(int sample, float[] to) {
            PoolWindows windows = pooling.windows;
            cotangents.get(sample * values.length, values, 0, values.length);
            Arrays.fill(to, 0, pooling.shape.input().size(), 0f);
            int plane = pooling.factors.length;
            for (int i = 0; i < values.length; i++) {
                int base = i / plane * pooling.shape.input().plane();
                int pixel = i % plane;
                float share = values[i] * pooling.factors[pixel];
                for (int k = windows.from(pixel); k < windows.to(pixel); k++) {
                    to[base + windows.place(k)] += share;
                }
            }
        }
    }
}
