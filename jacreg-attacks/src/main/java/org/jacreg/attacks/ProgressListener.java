package org.jacreg.attacks;

/** Hears how far a long computation has come, and may ask it to stop. */
@FunctionalInterface
public interface ProgressListener {

    /**
     * Called after every finished unit of work, on the thread that works.
     *
     * @param done the units finished, growing from call to call
     * @param total the units there are at most; fewer may be needed
     */
    void progress(long done, long total);

    /**
     * Asked before every unit of work.
     *
     * @return true to stop; the computation then ends with a {@link java.util.concurrent.CancellationException}
     */
    default boolean isCancelled() {
        return false;
    }

    /**
     * A listener that does nothing and never cancels.
     *
     * @return the listener
     */
    static ProgressListener none() {
        return (done, total) -> {};
    }
}
