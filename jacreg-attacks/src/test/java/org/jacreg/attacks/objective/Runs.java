package org.jacreg.attacks.objective;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jacreg.nets.SmallNets;
import org.jacreg.training.Checkpointing;
import org.jacreg.training.Objective;
import org.jacreg.training.RobustTrainer;
import org.jacreg.training.RobustTrainerBuilder;
import org.jacreg.training.TrainingHistory;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Short trainings of small networks, and their comparison. */
final class Runs {

    static final int SAMPLES = 10;
    static final int BATCH = 4;
    static final int CLASSES = 3;

    private Runs() {}

    /** Ten samples in batches of 4, 4 and 2, in [0, 1]. */
    static DataSetIterator batches() {
        return batches(DataType.DOUBLE);
    }

    static DataSetIterator batches(DataType type) {
        INDArray labels = Rows.oneHot(Nets.classes(6, SAMPLES, CLASSES), CLASSES, type);
        return new ViewIterator(new DataSet(Nets.inputs(type, 5, SAMPLES), labels), BATCH);
    }

    static SameDiff mlp() {
        return Nets.mlp(DataType.DOUBLE, CLASSES);
    }

    /** Calls for every batch of some epochs; the first argument is the epoch. */
    static void forEveryBatch(int epochs, BiConsumer<Integer, Map<String, INDArray>> work) {
        for (int epoch = 0; epoch < epochs; epoch++) {
            DataSetIterator data = batches();
            while (data.hasNext()) {
                DataSet batch = data.next();
                work.accept(epoch, new HashMap<>(Map.of("x", batch.getFeatures(), "label", batch.getLabels())));
            }
        }
    }

    static TrainingHistory train(SameDiff sd, Objective objective, int epochs) {
        return RobustTrainer.of(sd).epochs(epochs).objective(objective).build().fit(batches());
    }

    static Map<String, INDArray> copies(SameDiff sd) {
        Map<String, INDArray> copies = new LinkedHashMap<>();
        SmallNets.weights(sd).forEach((name, array) -> copies.put(name, array.dup()));
        return copies;
    }

    static void putBack(SameDiff sd, Map<String, INDArray> weights) {
        weights.forEach((name, array) -> sd.getVariable(name).getArr().assign(array));
    }

    /** {@code w <- w - rate g} for all weights. */
    static void descend(SameDiff sd, Map<String, INDArray> gradients, double rate) {
        gradients.forEach((name, gradient) -> sd.getVariable(name).getArr().subi(gradient.mul(rate)));
    }

    /** The greatest difference between the weights of two graphs. */
    static double distance(SameDiff a, SameDiff b) {
        return distance(SmallNets.weights(a), SmallNets.weights(b));
    }

    static double distance(Map<String, INDArray> a, Map<String, INDArray> b) {
        return a.entrySet().stream()
                .mapToDouble(entry -> entry.getValue()
                        .sub(b.get(entry.getKey()))
                        .normmaxNumber()
                        .doubleValue())
                .max()
                .orElseThrow();
    }

    /** Trains with a crash in the third epoch and a resume; then without; the distance of the weights that come out. */
    static double afterCrash(Supplier<SameDiff> graph, Supplier<Objective> objective, Path file) {
        SameDiff expected = graph.get();
        train(expected, objective.get(), 5);
        AtomicInteger steps = new AtomicInteger();
        SameDiff crashed = graph.get();
        assertThatThrownBy(() -> checkpointed(crashed, objective.get(), file)
                        .progress(step -> {
                            if (step.epoch() == 3 && step.step() == 2) {
                                steps.incrementAndGet();
                                throw new IllegalStateException("crash");
                            }
                        })
                        .build()
                        .fit(batches()))
                .hasMessage("crash");
        SameDiff resumed = graph.get();
        checkpointed(resumed, objective.get(), file).build().resume(batches());
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return distance(resumed, expected);
    }

    private static RobustTrainerBuilder checkpointed(SameDiff sd, Objective objective, Path file) {
        return RobustTrainer.of(sd).epochs(5).objective(objective).checkpoint(Checkpointing.to(file));
    }
}
