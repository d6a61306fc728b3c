package org.jacreg.benchmarks.paired;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.benchmarks.protocol.ContenderProcess;
import picocli.CommandLine.Option;

/** Which contenders take part, and how their processes are started. */
final class Contenders {

    private static final String LIBTORCH_MAIN = "org.jacreg.benchmarks.libtorch.LibtorchContender";

    /** TorchScript's optimizer takes gradients by all weights even where one by the input is asked for: 1.5 times slower. */
    private static final List<String> LIBTORCH_OPTIONS =
            List.of("-Dai.djl.offline=true", "-Dai.djl.pytorch.graph_optimizer=false");

    /** glibc gives large blocks back to the system at once, and PyTorch asks for them anew, page by page, at every op. */
    private static final Map<String, String> KEEP_MEMORY = Map.of(
            "MALLOC_MMAP_THRESHOLD_", "1073741824",
            "MALLOC_TRIM_THRESHOLD_", "4294967296",
            "MALLOC_TOP_PAD_", "268435456",
            "GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");

    @Option(
            names = "--without",
            split = ",",
            paramLabel = "SIDE",
            description = "Leaves out jacreg, pytorch or libtorch.")
    private List<String> without = List.of();

    @Option(
            names = "--env",
            paramLabel = "NAME=VALUE",
            description = "An environment variable for all contenders, for example OPENBLAS_CORETYPE=SkylakeX.")
    private Map<String, String> environment = new LinkedHashMap<>();

    @Option(
            names = "--our-env",
            paramLabel = "NAME=VALUE",
            description = "An environment variable for the library alone.")
    private Map<String, String> ourEnvironment = new LinkedHashMap<>();

    @Option(
            names = "--peer-env",
            paramLabel = "NAME=VALUE",
            description = "An environment variable for the peers alone.")
    private Map<String, String> peerEnvironment = new LinkedHashMap<>();

    @Option(
            names = "--tuned",
            description =
                    "The best environment known for all contenders: OpenBLAS's AVX-512 kernels where the CPU has them,"
                            + " and a C library that keeps freed memory. What --env says goes first.")
    private boolean tuned;

    @Option(names = "--peers", paramLabel = "DIR", description = "Where torch_peer.sh is. Default: ${DEFAULT-VALUE}.")
    private Path peers = Path.of("benchmarks", "peers");

    @Option(
            names = "--modules",
            paramLabel = "DIR",
            description = "Where TorchScript modules are, or are written if absent. Default: ${DEFAULT-VALUE}.")
    private Path modules = Path.of("benchmarks", "target", "torchscript");

    @Option(
            names = "--java-option",
            paramLabel = "OPTION",
            description = "An option for the JVM of ours, for example -Dorg.bytedeco.openblas.load=mkl.")
    private List<String> javaOptions = List.of("-Xmx3g");

    /** What is added to the environment of all contenders. */
    Map<String, String> environment() {
        Map<String, String> all = new LinkedHashMap<>();
        if (tuned) {
            all.putAll(KEEP_MEMORY);
            if (Machine.has("avx512f")) {
                all.put("OPENBLAS_CORETYPE", "SkylakeX");
            }
        }
        all.putAll(environment);
        return all;
    }

    /** Starts all that take part; a peer that is not installed is left out, with a line that says so. */
    List<Side> start(PrintWriter progress) throws IOException {
        List<Side> sides = new ArrayList<>();
        for (String key : List.of("jacreg", "pytorch", "libtorch")) {
            if (!without.contains(key)) {
                add(sides, key, progress);
            }
        }
        return sides;
    }

    private void add(List<Side> sides, String key, PrintWriter progress) throws IOException {
        try {
            sides.add(start(key));
        } catch (IOException e) {
            if (key.equals(OurContender.LIBRARY)) {
                throw e;
            }
            progress.println("# " + key + " is left out: " + e.getMessage());
        }
    }

    /** Starts one side in a fresh process. */
    Side start(String key) throws IOException {
        return switch (key) {
            case "jacreg" -> side(key, java(OurContender.class.getName(), javaOptions), ourEnvironment);
            case "pytorch" -> side(key, List.of(shell(), "torch_peer.py"), peerEnvironment);
            case "libtorch" -> {
                export();
                List<String> command = java(LIBTORCH_MAIN, LIBTORCH_OPTIONS);
                command.add(modules.toString());
                yield side(key, command, peerEnvironment);
            }
            default -> throw new IllegalArgumentException("no side '" + key + "'");
        };
    }

    private String shell() {
        return peers.resolve("torch_peer.sh").toString();
    }

    private void export() throws IOException {
        if (!Files.exists(modules.resolve("expected.json"))) {
            run(List.of(
                    shell(), "export_torchscript.py", modules.toAbsolutePath().toString()));
        }
    }

    private Side side(String key, List<String> command, Map<String, String> own) throws IOException {
        Map<String, String> all = environment();
        all.putAll(own);
        return new Side(key, new ContenderProcess(command, all), own);
    }

    private static List<String> java(String main, List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        return command;
    }

    private void run(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().putAll(environment());
        try {
            int code = builder.start().waitFor();
            if (code != 0) {
                throw new IOException(command + " ended with code " + code);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + command, e);
        }
    }
}
