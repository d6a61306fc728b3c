package org.jacreg.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jacreg.graph.QuietGradients;
import org.jacreg.nets.SmallNets;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

/** Pairs of equal graphs, one trained by SameDiff's fit and one by us, and their comparison. */
final class Twins {

    static final long SEED = 20240229;

    /** In float64; the compiled runtime may order sums differently, which over some tens of updates stays below this. */
    static final double ROUNDING = 1e-12;

    private Twins() {}

    /** Ten samples in batches of 4, 4 and 2. */
    static DataSetIterator batches() {
        return batches(DataType.DOUBLE);
    }

    static DataSetIterator batches(DataType type) {
        return new ViewIterator(SmallNets.batch(type, 5, 10), 4);
    }

    static SameDiff mlp(IUpdater updater) {
        return mlp(updater, config -> {});
    }

    /** The MLP of most tests in float64, with a training configuration. */
    static SameDiff mlp(IUpdater updater, Consumer<TrainingConfig.Builder> settings) {
        return configured(SmallNets.mlp(DataType.DOUBLE), updater, settings);
    }

    static SameDiff configured(SameDiff sd, IUpdater updater, Consumer<TrainingConfig.Builder> settings) {
        TrainingConfig.Builder config = TrainingConfig.builder()
                .updater(updater)
                .dataSetFeatureMapping(SmallNets.INPUT)
                .dataSetLabelMapping(SmallNets.LABEL);
        settings.accept(config);
        sd.setTrainingConfig(config.build());
        return sd;
    }

    /** By SameDiff, without what it prints and without its array cache. */
    static void fit(SameDiff sd, int epochs) {
        if (sd.getFunction("grad") == null) {
            QuietGradients.create(sd);
        }
        Nd4j.getRandom().setSeed(SEED);
        sd.fit(batches(), epochs);
    }

    static TrainingHistory train(SameDiff sd, int epochs) {
        return train(RobustTrainer.of(sd).epochs(epochs));
    }

    static TrainingHistory train(RobustTrainerBuilder trainer) {
        Nd4j.getRandom().setSeed(SEED);
        return trainer.build().fit(batches());
    }

    /** Weights, updater state and counters. */
    static void assertAlike(SameDiff actual, SameDiff expected, double tolerance) {
        assertThat(actual.getTrainingConfig().getIterationCount())
                .as("iterations")
                .isEqualTo(expected.getTrainingConfig().getIterationCount());
        assertThat(actual.getTrainingConfig().getEpochCount())
                .as("epochs")
                .isEqualTo(expected.getTrainingConfig().getEpochCount());
        assertClose(arrays(actual), arrays(expected), tolerance);
    }

    static void assertClose(Map<String, INDArray> actual, Map<String, INDArray> expected, double tolerance) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet()).isNotEmpty();
        expected.forEach((name, array) -> {
            assertThat(actual.get(name).shape()).as(name).isEqualTo(array.shape());
            double distance = actual.get(name).sub(array).normmaxNumber().doubleValue();
            assertThat(distance / (1 + array.normmaxNumber().doubleValue()))
                    .as("%s: %s for %s", name, actual.get(name), array)
                    .isLessThanOrEqualTo(tolerance);
        });
    }

    /** Copies of all weights and of all updater state. */
    static Map<String, INDArray> arrays(SameDiff sd) {
        Map<String, INDArray> arrays = new LinkedHashMap<>(weights(sd));
        if (sd.getUpdaterMap() != null) {
            sd.getUpdaterMap().forEach((name, updater) -> {
                Map<?, ?> state = updater.getState();
                state.forEach((key, array) -> arrays.put(name + "/" + key, ((INDArray) array).dup()));
            });
        }
        return arrays;
    }

    static Map<String, INDArray> weights(SameDiff sd) {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        for (SDVariable variable : sd.variables()) {
            if (variable.getVariableType() == VariableType.VARIABLE) {
                arrays.put(variable.name(), variable.getArr().dup());
            }
        }
        return arrays;
    }
}
