package org.jacreg.runtime;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jacreg.runtime.Fold.Extents;
import org.jacreg.runtime.kernel.Workers;

/**
 * Runs a {@link Fold}: runs of neighbouring entries are added up lane by lane in float32, and after at most {@value #ADDED} of
 * them in float64, so that long sums stay as exact as short ones.
 *
 * <p>The tasks and the order of all additions depend on the shapes and the number of threads alone: results repeat.
 */
final class FoldStep implements Runnable {

    private static final int LANES = 2048;
    private static final int ADDED = 32;

    private final Fold.Kind kind;
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final int outer;
    private final int kept;
    private final int inner;
    private final int last;
    private final boolean toNumbers;
    private final int chunks;
    private final Workers workers;
    private final Scratch[] scratch;
    private final double[] partial;
    private final IntConsumer task;

    FoldStep(Fold fold, Storage storage, Workers workers) {
        Extents extents = fold.extents();
        this.kind = fold.kind();
        this.input = Memory.floats(storage.array(fold.input()));
        this.output = Memory.floats(storage.array(fold.output()));
        this.workers = workers;
        boolean everything = extents.kept() * extents.last() == 1;
        boolean columns = !everything && extents.inner() == 1 && extents.last() == 1;
        this.toNumbers = everything || (extents.last() == 1 && !columns);
        this.outer = Math.toIntExact(everything ? 1 : extents.outer());
        this.kept = Math.toIntExact(everything || columns ? 1 : extents.kept());
        this.inner = Math.toIntExact(everything || toNumbers ? 1 : extents.inner());
        this.last = Math.toIntExact(
                everything
                        ? fold.input().length()
                        : columns ? extents.kept() : toNumbers ? extents.inner() : extents.last());
        int wanted = Math.max(1, Math.min(workers.size() * (toNumbers && kept == 1 ? 1 : 4), last / 64));
        this.chunks = toNumbers ? (kept < workers.size() ? wanted : 1) : Math.max(wanted, (last + LANES - 1) / LANES);
        this.scratch = new Scratch[workers.size()];
        Arrays.setAll(scratch, i -> new Scratch());
        this.partial = new double[toNumbers ? kept * chunks : 0];
        this.task = this::share;
    }

    /** What one thread works in. */
    private static final class Scratch {
        private final float[] run = new float[LANES];
        private final float[] lanes = new float[LANES];
        private final double[] sums = new double[LANES];
    }

    @Override
    public void run() {
        workers.parallel(scratch.length, task);
        for (int k = 0; toNumbers && k < kept; k++) {
            double sum = 0;
            for (int chunk = 0; chunk < chunks; chunk++) {
                sum += partial[k * chunks + chunk];
            }
            output.put(k, (float) sum);
        }
    }

    private void share(int thread) {
        int cells = kept * chunks;
        int from = (int) ((long) cells * thread / scratch.length);
        int to = (int) ((long) cells * (thread + 1) / scratch.length);
        for (int cell = from; cell < to; cell++) {
            int chunk = cell % chunks;
            int start = (int) ((long) last * chunk / chunks);
            int n = (int) ((long) last * (chunk + 1) / chunks) - start;
            if (toNumbers) {
                partial[cell] = number(cell / chunks, start, n, scratch[thread]);
            } else {
                addUp(cell / chunks, start, n, scratch[thread]);
                store(scratch[thread], (long) (cell / chunks) * last + start, n);
            }
        }
    }

    /** One sum over a stretch, which may be longer than the lanes. */
    private double number(int k, int start, int n, Scratch own) {
        int lanes = Math.min(n, LANES);
        Arrays.fill(own.sums, 0, lanes, 0);
        Arrays.fill(own.lanes, 0, lanes, 0);
        int added = 0;
        for (int o = 0; o < outer; o++) {
            int base = (o * kept + k) * last + start;
            for (int at = 0; at < n; at += lanes) {
                int length = Math.min(lanes, n - at);
                input.get(base + at, own.run, 0, length);
                add(own.run, own.lanes, length);
                if (++added % ADDED == 0) {
                    flush(own, lanes);
                }
            }
        }
        flush(own, lanes);
        double sum = 0;
        for (int i = 0; i < lanes; i++) {
            sum += own.sums[i];
        }
        return sum;
    }

    private void addUp(int k, int start, int n, Scratch own) {
        Arrays.fill(own.sums, 0, n, 0);
        Arrays.fill(own.lanes, 0, n, 0);
        int added = 0;
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < inner; i++) {
                input.get(((o * kept + k) * inner + i) * last + start, own.run, 0, n);
                add(own.run, own.lanes, n);
                if (++added % ADDED == 0) {
                    flush(own, n);
                }
            }
        }
        flush(own, n);
    }

    private void add(float[] run, float[] lanes, int n) {
        switch (kind) {
            case SUM -> {
                for (int i = 0; i < n; i++) {
                    lanes[i] += run[i];
                }
            }
            case SQUARES -> {
                for (int i = 0; i < n; i++) {
                    lanes[i] += run[i] * run[i];
                }
            }
            case MAGNITUDES -> {
                for (int i = 0; i < n; i++) {
                    lanes[i] += Math.abs(run[i]);
                }
            }
        }
    }

    private static void flush(Scratch own, int n) {
        for (int i = 0; i < n; i++) {
            own.sums[i] += own.lanes[i];
        }
        Arrays.fill(own.lanes, 0, n, 0);
    }

    private void store(Scratch own, long offset, int n) {
        for (int i = 0; i < n; i++) {
            own.run[i] = (float) own.sums[i];
        }
        output.put((int) offset, own.run, 0, n);
    }
}
