package org.jacreg.training;

/** Lets another thread, or a listener, stop a {@link RobustTrainer} between two steps. Thread-safe. */
public final class CancellationToken {

    private volatile boolean cancelled;

    /** Makes a token that nobody has cancelled. */
    public CancellationToken() {}

    /** Asks training to stop before its next step. It stays so: a cancelled token stops every later run as well. */
    public void cancel() {
        cancelled = true;
    }

    /**
     * Whether training is to stop.
     *
     * @return true after {@link #cancel()}
     */
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public String toString() {
        return cancelled ? "cancelled" : "not cancelled";
    }
}
