package org.jacreg.bounds.measures;

/** Is told how far a computation is. Called from the thread that started it. */
@FunctionalInterface
public interface MeasureProgress {

    /** Tells nobody. */
    MeasureProgress NONE = (done, total) -> {};

    /**
     * A part is done.
     *
     * @param done parts done, from 1
     * @param total parts in all; at most, where a search may end early
     */
    void advanced(int done, int total);
}
