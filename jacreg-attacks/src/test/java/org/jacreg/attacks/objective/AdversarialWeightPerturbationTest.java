package org.jacreg.attacks.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jacreg.nets.PreparedObjective;
import org.jacreg.nets.SmallNets;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.training.NonFiniteLossException;
import org.jacreg.training.Objective;
import org.jacreg.training.RobustTrainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;

/** Adversarial weight perturbation against the same algorithm in plain loops. */
class AdversarialWeightPerturbationTest {

    private static final double GAMMA = 0.05;
    private static final double RATE = 0.1;

    /** Sums in another order, over a few steps in float64. */
    private static final double ROUNDING = 1e-12;

    @TempDir
    private Path directory;

    private static AdversarialWeightPerturbation.Builder awp(Objective objective) {
        return AdversarialWeightPerturbation.over(objective).gamma(GAMMA);
    }

    /** Moves weights by gamma ||w|| / ||g|| g, entry by entry in plain Java. */
    private static void climb(SameDiff sd, Map<String, INDArray> gradients, Set<String> moved) {
        for (String name : moved) {
            INDArray weight = sd.getVariable(name).getArr();
            double[][] w = Rows.of(weight);
            double[][] g = Rows.of(gradients.get(name));
            double scale = GAMMA * norm(w) / norm(g);
            for (int i = 0; i < w.length; i++) {
                for (int j = 0; j < w[i].length; j++) {
                    weight.putScalar(i, j, w[i][j] + scale * g[i][j]);
                }
            }
        }
    }

    private static double norm(double[][] matrix) {
        double squares = 0;
        for (double[] row : matrix) {
            for (double value : row) {
                squares += value * value;
            }
        }
        return Math.sqrt(squares);
    }

    /** On the graph's own loss; optionally with the fault that weights stay where they were moved. */
    private static SameDiff byHand(int epochs, int fromEpoch, Set<String> moved, boolean putBack) {
        SameDiff sd = Runs.mlp();
        Set<String> all = SmallNets.weights(sd).keySet();
        Runs.forEveryBatch(epochs, (epoch, fed) -> {
            Map<String, INDArray> before = Runs.copies(sd);
            Map<String, INDArray> gradients = sd.calculateGradients(fed, all);
            if (epoch >= fromEpoch) {
                climb(sd, gradients, moved);
                gradients = sd.calculateGradients(fed, all);
            }
            if (putBack) {
                Runs.putBack(sd, before);
            }
            Runs.descend(sd, gradients, RATE);
        });
        return sd;
    }

    @Test
    void everyStepIsThatOfTheAlgorithm() {
        SameDiff sd = Runs.mlp();
        Runs.train(sd, awp(Objective.lossVariables()).build(), 3);
        Set<String> matrices = Set.of("W1", "W2");
        assertThat(Runs.distance(sd, byHand(3, 0, matrices, true))).isLessThan(ROUNDING);
        // What the comparison sees: weights not put back, biases moved as well, nothing moved.
        assertThat(Runs.distance(sd, byHand(3, 0, matrices, false))).isGreaterThan(1e-3);
        assertThat(Runs.distance(sd, byHand(3, 0, Set.of("W1", "W2", "b1", "b2"), true)))
                .isGreaterThan(1e-5);
        assertThat(Runs.distance(sd, byHand(3, 9, matrices, true))).isGreaterThan(1e-5);
    }

    @Test
    void weightsAndFirstEpochMayBeChosen() {
        SameDiff sd = Runs.mlp();
        Runs.train(
                sd,
                awp(Objective.lossVariables()).weights("b1", "W2").fromEpoch(2).build(),
                4);
        assertThat(Runs.distance(sd, byHand(4, 2, Set.of("b1", "W2"), true))).isLessThan(ROUNDING);
    }

    static List<Objective> objectives() {
        return List.of(
                PgdAdversarialTraining.linf(0.3).attack(a -> a.seed(3)).build(),
                Trades.linf(0.3).attack(a -> a.seed(3)).build(),
                Arow.linf(0.3).attack(a -> a.bounds(-1, 2)).build(),
                Mart.l2(0.3).build());
    }

