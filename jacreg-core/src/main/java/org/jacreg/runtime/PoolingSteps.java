package org.jacreg.runtime;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.function.IntConsumer;
import org.jacreg.runtime.NativeOperation.GatherPool;
import org.jacreg.runtime.NativeOperation.MaxPool;
import org.jacreg.runtime.kernel.Workers;

/** Kernels of {@link MaxPool} and what goes with it, sample by sample. */
final class PoolingSteps implements Runnable {

    private final NativeOperation operation;
    private final Workers workers;
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final IntBuffer places;
    private final int samples;
    private final int channels;
    private final int plane;
    private final int smallPlane;
    private final int width;
    private final int smallWidth;
    private final int stack;
    private final float[][] large;
    private final float[][] small;
    private final int[][] where;
    private final IntConsumer task;

    PoolingSteps(Native instruction, Storage storage, Workers workers) {
        this.operation = instruction.operation();
        this.workers = workers;
        boolean pools = operation instanceof MaxPool;
        Value first = instruction.inputs().get(0);
        Value result = instruction.outputs().get(0);
        Value positions =
                pools ? instruction.outputs().get(1) : instruction.inputs().get(1);
        Value image = pools || operation instanceof GatherPool ? first : result;
        Value pooled = image == first ? result : first;
        this.input = Memory.floats(storage.array(first));
        this.output = Memory.floats(storage.array(result));
        this.places = Memory.ints(storage.array(positions));
        this.samples = Math.toIntExact(image.size(0));
        this.stack = samples / Math.toIntExact(positions.size(0));
        this.channels = Math.toIntExact(image.size(1));
        this.width = Math.toIntExact(image.size(3));
        this.smallWidth = Math.toIntExact(pooled.size(3));
        this.plane = Math.toIntExact(image.size(2)) * width;
        this.smallPlane = Math.toIntExact(pooled.size(2)) * smallWidth;
        this.large = new float[workers.size()][channels * plane];
        this.small = new float[workers.size()][channels * smallPlane];
        this.where = new int[workers.size()][channels * smallPlane];
        this.task = this::share;
    }

    @Override
    public void run() {
        workers.parallel(large.length, task);
    }

    private void share(int thread) {
        int from = (int) ((long) samples * thread / large.length);
        int to = (int) ((long) samples * (thread + 1) / large.length);
        for (int n = from; n < to; n++) {
            if (operation instanceof MaxPool) {
                pool(n, large[thread], small[thread], where[thread]);
            } else if (operation instanceof GatherPool) {
                gather(n, large[thread], small[thread], where[thread]);
            } else {
                unpool(n, large[thread], small[thread], where[thread]);
            }
        }
    }

    private void pool(int n, float[] image, float[] maxima, int[] positions) {
        input.get(n * image.length, image);
        int kH = plane / width / (smallPlane / smallWidth);
        int kW = width / smallWidth;
        int i = 0;
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < smallPlane / smallWidth; y++) {
                for (int x = 0; x < smallWidth; x++) {
                    int best = y * kH * width + x * kW;
                    float largest = image[c * plane + best];
                    for (int row = 0; row < kH; row++) {
                        int start = (y * kH + row) * width + x * kW;
                        for (int at = start; at < start + kW; at++) {
                            if (image[c * plane + at] > largest) {
                                largest = image[c * plane + at];
                                best = at;
                            }
                        }
                    }
                    maxima[i] = largest;
                    positions[i++] = best;
                }
            }
        }
        output.put(n * maxima.length, maxima);
        places.put(n * maxima.length, positions);
    }

    private void gather(int n, float[] image, float[] values, int[] positions) {
        input.get(n * image.length, image);
        places.get(n % (samples / stack) * values.length, positions);
        for (int i = 0; i < values.length; i++) {
            values[i] = image[i / smallPlane * plane + positions[i]];
        }
        output.put(n * values.length, values);
    }

    private void unpool(int n, float[] image, float[] values, int[] positions) {
        input.get(n * values.length, values);
        places.get(n % (samples / stack) * values.length, positions);
        java.util.Arrays.fill(image, 0);
        for (int i = 0; i < values.length; i++) {
            image[i / smallPlane * plane + positions[i]] = values[i];
        }
        output.put(n * image.length, image);
    }
}
