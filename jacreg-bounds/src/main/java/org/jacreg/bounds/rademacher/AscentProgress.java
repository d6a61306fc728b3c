package org.jacreg.bounds.rademacher;

/** Hears of every finished draw of a {@link NetworkAscent}, one call at a time, and may stop it. Should be quick. */
@FunctionalInterface
public interface AscentProgress {

    /**
     * A draw is done.
     *
     * @param done how many draws are done, from 1; with several threads not in the order of their numbers
     * @param draws how many there will be
     * @param mean the mean of the values found so far
     * @return true to go on, false to stop: the call of {@code estimate} then throws a {@link
     *     java.util.concurrent.CancellationException}
     */
    boolean drawDone(int done, int draws, double mean);
}
