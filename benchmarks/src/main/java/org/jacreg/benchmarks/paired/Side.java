package org.jacreg.benchmarks.paired;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jacreg.benchmarks.protocol.ContenderProcess;
import org.jacreg.benchmarks.protocol.Variant;

/**
 * A contender at work: takes turns, each of about the same length, when the machine is quiet.
 *
 * <p>Before a turn it waits until all others rest, its competitors' spinning OpenMP threads among them, and after a disturbed
 * one it tries again; the least disturbed counts.
 */
final class Side implements AutoCloseable {

    private static final int TRIES = 3;
    private static final int WAITS = 20;
    private static final long WAIT_MILLIS = 50;
    private static final double CALM = 0.05;

    private final String key;
    private final ContenderProcess process;
    private final CpuMeter meter;
    private final Map<String, String> description;
    private final List<Variant> variants;

    /**
     * A side.
     *
     * @param key a short name
     * @param process closed with this
     * @param environment variables that this side alone has
     */
    Side(String key, ContenderProcess process, Map<String, String> environment) throws IOException {
        this.key = key;
        this.process = process;
        this.meter = new CpuMeter(process.pid());
        this.description = process.describe();
        description.putAll(environment);
        this.variants = process.variants();
    }

    String key() {
        return key;
    }

    Map<String, String> description() {
        return description;
    }

    double check() throws IOException {
        return process.check();
    }

    /** Its ways to do a job. */
    List<Variant> variants(String network, String job) {
        return variants.stream()
                .filter(v -> v.network().equals(network) && v.job().equals(job))
                .toList();
    }

    /** Runs a variant until it has taken some seconds, and gives how many repetitions fill a turn. */
    int warm(Variant variant, double seconds, double turnSeconds) throws IOException {
        double last = Turn.median(process.time(variant, 2));
        double spent = 2 * last / 1e3;
        while (spent < seconds) {
            int count = fitting(last, Math.min(turnSeconds, seconds - spent));
            last = Turn.median(process.time(variant, count));
            spent += count * last / 1e3;
        }
        return fitting(last, turnSeconds);
    }

    private static int fitting(double ms, double seconds) {
        return (int) Math.max(1, Math.min(2000, Math.round(seconds * 1e3 / Math.max(ms, 1e-3))));
    }

    Turn turn(Variant variant, int count) throws IOException {
        Turn best = undisturbed(variant, count);
        for (int i = 1; i < TRIES && best.isDisturbed(); i++) {
            Turn next = undisturbed(variant, count);
            best = next.others() < best.others() ? next : best;
        }
        return best;
    }

    /** Computes without being watched. */
    void repeat(Variant variant, int count) throws IOException {
        process.time(variant, count);
    }

    /** MiB of memory by Linux's name: {@code VmRSS} now, {@code VmHWM} at most so far; NaN on another system. */
    double memory(String field) throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.isReadable(status)) {
            return Double.NaN;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElse(Double.NaN);
    }

    private Turn undisturbed(Variant variant, int count) throws IOException {
        waitForRest();
        if (count > 1) {
            process.time(variant, 1); // The caches hold what the others left.
        }
        CpuMeter.Reading start = meter.read();
        List<Double> ms = process.time(variant, count);
        return new Turn(ms, meter.others(start));
    }

    private void waitForRest() {
        try {
            for (int i = 0; i < WAITS; i++) {
                CpuMeter.Reading start = meter.read();
                Thread.sleep(WAIT_MILLIS);
                if (meter.others(start) + meter.own(start) < CALM) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
