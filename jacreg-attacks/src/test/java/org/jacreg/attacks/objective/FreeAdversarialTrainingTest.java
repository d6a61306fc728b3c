package org.jacreg.attacks.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.nets.PreparedObjective;
import org.jacreg.nets.SmallNets;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.training.RobustTrainer;
import org.jacreg.training.TrainingBatch;
import org.jacreg.training.TrainingHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Free adversarial training against the same algorithm in plain loops, with SameDiff's gradients. */
class FreeAdversarialTrainingTest {

    private static final double EPSILON = 0.3;
    private static final double RATE = 0.1;

    /** Sums in another order, over 18 steps in float64. */
    private static final double ROUNDING = 1e-11;

    @TempDir
    private Path directory;

    /** The algorithm, written again: on rows of doubles, sample by sample. */
    private static final class ByHand {
        private final SameDiff sd = Runs.mlp();
        private final boolean linf;
        private final boolean projected;
        private final double stepSize;
        private double[][] carried = new double[0][];
        private int epoch = -1;

        ByHand(boolean linf, boolean projected, double stepSize) {
            this.linf = linf;
            this.projected = projected;
            this.stepSize = stepSize;
        }

        SameDiff train(int epochs, int replays) {
            Runs.forEveryBatch(epochs, (current, fed) -> {
                if (epoch != current) {
                    carried = new double[0][];
                    epoch = current;
                }
                for (int replay = 0; replay < replays; replay++) {
                    step(fed);
                }
            });
            return sd;
        }

        private void step(Map<String, INDArray> fed) {
            double[][] x = Rows.of(fed.get("x"));
            double[][] points = new double[x.length][];
            for (int n = 0; n < x.length; n++) {
                points[n] = x[n].clone();
                if (n < carried.length) {
                    for (int j = 0; j < x[n].length; j++) {
                        points[n][j] += carried[n][j];
                    }
                    project(points[n], x[n]);
                }
            }
            List<String> wanted = List.of("W1", "b1", "W2", "b2", "x");
            Map<String, INDArray> at = Map.of("x", Nd4j.createFromArray(points), "label", fed.get("label"));
            Map<String, INDArray> gradients = sd.calculateGradients(at, wanted);
            double[][] slopes = Rows.of(gradients.get("x"));
            carried = new double[x.length][];
            for (int n = 0; n < x.length; n++) {
                move(points[n], slopes[n]);
                project(points[n], x[n]);
                carried[n] = points[n];
                for (int j = 0; j < x[n].length; j++) {
                    carried[n][j] -= x[n][j];
                }
            }
            wanted.stream()
                    .filter(name -> !name.equals("x"))
                    .forEach(name -> sd.getVariable(name)
                            .getArr()
                            .subi(gradients.get(name).mul(RATE)));
        }

        private void move(double[] point, double[] slope) {
            double length = 0;
            for (double value : slope) {
                length += value * value;
            }
            for (int j = 0; j < point.length; j++) {
                point[j] += stepSize * (linf ? Math.signum(slope[j]) : slope[j] / Math.sqrt(length));
            }
        }

        private void project(double[] point, double[] center) {
            if (!projected) {
                return;
            }
            double squares = 0;
            for (int j = 0; j < point.length; j++) {
                squares += (point[j] - center[j]) * (point[j] - center[j]);
            }
            double scale = Math.min(1, EPSILON / Math.sqrt(squares));
            for (int j = 0; j < point.length; j++) {
                if (linf) {
                    double near = Math.max(center[j] - EPSILON, Math.min(center[j] + EPSILON, point[j]));
                    point[j] = Math.max(0, Math.min(1, near));
                } else if (squares > 0) {
                    point[j] = center[j] + scale * (point[j] - center[j]);
                }
            }
        }
    }

    private static FreeAdversarialTraining.Builder linf() {
        return FreeAdversarialTraining.linf(EPSILON).bounds(0, 1).replays(3);
    }

    @Test
    void everyStepIsThatOfTheAlgorithmUnderLinf() {
        for (double stepSize : new double[] {EPSILON, 0.4 * EPSILON}) {
            SameDiff sd = Runs.mlp();
            TrainingHistory history = Runs.train(sd, linf().stepSize(stepSize).build(), 2);
            SameDiff expected = new ByHand(true, true, stepSize).train(2, 3);
            assertThat(Runs.distance(sd, expected)).isLessThan(ROUNDING);
            assertThat(history.iterations()).isEqualTo(18);
            // What the comparison sees: a perturbation that is not projected, other replays, no perturbation.
            assertThat(Runs.distance(sd, new ByHand(true, false, stepSize).train(2, 3)))
                    .isGreaterThan(1e-4);
            assertThat(Runs.distance(sd, new ByHand(true, true, 0).train(2, 3))).isGreaterThan(1e-3);
        }
    }

    @Test
    void everyStepIsThatOfTheAlgorithmUnderL2() {
        SameDiff sd = Runs.mlp();
        Runs.train(
                sd, FreeAdversarialTraining.l2(EPSILON).replays(4).stepSize(0.2).build(), 2);
        assertThat(Runs.distance(sd, new ByHand(false, true, 0.2).train(2, 4))).isLessThan(ROUNDING);
        assertThat(Runs.distance(sd, new ByHand(false, false, 0.2).train(2, 4))).isGreaterThan(1e-4);
    }