    /** One step: the attack is made once, at the weights as they are, and what it made is fed at the weights moved. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void theLossIsThatOfTheObjective(Objective objective) {
        INDArray x = Nets.inputs(DataType.DOUBLE, 5, 4);
        INDArray labels = Rows.oneHot(Nets.classes(6, 4, 3), 3, DataType.DOUBLE);
        SameDiff sd = Runs.mlp();
        RobustTrainer.of(sd)
                .objective(awp(objective).build())
                .build()
                .fit(new SingletonDataSetIterator(new DataSet(x, labels)));
        SameDiff expected = Runs.mlp();
        Map<String, INDArray> before = Runs.copies(expected);
        try (PreparedObjective prepared = new PreparedObjective(expected, objective, x, labels)) {
            climb(expected, prepared.gradients(), Set.of("W1", "W2"));
            Map<String, INDArray> gradients = prepared.gradients();
            Runs.putBack(expected, before);
            Runs.descend(expected, gradients, RATE);
        }
        assertThat(Runs.distance(sd, expected)).isLessThan(ROUNDING);
        SameDiff plain = Runs.mlp();
        RobustTrainer.of(plain).objective(objective).build().fit(new SingletonDataSetIterator(new DataSet(x, labels)));
        assertThat(Runs.distance(sd, plain)).isGreaterThan(1e-5);
    }

    @Test
    void freeTrainingMayBeWrapped() {
        Objective free =
                FreeAdversarialTraining.linf(0.3).bounds(0, 1).replays(2).build();
        SameDiff sd = Runs.mlp();
        assertThat(Runs.train(sd, awp(free).build(), 2).iterations()).isEqualTo(12);
        SameDiff without = Runs.mlp();
        Runs.train(without, free, 2);
        assertThat(Runs.distance(sd, without)).isGreaterThan(1e-5);
    }

    @Test
    void aResumedRunIsTheUninterruptedOneToTheBit() {
        assertThat(Runs.afterCrash(
                        () -> {
                            SameDiff sd = Runs.mlp();
                            JacobianRegularizer.frobenius(sd).lambda(0.05).attach();
                            return sd;
                        },
                        () -> awp(Trades.linf(0.2).build()).build(),
                        directory.resolve("awp.zip")))
                .isZero();
    }

    @Test
    void weightsArePutBackWhereTheMoveGoesTooFar() {
        SameDiff sd = Runs.mlp();
        Map<String, INDArray> before = Runs.copies(sd);
        assertThatThrownBy(() -> Runs.train(
                        sd,
                        AdversarialWeightPerturbation.over(
                                        PgdAdversarialTraining.linf(0.1).build())
                                .gamma(1e308)
                                .build(),
                        1))
                .isInstanceOf(NonFiniteLossException.class);
        assertThat(Runs.distance(before, Runs.copies(sd))).isZero();
        assertThat(sd.getVariables().keySet()).noneMatch(name -> name.startsWith("jacreg/"));
    }

    @Test
    void badInputIsRefused() {
        Objective plain = Objective.lossVariables();
        for (double gamma : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> awp(plain).gamma(gamma).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("gamma must be positive and finite, got " + gamma);
        }
        assertThatThrownBy(() -> awp(plain).fromEpoch(-1).build()).hasMessageContaining("fromEpoch");
        assertThatThrownBy(() -> Runs.train(Runs.mlp(), awp(plain).weights("W7").build(), 1))
                .hasMessageContaining("'W7' is no variable");
        assertThatThrownBy(() -> Runs.train(Runs.mlp(), awp(plain).weights("x").build(), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'x' is no weight that is trained");
    }

    @Test
    void theWholeConfigurationIsShown() {
        assertThat(awp(Trades.linf(0.3).build()).build().toString())
                .startsWith("AdversarialWeightPerturbation[objective=Trades[")
                .contains("beta=6", "gamma=0.05", "fromEpoch=0", "weights=[]");
        assertThat(AdversarialWeightPerturbation.over(Objective.lossVariables())
                        .build()
                        .options()
                        .gamma())
                .isEqualTo(0.005);
    }
}
