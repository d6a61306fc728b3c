package org.jacreg.benchmarks.protocol;

import java.util.List;
import java.util.Map;

/** What computes in a contender's process. */
public interface Contender {

    /**
     * What it is and what it runs on.
     *
     * @return among others {@code name}
     */
    Map<String, String> describe();

    /**
     * Everything it can be asked to time.
     *
     * @return its variants
     */
    List<Variant> variants();

    /**
     * Compares its exact variants with each other or with a reference.
     *
     * @return the largest relative difference
     * @throws IllegalStateException if it is too large
     */
    double check();

    /**
     * Builds what is built once.
     *
     * @param variant one of {@link #variants()}
     * @return does the job once
     */
    Runnable prepare(Variant variant);
}