    @Test
    void float32GoesTheSameWay() {
        SameDiff sd = Nets.mlp(DataType.FLOAT, Runs.CLASSES);
        RobustTrainer.of(sd).epochs(2).objective(linf().build()).build().fit(Runs.batches(DataType.FLOAT));
        SameDiff expected = new ByHand(true, true, EPSILON).train(2, 3);
        SmallNets.weights(expected)
                .forEach((name, weight) -> assertThat(sd.getVariable(name)
                                .getArr()
                                .castTo(DataType.DOUBLE)
                                .sub(weight)
                                .normmaxNumber()
                                .doubleValue())
                        .isLessThan(1e-5));
    }

    @Test
    void aResumedRunIsTheUninterruptedOneToTheBit() {
        assertThat(Runs.afterCrash(Runs::mlp, () -> linf().build(), directory.resolve("free.zip")))
                .isZero();
    }

    @Test
    void validationIsOnInputsMovedByOneStep() {
        SameDiff sd = Runs.mlp();
        TrainingHistory history = RobustTrainer.of(sd)
                .objective(linf().build())
                .validation(Runs.batches())
                .build()
                .fit(Runs.batches());
        double[] sums = new double[2];
        Runs.forEveryBatch(1, (epoch, fed) -> {
            sums[0] += loss(sd, fed);
            double[][] x = Rows.of(fed.get("x"));
            double[][] slopes = Rows.of(sd.calculateGradients(fed, "x").get("x"));
            for (int n = 0; n < x.length; n++) {
                for (int j = 0; j < x[n].length; j++) {
                    x[n][j] = Math.max(0, Math.min(1, x[n][j] + EPSILON * Math.signum(slopes[n][j])));
                }
            }
            sums[1] += loss(sd, Map.of("x", Nd4j.createFromArray(x), "label", fed.get("label")));
        });
        double validated = history.last().validation().orElseThrow().loss();
        assertThat(validated).isCloseTo(sums[1] / 3, Offset.offset(1e-12)).isGreaterThan(sums[0] / 3);
    }

    private static double loss(SameDiff sd, Map<String, INDArray> fed) {
        return sd.output(fed, "loss").get("loss").getDouble(0);
    }

    /** The loss with the penalty is what is climbed and what is descended. */
    @Test
    void penaltiesStayInTheLoss() {
        SameDiff sd = Runs.mlp();
        JacobianRegularizer.frobenius(sd).lambda(0.1).attach();
        TrainingHistory history = Runs.train(sd, linf().build(), 2);
        assertThat(history.last().penalties()).containsOnlyKeys("frobenius");
        SameDiff without = Runs.mlp();
        Runs.train(without, linf().build(), 2);
        assertThat(Runs.distance(sd, without)).isGreaterThan(1e-3);
        assertThat(sd.getLossVariables()).containsExactly("jacreg/total");
    }

    @Test
    void frozenFeaturesAreNotPerturbed() {
        FreeAdversarialTraining objective = linf().limits(FeatureLimits.none().withFrozen(false, true, false, false))
                .build();
        INDArray x = Nets.inputs(DataType.DOUBLE, 5, 4);
        INDArray labels = Rows.oneHot(Nets.classes(6, 4, 3), 3, DataType.DOUBLE);
        try (var session = objective.start(Runs.mlp())) {
            INDArray moved = session.prepare(new TrainingBatch(Map.of("x", x, "label", labels), 0, 0, false))
                    .get("x")
                    .sub(x);
            assertThat(moved.getColumn(1).normmaxNumber().doubleValue()).isZero();
            assertThat(moved.getColumn(0).normmaxNumber().doubleValue()).isPositive();
        }
    }

    @Test
    void theTrainersDataStaysAsItIs() {
        INDArray x = Nets.inputs(DataType.DOUBLE, 5, 4);
        INDArray kept = x.dup();
        INDArray labels = Rows.oneHot(Nets.classes(6, 4, 3), 3, DataType.DOUBLE);
        try (var session = linf().build().start(Runs.mlp())) {
            session.prepare(PreparedObjective.batch(x, labels, 0));
        }
        assertThat(x).isEqualTo(kept);
    }

    @Test
    void badInputIsRefused() {
        assertThatThrownBy(() -> FreeAdversarialTraining.linf(0)).hasMessageContaining("epsilon");
        assertThatThrownBy(() -> linf().replays(0).build()).hasMessageContaining("replays must be at least 1, got 0");
        assertThatThrownBy(() -> linf().stepSize(Double.NaN).build()).hasMessageContaining("stepSize");
        assertThatThrownBy(() -> Runs.train(Runs.mlp(), linf().input("logits").build(), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'logits' is no placeholder");
        SameDiff sd = Runs.mlp();
        Map<String, INDArray> before = Runs.copies(sd);
        // Outside of the box.
        assertThatThrownBy(() -> Runs.train(sd, linf().bounds(0, 0.5).build(), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("box");
        assertThat(Runs.distance(before, Runs.copies(sd))).isZero();
    }

    @Test
    void theWholeConfigurationIsShown() {
        assertThat(linf().stepSize(0.1).build())
                .hasToString("FreeAdversarialTraining[threat=linf(0.3), box=InputBox[lower=0.0,"
                        + " upper=1.0], replays=3, stepSize=0.1, input=Optional.empty]");
        assertThat(FreeAdversarialTraining.l2(2).build().options().stepSize()).isEqualTo(2);
        assertThat(FreeAdversarialTraining.l2(2).build().options().replays()).isEqualTo(8);
    }
}
