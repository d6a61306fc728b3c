package org.jacreg.runtime;

import java.util.function.IntConsumer;

/** Runs numbered tasks, in any order and on several threads, and returns when all are done. */
interface Parallel {

    void run(int tasks, IntConsumer body);

    /** At most how many tasks run at once. */
    int threads();
}
