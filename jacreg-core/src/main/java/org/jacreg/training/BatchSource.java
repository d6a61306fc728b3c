package org.jacreg.training;

import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/** The batches of one pass. */
interface BatchSource extends AutoCloseable {

    /** Whether there is another batch; false if the thread was interrupted while waiting for one, and stays interrupted. */
    boolean hasNext();

    MultiDataSet next();

    @Override
    void close();

    /**
     * The rest of an iterator's pass, reset first if it is exhausted.
     *
     * @param ahead how many batches to have ready beside the step; none where the iterator does not allow it, for example
     *     because it is asynchronous itself
     */
    static BatchSource of(MultiDataSetIterator iterator, int ahead) {
        if (!iterator.hasNext() && iterator.resetSupported()) {
            iterator.reset();
        }
        return ahead > 0 && iterator.asyncSupported()
                ? new PrefetchedBatches(iterator, ahead)
                : new DirectBatches(iterator);
    }

    /** The iterator itself. */
    record DirectBatches(MultiDataSetIterator iterator) implements BatchSource {

        @Override
        public boolean hasNext() {
            return iterator.hasNext();
        }

        @Override
        public MultiDataSet next() {
            return iterator.next();
        }

        @Override
        public void close() {}
    }
}
