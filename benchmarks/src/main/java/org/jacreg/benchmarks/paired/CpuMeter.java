package org.jacreg.benchmarks.paired;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much of the machine one process uses, and how much all others do, from Linux's {@code /proc}. Elsewhere both are 0: no
 * disturbance is ever seen.
 */
final class CpuMeter {

    /** Linux counts CPU time in hundredths of a second, whatever its own clock. */
    private static final double TICKS = 100;

    private static final Path ALL = Path.of("/proc/stat");

    private final Path process;
    private final int cpus = Runtime.getRuntime().availableProcessors();

    CpuMeter(long pid) {
        process = Path.of("/proc", Long.toString(pid), "stat");
    }

    /** One reading. */
    record Reading(long nanos, double all, double own) {}

    Reading read() {
        return new Reading(System.nanoTime(), busy(), own());
    }

    /** The share of all CPUs that others used since a reading, stolen time included. */
    double others(Reading since) {
        Reading now = read();
        double used = now.all - since.all - (now.own - since.own);
        return Math.max(0, used) / capacity(since, now);
    }

    /** The share of all CPUs that this process used since a reading. */
    double own(Reading since) {
        Reading now = read();
        return (now.own - since.own) / capacity(since, now);
    }

    private double capacity(Reading since, Reading now) {
        return (now.nanos - since.nanos) * 1e-9 * cpus;
    }

    /** Seconds of user, nice, system, irq, softirq and steal: all but idle and waiting for discs. */
    private static double busy() {
        if (!Files.isReadable(ALL)) {
            return 0;
        }
        String[] fields = firstLine(ALL).trim().split(" +", -1);
        double ticks = 0;
        for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
            ticks += Double.parseDouble(fields[i]);
        }
        return ticks / TICKS;
    }

    private double own() {
        if (!Files.isReadable(process)) {
            return 0;
        }
        String line = firstLine(process);
        // The name of the program, in parentheses, may hold blanks; user and system time are the 12th and 13th after
        // it.
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        return (Double.parseDouble(fields[11]) + Double.parseDouble(fields[12])) / TICKS;
    }

    private static String firstLine(Path file) {
        try {
            return Files.readAllLines(file).get(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
