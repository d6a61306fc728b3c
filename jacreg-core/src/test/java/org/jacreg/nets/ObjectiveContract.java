package org.jacreg.nets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.regularizer.JacobianRegularizer;
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
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;

/**
 * What holds of every objective that replaces the loss: what it adds to a graph is gone afterwards, what the graph minimised otherwise
 * stays, and a resumed run is the uninterrupted one. A test class of a module extends this one, and has a static method {@code
 * objectives} that gives the objectives.
 */
public abstract class ObjectiveContract {

    private static final int SAMPLES = 10;
    private static final int BATCH = 4;

    @TempDir
    private Path directory;

    /** A fresh network of the names of {@link SmallNets}, with a training configuration; always the same. */
    protected abstract SameDiff network();

    /** Ten inputs for it. */
    protected abstract INDArray inputs(long seed);

    private static INDArray labels(SameDiff sd, long seed) {
        long[] shape = sd.getVariable(SmallNets.LABEL).placeholderShape();
        return SmallNets.labels(DataType.DOUBLE, seed + 1, SAMPLES, (int) shape[1]);
    }

    private ViewIterator data(SameDiff sd, long seed) {
        return new ViewIterator(new DataSet(inputs(seed), labels(sd, seed)), BATCH);
    }

    /** Everything that a graph holds. */
    protected static byte[] bytes(SameDiff sd) {
        return sd.asFlatBuffers(true).array().clone();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void aClosedSessionLeavesEveryByte(Objective objective) {
        for (boolean penalty : new boolean[] {false, true}) {
            SameDiff sd = network();
            if (penalty) {
                JacobianRegularizer.frobenius(sd).lambda(.1).attach();
            }
            INDArray x = inputs(1);
            INDArray input = x.dup();
            INDArray answer = sd.outputSingle(Map.of(SmallNets.INPUT, x), SmallNets.LOGITS)
                    .dup();
            byte[] before = bytes(sd);
            try (PreparedObjective prepared = new PreparedObjective(sd, objective, x, labels(sd, 1), 2)) {
                assertThat(prepared.loss()).isFinite();
                assertThat(bytes(sd)).isNotEqualTo(before);
            }
            assertThat(bytes(sd)).isEqualTo(before);
            assertThat(sd.outputSingle(Map.of(SmallNets.INPUT, x), SmallNets.LOGITS))
                    .isEqualTo(answer);
            assertThat(x).isEqualTo(input);
            assertThat(sd.getFunction("grad") != null).as("gradient function").isEqualTo(penalty);
            // Once more, and closing twice does no harm.
            Objective.Session session = objective.start(sd);
            session.close();
            session.close();
            assertThat(bytes(sd)).isEqualTo(before);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void afterFitTheGraphIsAnOrdinaryOne(Objective objective) {
        SameDiff sd = network();
        List<String> names = List.copyOf(sd.variableMap().keySet());
        TrainingHistory history = RobustTrainer.of(sd)
                .epochs(3)
                .objective(objective)
                .validation(data(sd, 1))
                .build()
                .fit(data(sd, 1));
        assertThat(history.last().losses().keySet()).allMatch(name -> name.startsWith("jacreg/objective/"));
        assertThat(history.last().losses().values()).allMatch(Double::isFinite);
        assertThat(history.last().validation().orElseThrow().losses().keySet())
                .isEqualTo(history.last().losses().keySet());
        assertThat(history.configuration()).contains(objective.toString());
        assertOrdinary(sd, names);
        TrainingHistory plain = RobustTrainer.of(sd).build().fit(data(sd, 1));
        assertThat(plain.last().losses()).containsOnlyKeys(SmallNets.LOSS);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void anExceptionWhileTrainingTakesTheTermsAwayToo(Objective objective) {
        SameDiff sd = network();
        List<String> names = List.copyOf(sd.variableMap().keySet());
        RobustTrainer trainer = RobustTrainer.of(sd)
                .objective(objective)
                .progress(step -> {
                    throw new IllegalStateException("enough");
                })
                .build();
        assertThatThrownBy(() -> trainer.fit(data(sd, 1))).hasMessage("enough");
        assertOrdinary(sd, names);
    }

    private static void assertOrdinary(SameDiff sd, List<String> names) {
        assertThat(sd.variableMap().keySet()).containsExactlyElementsOf(names);
        assertThat(sd.getLossVariables()).containsExactly(SmallNets.LOSS);
        assertThat(GraphDecoration.isDecorated(sd)).isFalse();
    }

    private RobustTrainerBuilder kept(SameDiff sd, Objective objective) {
        return RobustTrainer.of(sd)
                .epochs(3)
                .objective(objective)
                .validation(data(sd, 5))
                .checkpoint(Checkpointing.to(directory.resolve("training.zip")));
    }

    /** It meets the draws of the uninterrupted one, and whatever the objective carries from step to step. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void aResumedRunEndsWhereAnUninterruptedOneDoes(Objective objective) throws IOException {
        SameDiff expected = network();
        TrainingHistory uninterrupted = kept(expected, objective).build().fit(data(expected, 1));
        Files.delete(directory.resolve("training.zip"));

        SameDiff crashed = network();
        RobustTrainer crashing = kept(crashed, objective)
                .progress(step -> {
                    if (step.epoch() == 2 && step.step() == 2) {
                        throw new IllegalStateException("crash");
                    }
                })
                .build();
        assertThatThrownBy(() -> crashing.fit(data(crashed, 1))).hasMessage("crash");

        SameDiff resumed = network();
        TrainingHistory history = kept(resumed, objective).build().resume(data(resumed, 1));
        Map<String, INDArray> weights = SmallNets.weights(resumed);
        SmallNets.weights(expected)
                .forEach((name, weight) ->
                        assertThat(numbers(weights.get(name))).as(name).isEqualTo(numbers(weight)));
        assertThat(history.last().losses()).isEqualTo(uninterrupted.last().losses());
        assertThat(history.last().validation().orElseThrow().losses())
                .isEqualTo(uninterrupted.last().validation().orElseThrow().losses());
    }

    /** Arrays of ND4J are equal up to 1e-5; these are to the bit. */
    private static double[] numbers(INDArray array) {
        return array.ravel().toDoubleVector();
    }
}
