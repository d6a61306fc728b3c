package org.jacreg.bounds.certify.dataset;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** One evaluation on its way: takes chunk after chunk. */
final class CertificationRun {

    private final DatasetCertifier certifier;
    private final CertificationCheckpoint.Settings settings;
    private final CertificationListener listener;
    private final @Nullable Path checkpoint;
    private final long checkpointNanos;
    private final List<SampleResult> results = new ArrayList<>();
    private final long started = System.nanoTime();
    private final double processorAtStart = ProcessorTime.seconds();
    private double wallBefore;
    private double processorBefore;
    private int resumed;
    private long written = System.nanoTime();

    CertificationRun(
            DatasetCertifier certifier,
            CertificationCheckpoint.Settings settings,
            CertificationListener listener,
            @Nullable Path checkpoint,
            double checkpointSeconds) {
        this.certifier = certifier;
        this.settings = settings;
        this.listener = listener;
        this.checkpoint = checkpoint;
        this.checkpointNanos = (long) (checkpointSeconds * 1e9);
    }

    /** Goes on from a checkpoint of the same evaluation. */
    void resume(Path source) {
        try {
            CertificationCheckpoint found = CertificationCheckpoint.read(source, settings);
            results.addAll(found.results());
            resumed = results.size();
            wallBefore = found.wallSeconds();
            processorBefore = found.processorSeconds();
        } catch (IOException e) {
            throw new UncheckedIOException("resumeFrom: cannot go on from " + source + ": " + e.getMessage(), e);
        }
    }

    List<SampleResult> run(double[][] x, int[] labels) {
        report();
        try {
            while (results.size() < x.length) {
                stopIfAsked();
                int from = results.size();
                int to = Math.min(x.length, from + settings.chunk());
                List<SampleResult> chunk = certifier.certify(
                        Arrays.copyOfRange(x, from, to), Arrays.copyOfRange(labels, from, to), settings.search());
                require(chunk, labels, from, to);
                results.addAll(chunk);
                if (System.nanoTime() - written >= checkpointNanos) {
                    write();
                }
                report();
            }
        } catch (RuntimeException e) {
            saveWhatThereIs(e);
            throw e;
        }
        write();
        return results;
    }

    private void saveWhatThereIs(RuntimeException cause) {
        try {
            write();
        } catch (UncheckedIOException e) {
            cause.addSuppressed(e);
        }
    }

    private void stopIfAsked() {
        if (listener.isCancelled() || Thread.currentThread().isInterrupted()) {
            throw new CancellationException(
                    "certified accuracy: stopped after " + results.size() + " of " + settings.samples() + " samples"
                            + (checkpoint == null ? "" : "; go on with resumeFrom(" + checkpoint + ")"));
        }
    }

    private static void require(List<SampleResult> chunk, int[] labels, int from, int to) {
        boolean fits = chunk.size() == to - from;
        for (int i = 0; fits && i < chunk.size(); i++) {
            fits = chunk.get(i).label() == labels[from + i];
        }
        if (!fits) {
            throw new IllegalStateException("certifier: got " + chunk.size() + " results for samples " + from + " to "
                    + (to - 1) + ", wanted one for each, with its label");
        }
    }

    private void report() {
        double seconds = (System.nanoTime() - started) / 1e9;
        int done = results.size();
        double rate = done > resumed ? (done - resumed) / Math.max(seconds, 1e-9) : 0;
        int certified = (int) results.stream().filter(r -> r.certifiedAt(0)).count();
        listener.progress(new CertificationProgress(done, settings.samples(), certified, seconds, rate));
    }

    private void write() {
        if (checkpoint != null) {
            try {
                CertificationCheckpoint.write(settings, wallSeconds(), processorSeconds(), results, checkpoint);
                written = System.nanoTime();
            } catch (IOException e) {
                throw new UncheckedIOException("checkpoint: cannot write " + checkpoint + ": " + e.getMessage(), e);
            }
        }
    }

    /** Time spent over all runs. */
    double wallSeconds() {
        return wallBefore + (System.nanoTime() - started) / 1e9;
    }

    /** Processor time over all runs; -1 where Java cannot tell. */
    double processorSeconds() {
        double now = ProcessorTime.seconds();
        return now < 0 || processorBefore < 0 ? -1 : processorBefore + now - processorAtStart;
    }
}
