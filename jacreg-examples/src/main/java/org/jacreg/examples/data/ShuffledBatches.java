package org.jacreg.examples.data;

import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Deals out labelled images in shuffled batches, {@code [N, D]} features and {@code [N, C]} one-hot labels, both float.
 *
 * <p>The order is a function of the seed and the number of {@link #reset()} calls so far, and of nothing else: two
 * iterators with the same seed deal the same batches. Every image comes once a pass; the last batch holds what is left.
 * Not thread-safe.
 */
public final class ShuffledBatches implements DataSetIterator {

    private static final long serialVersionUID = 1L;

    private final transient LabelledImages images;
    private final int classes;
    private final int batchSize;
    private final long seed;
    private int pass;
    private int cursor;
    private int[] order;
    private transient @Nullable DataSetPreProcessor preProcessor;

    /**
     * Makes the iterator, at the start of its first pass.
     *
     * @param images what to deal out
     * @param classes {@code C}, greater than every label
     * @param batchSize the size of a batch, at least 1
     * @param seed of the shuffling
     */
    public ShuffledBatches(LabelledImages images, int classes, int batchSize, long seed) {
        if (classes <= images.maxLabel()) {
            throw new IllegalArgumentException(
                    "classes: expected more than the greatest label " + images.maxLabel() + ", got " + classes);
        }
        if (batchSize < 1) {
            throw new IllegalArgumentException("batchSize: expected at least 1, got " + batchSize);
        }
        this.images = images;
        this.classes = classes;
        this.batchSize = batchSize;
        this.seed = seed;
        this.order = shuffled();
    }

    private int[] shuffled() {
        return images.shuffled(seed + pass);
    }

    /**
     * The number of batches of one pass.
     *
     * @return at least 1
     */
    public int batchesPerPass() {
        return (images.count() + batchSize - 1) / batchSize;
    }

    @Override
    public boolean hasNext() {
        return cursor < order.length;
    }

    @Override
    public DataSet next() {
        return next(batchSize);
    }

    @Override
    public DataSet next(int num) {
        if (!hasNext()) {
            throw new NoSuchElementException("all " + order.length + " images of this pass are dealt; call reset()");
        }
        int end = Math.min(order.length, cursor + num);
        int[] chosen = Arrays.copyOfRange(order, cursor, end);
        cursor = end;
        DataSet batch = new DataSet(images.features(chosen), images.oneHot(chosen, classes));
        if (preProcessor != null) {
            preProcessor.preProcess(batch);
        }
        return batch;
    }

    /** Starts the next pass, in a new order. */
    @Override
    public void reset() {
        pass++;
        cursor = 0;
        order = shuffled();
    }

    @Override
    public boolean resetSupported() {
        return true;
    }

    @Override
    public boolean asyncSupported() {
        return false;
    }

    @Override
    public int inputColumns() {
        return images.dimension();
    }

    @Override
    public int totalOutcomes() {
        return classes;
    }

    @Override
    public int batch() {
        return batchSize;
    }

    @Override
    public void setPreProcessor(@Nullable DataSetPreProcessor preProcessor) {
        this.preProcessor = preProcessor;
    }

    @Override
    public @Nullable DataSetPreProcessor getPreProcessor() {
        return preProcessor;
    }

    @Override
    public List<String> getLabels() {
        return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    }
}
