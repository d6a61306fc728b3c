package org.jacreg.runtime.kernel;

import java.util.function.IntConsumer;

/**
 * Hands every sample of a source to a sink: with the maps of {@link MaxPooling} and {@link AveragePooling} this is pooling, its backward,
 * and the adjoint of that.
 */
public final class SampleCopy implements Kernel {

    private final String name;
    private final Workers workers;
    private final BatchTasks split;
    private final SampleSource[] sources;
    private final SampleSink[] sinks;
    private final float[][] values;
    private final IntConsumer body = this::runTask;

    private SampleCopy(Workers workers, String name, int samples, int size, SampleSource source, SampleSink sink) {
        this.name = name;
        this.workers = workers;
        split = BatchTasks.of(samples, workers);
        sources = new SampleSource[split.tasks()];
        sinks = new SampleSink[split.tasks()];
        values = new float[split.tasks()][size];
        for (int i = 0; i < split.tasks(); i++) {
            sources[i] = source.perTask();
            sinks[i] = sink.perTask();
        }
    }

    /**
     * A copy.
     *
     * @param workers the threads
     * @param name what it is, for {@code toString}
     * @param samples how many samples
     * @param size elements of a sample as it passes from source to sink
     * @param source makes the samples
     * @param sink takes them
     * @return the kernel
     */
    public static SampleCopy of(
            Workers workers, String name, int samples, int size, SampleSource source, SampleSink sink) {
        if (!(samples >= 1 && size >= 1)) {
            throw new IllegalArgumentException(
                    "expected samples of at least one element, got " + samples + " of " + size);
        }
        return new SampleCopy(workers, name, samples, size, source, sink);
    }

    @Override
    public void run() {
        workers.parallel(split.tasks(), body);
    }

    private void runTask(int index) {
        for (int n = split.from(index); n < split.to(index); n++) {
            sources[index].read(n, values[index]);
            sinks[index].write(n, values[index]);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
