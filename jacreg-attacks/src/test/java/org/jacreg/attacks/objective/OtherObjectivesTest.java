package org.jacreg.attacks.objective;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.jacreg.nets.PreparedObjective;
import org.jacreg.nets.SmallNets;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.runtime.CompiledGraph;
import org.jacreg.runtime.CompiledValues;
import org.jacreg.training.Objective;
import org.jacreg.training.RobustTrainer;
import org.jacreg.training.TrainingHistory;
import org.jacreg.training.WeightAverage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.learning.config.Adam;

/** Objectives that are not a {@link RobustLoss}, and wrapped ones: the graph stays, images work, several things at once work. */
class OtherObjectivesTest {

    private static final double STEP = 1e-5;

    static List<Objective> objectives() {
        return List.of(
                FreeAdversarialTraining.linf(0.2).replays(2).build(),
                AdversarialWeightPerturbation.over(Trades.linf(0.2).build()).build(),
                NoiseAugmentation.gaussian(0.1)
                        .over(AdversarialWeightPerturbation.over(Arow.linf(0.2).build())
                                .build())
                        .build(),
                Cure.squared(0.5, 0.5).build(),
                Cure.unsquared(0.5, 0.5).build(),
                InputGradientRegularization.l1(0.5).build(),
                InputGradientRegularization.l2(0.5).central(true).build());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void aClosedSessionLeavesEveryByte(Objective objective) {
        INDArray x = Nets.inputs(DataType.DOUBLE, 1, 4);
        INDArray labels = Rows.oneHot(Nets.classes(2, 4, 3), 3, DataType.DOUBLE);
        for (boolean penalty : new boolean[] {false, true}) {
            SameDiff sd = Nets.mlp(DataType.DOUBLE, 3);
            if (penalty) {
                JacobianRegularizer.frobenius(sd).lambda(0.1).attach();
            }
            byte[] before = sd.asFlatBuffers(true).array().clone();
            try (Objective.Session session = objective.start(sd)) {
                session.prepare(PreparedObjective.batch(x, labels, 0));
            }
            assertThat(sd.asFlatBuffers(true).array()).isEqualTo(before);
            Objective.Session again = objective.start(sd);
            again.close();
            again.close();
            assertThat(sd.asFlatBuffers(true).array()).isEqualTo(before);
            assertThat(sd.getLossVariables()).containsExactly(penalty ? "jacreg/total" : "loss");
        }
    }

    /** Images, with a Jacobian penalty, validation and averaged weights, in float32. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void everythingAtOnceOnImages(Objective objective) {
        SameDiff sd = SmallNets.training(SmallNets.conv(DataType.FLOAT), new Adam(0.01));
        JacobianRegularizer.frobenius(sd).projections(1).lambda(0.01).attach();
        ViewIterator data = new ViewIterator(
                new DataSet(
                        SmallNets.inputs(DataType.FLOAT, 3, 10, 1, 6, 6), SmallNets.labels(DataType.FLOAT, 4, 10, 3)),
                4);
        TrainingHistory history = RobustTrainer.of(sd)
                .epochs(3)
                .objective(objective)
                .weightAverage(WeightAverage.ema(0.5))
                .validation(data)
                .build()
                .fit(data);
        assertThat(history.losses()).hasSize(3).allMatch(Double::isFinite);
        assertThat(history.last().validation().orElseThrow().losses().values()).allMatch(Double::isFinite);
        assertThat(history.last().penalties()).containsOnlyKeys("frobenius");
        assertThat(sd.getLossVariables()).containsExactly("jacreg/total");
    }

    static List<Objective> smooth() {
        return objectives().subList(3, 7);
    }

    /** Gradients by a kernel of rank 4 among others: the slope along a random direction in all weights. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("smooth")
    void gradientsOnImagesAreTheSlopes(Objective objective) {
        SameDiff sd = SmallNets.conv(DataType.DOUBLE);
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 3, 3, 1, 6, 6);
        INDArray labels = SmallNets.labels(DataType.DOUBLE, 4, 3, 3);
        Map<String, INDArray> weights = SmallNets.weights(sd);
        Map<String, INDArray> along = new LinkedHashMap<>();
        Random random = new Random(5);
        weights.forEach(
                (name, weight) -> along.put(name, SmallNets.normal(DataType.DOUBLE, random, 1, weight.shape())));
        try (Objective.Session session = objective.start(sd);
                CompiledGraph graph = CompiledGraph.of(sd)
                        .outputs(sd.getLossVariables().toArray(String[]::new))
                        .gradients(weights.keySet().toArray(String[]::new))
                        .build()) {
            Map<String, INDArray> fed = session.prepare(PreparedObjective.batch(x, labels, 0));
            CompiledValues values = graph.run(fed);
            double slope = 0;
            for (Map.Entry<String, INDArray> direction : along.entrySet()) {
                slope += values.gradient(direction.getKey())
                        .mul(direction.getValue())
                        .sumNumber()
                        .doubleValue();
            }
            weights.forEach((name, weight) -> weight.addi(along.get(name).mul(STEP)));
            double up = sum(graph.run(fed), sd);
            weights.forEach((name, weight) -> weight.subi(along.get(name).mul(2 * STEP)));
            double down = sum(graph.run(fed), sd);
            // The direction has 49 entries of size 1: third derivatives count 49^(3/2) times.
            assertThat(slope).isCloseTo((up - down) / (2 * STEP), Offset.offset(1e-6));
            assertThat(Math.abs(slope)).isGreaterThan(1e-2);
        }
    }

    private static double sum(CompiledValues values, SameDiff sd) {
        return sd.getLossVariables().stream()
                .mapToDouble(name -> values.output(name).getDouble(0))
                .sum();
    }

    /** Labels may be class indices, and distributions where no class is needed. */
    @Test
    void softLabelsAreTakenAsTheyAre() {
        INDArray x = Nets.inputs(DataType.DOUBLE, 1, 2);
        INDArray soft = Rows.array(new double[][] {{0.9, 0.05, 0.05}, {0.2, 0.5, 0.3}}, DataType.DOUBLE);
        for (Objective objective : smooth()) {
            SameDiff sd = Nets.mlp(DataType.DOUBLE, 3);
            try (PreparedObjective prepared = new PreparedObjective(sd, objective, x, soft)) {
                assertThat(prepared.loss()).isFinite();
                assertThat(Runs.distance(prepared.gradients(), prepared.slopes()))
                        .isLessThan(2e-8);
            }
        }
    }
}
