package org.jacreg.examples.runs;

import java.time.Duration;

/** What a process has had of the processors: it depends less than the clock on what else the machine does. */
public final class ProcessorTime {

    private ProcessorTime() {}

    /**
     * Of this process so far.
     *
     * @return processor time in seconds; where the system does not tell, the clock's, so that differences mean something all the same
     */
    public static double seconds() {
        return ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .orElseGet(() -> Duration.ofNanos(System.nanoTime()))
                        .toNanos()
                / 1e9;
    }
}
