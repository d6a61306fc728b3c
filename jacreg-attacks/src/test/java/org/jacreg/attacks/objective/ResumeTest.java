package org.jacreg.attacks.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jacreg.training.Checkpointing;
import org.jacreg.training.Objective;
import org.jacreg.training.RobustTrainer;
import org.jacreg.training.RobustTrainerBuilder;
import org.jacreg.training.TrainingHistory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.learning.config.Adam;

/** A run that is cut off and resumed meets the draws of an uninterrupted one: it ends at the same weights, to the bit. */
class ResumeTest {

    private static final int CLASSES = 3;

    @TempDir
    private Path directory;

    static List<Objective> objectives() {
        return Objectives.all(CLASSES);
    }

    private static ViewIterator data(long seed) {
        return new ViewIterator(
                new DataSet(
                        Nets.inputs(DataType.DOUBLE, seed, 10),
                        Rows.oneHot(Nets.classes(seed + 1, 10, CLASSES), CLASSES, DataType.DOUBLE)),
                4);
    }

    private RobustTrainerBuilder trainer(SameDiff sd, Objective objective) {
        return RobustTrainer.of(sd)
                .epochs(3)
                .objective(objective)
                .validation(data(5))
                .checkpoint(Checkpointing.to(directory.resolve("training.zip")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void aResumedRunEndsWhereAnUninterruptedOneDoes(Objective objective) throws IOException {
        SameDiff expected = Nets.trained(Nets.mlp(DataType.DOUBLE, CLASSES), new Adam(.01));
        TrainingHistory uninterrupted = trainer(expected, objective).build().fit(data(1));
        Files.delete(directory.resolve("training.zip"));

        SameDiff crashed = Nets.trained(Nets.mlp(DataType.DOUBLE, CLASSES), new Adam(.01));
        assertThatThrownBy(() -> trainer(crashed, objective)
                        .progress(step -> {
                            if (step.epoch() == 2 && step.step() == 2) {
                                throw new IllegalStateException("crash");
                            }
                        })
                        .build()
                        .fit(data(1)))
                .hasMessage("crash");

        SameDiff resumed = Nets.trained(Nets.mlp(DataType.DOUBLE, CLASSES), new Adam(.01));
        TrainingHistory history = trainer(resumed, objective).build().resume(data(1));
        Nets.weights(expected)
                .forEach((name, weight) ->
                        assertThat(Nets.weights(resumed).get(name)).as(name).isEqualTo(weight));
        assertThat(history.last().losses()).isEqualTo(uninterrupted.last().losses());
        assertThat(history.last().validation().orElseThrow().losses())
                .isEqualTo(uninterrupted.last().validation().orElseThrow().losses());
    }
}
