package org.jacreg.bounds.certify.dataset;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Processor time of this process. */
final class ProcessorTime {

    private ProcessorTime() {}

    /** Seconds since the process started, on all threads; -1 where Java cannot tell. */
    static double seconds() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                        && system.getProcessCpuTime() >= 0
                ? system.getProcessCpuTime() / 1e9
                : -1;
    }
}
