package org.jacreg.runtime.kernel;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.jspecify.annotations.Nullable;

/**
 * Max pooling that keeps where each maximum was, and the two linear maps that these places define.
 *
 * <p>{@code Y[n, c, p] = max of X[n, c, q] over the window of p}; the place is {@code q = row * W + column}. Of equal pixels the first
 * in row order wins, as in ND4J, and so does the first NaN, which wins over numbers. The backward map puts {@code G[n, c, p]} at its
 * place and adds up where windows share one; the gather map, its adjoint, reads there. Both take stacks: with N samples pooled, sample
 * {@code v N + n} of a stack uses the places of sample n.
 *
 * <p>A gate lets through only what belongs to a positive number of its own, {@code [N, C, oH, oW]}: with {@code Y} itself as the gate the
 * maps also carry the derivative of a ReLU between the convolution and the pooling, which is 0 at 0.
 */
public final class MaxPooling {

    private final PoolShape shape;
    private final IntPointer placesPointer;
    private final IntBuffer places;
    private final @Nullable FloatPointer gatePointer;
    private final @Nullable FloatBuffer gate;

    private MaxPooling(PoolShape shape, IntPointer places, @Nullable FloatPointer gate) {
        long size = (long) shape.batch() * shape.output().size();
        this.shape = shape;
        placesPointer = places;
        this.places = NativeFloats.view("places", places, size);
        gatePointer = gate;
        this.gate = gate == null ? null : NativeFloats.view("gate", gate, size);
    }

    /**
     * A pooling.
     *
     * @param shape the shape
     * @param places {@code [N, C, oH, oW]}: written by {@link #pool}, read by the other maps
     * @return the pooling
     */
    public static MaxPooling of(PoolShape shape, IntPointer places) {
        return new MaxPooling(shape, places, null);
    }

    /**
     * The same pooling whose backward and gather maps pass a gate.
     *
     * @param values {@code [N, C, oH, oW]}; what stands where they are not positive, or NaN, becomes zero; not modified
     * @return a view
     */
    public MaxPooling gated(FloatPointer values) {
        return new MaxPooling(shape, placesPointer, values);
    }

    /**
     * Pools what is written to it and keeps the places.
     *
     * @param output Y; modified
     * @return takes samples {@code [C, H, W]}
     */
    public SampleSink pool(FloatPointer output) {
        FloatBuffer values = NativeFloats.view(
                "output", output, (long) shape.batch() * shape.output().size());
        return new Pool(shape, new PoolWindows(shape), values, places);
    }

    /**
     * Puts cotangents at their places, with zeros elsewhere.
     *
     * @param cotangents {@code [V N, C, oH, oW]}; not modified
     * @param stack V
     * @return makes samples {@code [C, H, W]}
     */
    public SampleSource backward(FloatPointer cotangents, int stack) {
        return new Scatter(this, NativeFloats.view("cotangents", cotangents, stackSize(stack)));
    }

    /**
     * Reads what is written to it at the places.
     *
     * @param output {@code [V N, C, oH, oW]}; modified
     * @param stack V
     * @param accumulate whether to add to the output rather than replace it
     * @return takes samples {@code [C, H, W]}
     */
    public SampleSink gather(FloatPointer output, int stack, boolean accumulate) {
        return new Gather(this, NativeFloats.view("output", output, stackSize(stack)), accumulate);
    }

    private long stackSize(int stack) {
        if (!(stack >= 1)) {
            throw new IllegalArgumentException("expected a stack of at least 1, got " + stack);
        }
        return (long) stack * shape.batch() * shape.output().size();
    }

    private void readPlaces(int sample, int[] to) {
        places.get(sample % shape.batch() * to.length, to, 0, to.length);
    }

    private void applyGate(int sample, float[] values, float[] scratch) {
        FloatBuffer open = gate;
        if (open != null) {
            open.get(sample % shape.batch() * values.length, scratch, 0, values.length);
            for (int i = 0; i < values.length; i++) {
                values[i] = scratch[i] > 0 ? values[i] : 0f;
            }
        }
    }

    @Override
    public String toString() {
        return "max pooling " + shape + (gatePointer == null ? "" : " gated");
    }

    private static final class Pool implements SampleSink {

