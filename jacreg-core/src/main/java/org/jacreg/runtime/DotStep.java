package org.jacreg.runtime;

import java.nio.FloatBuffer;
import java.util.function.IntConsumer;
import org.jacreg.runtime.kernel.Workers;

/** {@code max(sum(a * b), 0)}: the sum stands for a squared norm, whose root is taken, and rounding must not make it negative; lanes added up in float32 for a while, then in float64; the order depends on the length alone. */
final class DotStep implements Runnable {

    private static final int LANES = 1024;

    /** Runs of lanes that are added up in float32. */
    private static final int ADDED = 32;

    private static final int STRETCH = LANES * ADDED;

    private final FloatBuffer left;
    private final FloatBuffer right;
    private final FloatBuffer output;
    private final int length;
    private final Workers workers;
    private final float[][][] scratch;
    private final double[] partial;
    private final IntConsumer task;

    DotStep(Native instruction, Storage storage, Workers workers) {
        this.left = Memory.floats(storage.array(instruction.inputs().get(0)));
        this.right = Memory.floats(storage.array(instruction.inputs().get(1)));
        this.output = Memory.floats(storage.array(instruction.outputs().get(0)));
        this.length = Math.toIntExact(instruction.inputs().get(0).length());
        this.workers = workers;
        this.scratch = new float[workers.size()][3][LANES];
        this.partial = new double[(length + STRETCH - 1) / STRETCH];
        this.task = this::share;
    }

    @Override
    public void run() {
        workers.parallel(scratch.length, task);
        double sum = 0;
        for (double part : partial) {
            sum += part;
        }
        output.put(0, (float) Math.max(sum, 0));
    }

    private void share(int thread) {
        for (int i = thread; i < partial.length; i += scratch.length) {
            partial[i] = stretch(i * STRETCH, Math.min(length, (i + 1) * STRETCH), scratch[thread]);
        }
    }

    private double stretch(int from, int to, float[][] own) {
        float[] a = own[0];
        float[] b = own[1];
        float[] lanes = own[2];
        java.util.Arrays.fill(lanes, 0);
        for (int start = from; start < to; start += LANES) {
            int n = Math.min(LANES, to - start);
            left.get(start, a, 0, n);
            right.get(start, b, 0, n);
            for (int i = 0; i < n; i++) {
                lanes[i] += a[i] * b[i];
            }
        }
        double sum = 0;
        for (float lane : lanes) {
            sum += lane;
        }
        return sum;
    }
}
