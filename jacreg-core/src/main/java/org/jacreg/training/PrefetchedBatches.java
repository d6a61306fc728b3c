package org.jacreg.training;

import java.util.NoSuchElementException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batches that a daemon thread fetches ahead. The iterator is used by that thread only until {@link #close}, which waits for
 * it; failures of the iterator come out of {@link #hasNext}. One thread at a time may take batches.
 */
final class PrefetchedBatches implements BatchSource {

    private static final Logger LOG = LoggerFactory.getLogger(PrefetchedBatches.class);

    private static final long PATIENCE_SECONDS = 10;

    /** A batch, or a failure, or neither at the end. */
    private record Fetched(
            @Nullable MultiDataSet batch, @Nullable Throwable failure) {}

    private final BlockingQueue<Fetched> ready;
    private final Thread fetcher;
    private @Nullable Fetched next;

    PrefetchedBatches(MultiDataSetIterator iterator, int ahead) {
        this.ready = new ArrayBlockingQueue<>(ahead);
        int device = Nd4j.getAffinityManager().getDeviceForCurrentThread();
        this.fetcher = new Thread(() -> fetch(iterator, device), "jacreg-prefetch");
        fetcher.setDaemon(true);
        fetcher.start();
    }

    private void fetch(MultiDataSetIterator iterator, int device) {
        try {
            Nd4j.getAffinityManager().unsafeSetDevice(device);
            Fetched end = new Fetched(null, null);
            try {
                while (!Thread.currentThread().isInterrupted() && iterator.hasNext()) {
                    ready.put(new Fetched(iterator.next(), null));
                }
            } catch (RuntimeException | Error e) {
                end = new Fetched(null, e);
            }
            ready.put(end);
        } catch (InterruptedException e) {
            // close() asked for it: nobody waits for more.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean hasNext() {
        if (next == null) {
            try {
                next = ready.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        Throwable failure = next.failure();
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        return next.batch() != null;
    }

    @Override
    public MultiDataSet next() {
        if (!hasNext() || next == null || next.batch() == null) {
            throw new NoSuchElementException("no batch is left of this pass");
        }
        MultiDataSet batch = next.batch();
        next = null;
        return batch;
    }

    @Override
    public void close() {
        fetcher.interrupt();
        boolean interrupted = Thread.interrupted();
        try {
            fetcher.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (fetcher.isAlive()) {
            LOG.warn("the data set iterator has not returned {} s after an interrupt", PATIENCE_SECONDS);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
