package org.jacreg.benchmarks.paired;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Describes the machine a result comes from. */
final class Machine {

    private static final Path CPU = Path.of("/proc/cpuinfo");
    private static final List<String> FLAGS = List.of("avx2", "fma", "avx512f", "avx512_bf16", "amx_tile");
    private static final List<String> VARIABLES =
            List.of("OMP_", "OPENBLAS_", "MKL_", "KMP_", "GOMP_", "MALLOC_", "ND4J_");

    private Machine() {}

    /**
     * What can be known here, in a fixed order.
     *
     * @param added environment variables of the contenders beside our own
     */
    static Map<String, String> describe(Map<String, String> added) {
        Map<String, String> machine = new LinkedHashMap<>();
        Map<String, String> cpu = cpu();
        machine.put(
                "CPU", cpu.getOrDefault("model name", "unknown") + ", family " + cpu.getOrDefault("cpu family", "?"));
        machine.put("flags", FLAGS.stream().filter(Machine::has).collect(Collectors.joining(" ")));
        machine.put("CPUs", Integer.toString(Runtime.getRuntime().availableProcessors()));
        machine.put(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        Map<String, String> environment = new TreeMap<>(System.getenv());
        environment.putAll(added);
        machine.put(
                "environment",
                environment.entrySet().stream()
                        .filter(e -> VARIABLES.stream().anyMatch(e.getKey()::startsWith))
                        .map(e -> e.getKey() + "=" + e.getValue())
                        .collect(Collectors.joining(" ")));
        return machine;
    }

    /** Whether the CPU has an instruction set, by Linux's name; false where that cannot be asked. */
    static boolean has(String flag) {
        return Arrays.asList(cpu().getOrDefault("flags", "").split(" ", -1)).contains(flag);
    }

    /** What Linux says of the first CPU. */
    private static Map<String, String> cpu() {
        Map<String, String> cpu = new TreeMap<>();
        if (Files.isReadable(CPU)) {
            try (Stream<String> lines = Files.lines(CPU)) {
                lines.map(line -> line.split("\\s*:\\s*", 2))
                        .filter(parts -> parts.length == 2)
                        .forEach(parts -> cpu.putIfAbsent(parts[0], parts[1]));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return cpu;
    }
}
