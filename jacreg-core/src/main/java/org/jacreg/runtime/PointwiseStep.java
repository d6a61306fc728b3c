package org.jacreg.runtime;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.jacreg.runtime.Pointwise.Operand;
import org.jacreg.runtime.Pointwise.Stage;
import org.jacreg.runtime.kernel.Workers;

/** Runs a {@link Pointwise} pass block by block: operands into short Java arrays, all stages there, the result back. */
final class PointwiseStep implements Runnable {

    /** Entries of a block: a dozen blocks fit the first cache level of any CPU of the last ten years, as they must. */
    private static final int BLOCK = 2048;

    /** Passes up to this many entries are not worth a second thread. */
    private static final long ALONE = 4L * BLOCK;

    private final Reader[] readers;
    private final Stage[] stages;
    private final FloatBuffer output;
    private final int length;
    private final Workers workers;
    private final float[][][] registers;
    private final IntConsumer task;
    private final int tasks;

    PointwiseStep(Pointwise pass, Storage storage, Workers workers) {
        List<Operand> operands = pass.operands();
        this.readers = new Reader[operands.size()];
        for (int i = 0; i < readers.length; i++) {
            readers[i] = Reader.of(operands.get(i), storage);
        }
        this.stages = pass.stages().toArray(Stage[]::new);
        this.output = Memory.floats(storage.array(pass.output()));
        this.length = Math.toIntExact(pass.output().length());
        this.workers = workers;
        this.tasks = length <= ALONE ? 1 : workers.size();
        this.registers = new float[tasks][readers.length + stages.length][Math.min(BLOCK, length)];
        this.task = this::stretch;
    }

    @Override
    public void run() {
        if (tasks == 1) {
            stretch(0);
        } else {
            workers.parallel(tasks, task);
        }
    }

    private void stretch(int index) {
        int blocks = (length + BLOCK - 1) / BLOCK;
        int from = (int) ((long) blocks * index / tasks) * BLOCK;
        int to = Math.min(length, (int) ((long) blocks * (index + 1) / tasks) * BLOCK);
        float[][] own = registers[index];
        for (int start = from; start < to; start += BLOCK) {
            int n = Math.min(BLOCK, to - start);
            for (int i = 0; i < readers.length; i++) {
                readers[i].read(start, own[i], n);
            }
            for (int i = 0; i < stages.length; i++) {
                ElementwiseLoops.run(stages[i], own, own[readers.length + i], n);
            }
            output.put(start, own[own.length - 1], 0, n);
        }
    }

    /** Brings entries of an operand, as it broadcasts, into an array. */
    private record Reader(FloatBuffer source, int length, long repeat) {

        static Reader of(Operand operand, Storage storage) {
            FloatBuffer source = Memory.floats(storage.array(operand.value()));
            return new Reader(source, Math.toIntExact(operand.value().length()), operand.repeat());
        }

        void read(int start, float[] to, int n) {
            if (length == 1) {
                Arrays.fill(to, 0, n, source.get(0));
            } else if (repeat == 1) {
                readCycle(start, to, n);
            } else {
                readRuns(start, to, n);
            }
        }

        private void readCycle(int start, float[] to, int n) {
            int done = 0;
            int position = start % length;
            while (done < n) {
                int stretch = Math.min(n - done, length - position);
                source.get(position, to, done, stretch);
                done += stretch;
                position = 0;
            }
        }

        private void readRuns(int start, float[] to, int n) {
            int done = 0;
            while (done < n) {
                long at = (long) start + done;
                int stretch = (int) Math.min(n - done, repeat - at % repeat);
                Arrays.fill(to, done, done + stretch, source.get((int) (at / repeat % length)));
                done += stretch;
            }
        }
    }
}
