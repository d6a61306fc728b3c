package org.jacreg.bounds.certify.dataset;

/** Hears how far a {@link CertifiedEvaluation} has come, and may ask it to stop. */
@FunctionalInterface
public interface CertificationListener {

    /**
     * Called at the start and after every chunk, on the thread that evaluates.
     *
     * @param progress how far it has come
     */
    void progress(CertificationProgress progress);

    /**
     * Asked before every chunk.
     *
     * @return true to stop; the evaluation then writes its checkpoint and ends with a {@link
     *     java.util.concurrent.CancellationException}
     */
    default boolean isCancelled() {
        return false;
    }

    /**
     * A listener that does nothing and never cancels.
     *
     * @return the listener
     */
    static CertificationListener none() {
        return progress -> {};
    }
}
