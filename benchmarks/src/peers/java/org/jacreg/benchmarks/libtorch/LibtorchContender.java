package org.jacreg.benchmarks.libtorch;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jacreg.benchmarks.protocol.Contender;
import org.jacreg.benchmarks.protocol.ContenderServer;
import org.jacreg.benchmarks.protocol.Variant;

/** Runs the TorchScript modules that {@code benchmarks/peers/export_torchscript.py} wrote, one module a variant. */
public final class LibtorchContender implements Contender {

    private static final String SUFFIX = ".pt";
    private static final int BATCH = 128;
    private static final int CHECKED_BATCH = 8;

    /** Two builds of PyTorch add the same float32 numbers in different orders; three training steps in a row. */
    private static final double TOLERANCE = 1e-4;

    private final Path folder;
    private final NDManager manager = NDManager.newBaseManager();
    private final ParameterStore parameters = new ParameterStore(manager, false);

    private LibtorchContender(Path folder) {
        this.folder = folder;
    }

    /**
     * Serves until its input ends.
     *
     * @param args the folder of the modules
     * @throws IOException if the input fails
     */
    public static void main(String[] args) throws IOException {
        LibtorchContender contender = new LibtorchContender(Path.of(args[0]));
        JniUtils.setGradMode(true); // DJL switches gradients off outside its own trainer.
        new ContenderServer(contender).serve();
        System.exit(0); // DJL leaves threads behind.
    }

    @Override
    public Map<String, String> describe() {
        Engine engine = Engine.getInstance();
        Map<String, String> description = new LinkedHashMap<>();
        description.put("name", "libtorch " + engine.getVersion() + " through DJL " + Engine.getDjlVersion());
        description.put("language", "Java " + System.getProperty("java.version"));
        description.put("threads", Integer.toString(JniUtils.getNumThreads()));
        description.put("blas", engine.hasCapability("MKL") ? "MKL" : "not MKL");
        return description;
    }

    @Override
    public List<Variant> variants() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .map(name -> Variant.parse(name.replace('.', ' ')))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public double check() {
        double worst = 0;
        for (Map.Entry<String, JsonNode> expected : expected().properties()) {
            Variant variant = Variant.parse(expected.getKey().replace('.', ' '));
            try (Body body = new Body(variant, CHECKED_BATCH)) {
                for (JsonNode wanted : expected.getValue()) {
                    double difference = Math.abs(body.meanSquare() - wanted.asDouble()) / wanted.asDouble();
                    if (!(difference < TOLERANCE)) {
                        throw new IllegalStateException(
                                variant + ": differs from eager PyTorch by " + difference + " of its value");
                    }
                    worst = Math.max(worst, difference);
                }
            }
        }
        return worst;
    }

    private JsonNode expected() {
        try {
            return new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Runnable prepare(Variant variant) {
        return new Body(variant, BATCH);
    }

    /** A loaded module with its batch, which is that of {@code networks.py}. */
    private final class Body implements Runnable, AutoCloseable {

        private final PtSymbolBlock module;
        private final NDList arguments;

        Body(Variant variant, int batch) {
            Path file = folder.resolve(variant.network() + "." + variant.job() + "." + variant.name() + SUFFIX);
            module = JniUtils.loadModule((PtNDManager) manager, file, false, new String[0], new String[0], true);
            float[] pixels = new float[batch * 784];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = (i * 31 % 97) / 97f;
            }
            long[] labels = new long[batch];
            for (int i = 0; i < batch; i++) {
                labels[i] = i * 3L % 10;
            }
            Shape shape = variant.network().equals("lenet") ? new Shape(batch, 1, 28, 28) : new Shape(batch, 784);
            arguments = new NDList(manager.create(pixels, shape), manager.create(labels));
        }

        private NDList result() {
            return module.forward(parameters, arguments, true);
        }

        @Override
        public void run() {
            result().close();
        }

        /** The mean square of one run's result: over its arrays, the mean of the mean over their entries. */
        double meanSquare() {
            try (NDList result = result()) {
                return result.stream()
                        .mapToDouble(LibtorchContender::meanSquare)
                        .average()
                        .orElseThrow();
            }
        }

        @Override
        public void close() {
            module.close();
            arguments.close();
        }
    }

    private static double meanSquare(NDArray values) {
        return values.square().mean().getFloat();
    }
}