        private final PoolShape shape;
        private final PoolWindows windows;
        private final FloatBuffer output;
        private final IntBuffer places;
        private final float[] best;
        private final int[] where;

        Pool(PoolShape shape, PoolWindows windows, FloatBuffer output, IntBuffer places) {
            this.shape = shape;
            this.windows = windows;
            this.output = output;
            this.places = places;
            best = new float[shape.output().size()];
            where = new int[best.length];
        }

        @Override
        public SampleSink perTask() {
            return new Pool(shape, windows, output, places);
        }

        @Override
        public void write(int sample, float[] values) {
            int plane = shape.output().plane();
            for (int c = 0; c < shape.input().channels(); c++) {
                int base = c * shape.input().plane();
                for (int p = 0; p < plane; p++) {
                    poolOne(values, base, p, c * plane + p);
                }
            }
            output.put(sample * best.length, best, 0, best.length);
            places.put(sample * best.length, where, 0, best.length);
        }

        /* One comparison of integers per pixel and no branch, which random images would mispredict every other time. */
        private void poolOne(float[] values, int base, int pixel, int to) {
            long most = Long.MIN_VALUE;
            for (int k = windows.from(pixel); k < windows.to(pixel); k++) {
                int place = windows.place(k);
                most = Math.max(most, key(values[base + place], place));
            }
            int place = ~(int) most;
            best[to] = values[base + place];
            where[to] = place;
        }

        /** Ordered as values are, NaN last; where these are equal, zeros of either sign too, the earlier place is greater. */
        private static long key(float value, int place) {
            int bits = Float.floatToIntBits(value + 0f);
            int ordered = bits ^ ((bits >> (Integer.SIZE - 1)) & Integer.MAX_VALUE);
            return ((long) ordered << Integer.SIZE) | (~place & 0xFFFF_FFFFL);
        }
    }

    private static final class Scatter implements SampleSource {

        private final MaxPooling pooling;
        private final FloatBuffer cotangents;
        private final float[] values;
        private final float[] gate;
        private final int[] where;

        Scatter(MaxPooling pooling, FloatBuffer cotangents) {
            this.pooling = pooling;
            this.cotangents = cotangents;
            values = new float[pooling.shape.output().size()];
            gate = new float[values.length];
            where = new int[values.length];
        }

        @Override
        public SampleSource perTask() {
            return new Scatter(pooling, cotangents);
        }

        @Override
        public void read(int sample, float[] to) {
            cotangents.get(sample * values.length, values, 0, values.length);
            pooling.readPlaces(sample, where);
            pooling.applyGate(sample, values, gate);
            Arrays.fill(to, 0, pooling.shape.input().size(), 0f);
            int plane = pooling.shape.output().plane();
            for (int c = 0; c < pooling.shape.input().channels(); c++) {
                int base = c * pooling.shape.input().plane();
                for (int p = c * plane; p < (c + 1) * plane; p++) {
                    to[base + where[p]] += values[p];
                }
            }
        }
    }

    private static final class Gather implements SampleSink {

        private final MaxPooling pooling;
        private final FloatBuffer output;
        private final boolean accumulate;
        private final float[] picked;
        private final float[] scratch;
        private final int[] where;

        Gather(MaxPooling pooling, FloatBuffer output, boolean accumulate) {
            this.pooling = pooling;
            this.output = output;
            this.accumulate = accumulate;
            picked = new float[pooling.shape.output().size()];
            scratch = new float[picked.length];
            where = new int[picked.length];
        }

        @Override
        public SampleSink perTask() {
            return new Gather(pooling, output, accumulate);
        }

        @Override
        public void write(int sample, float[] values) {
            pooling.readPlaces(sample, where);
            int plane = pooling.shape.output().plane();
            for (int c = 0; c < pooling.shape.input().channels(); c++) {
                int base = c * pooling.shape.input().plane();
                for (int p = c * plane; p < (c + 1) * plane; p++) {
                    picked[p] = values[base + where[p]];
                }
            }
            pooling.applyGate(sample, picked, scratch);
            if (accumulate) {
                output.get(sample * picked.length, scratch, 0, picked.length);
                for (int i = 0; i < picked.length; i++) {
                    picked[i] += scratch[i];
                }
            }
            output.put(sample * picked.length, picked, 0, picked.length);
        }
    }
}
