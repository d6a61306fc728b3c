package org.jacreg.attacks.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.jacreg.nets.PreparedObjective;
import org.jacreg.nets.SmallNets;
import org.jacreg.training.Objective;
import org.jacreg.training.TrainingBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NoiseAugmentationTest {

    private static final int SAMPLES = 5000;

    @TempDir
    private Path directory;

    private static TrainingBatch batch(INDArray x, int iteration, boolean training) {
        INDArray labels = Nd4j.zeros(x.dataType(), x.size(0), 3);
        return new TrainingBatch(Map.of("x", x, "label", labels), iteration, 0, training);
    }

    private static INDArray noisy(NoiseAugmentation objective, INDArray x, int iteration) {
        try (Objective.Session session = objective.start(Nets.mlp(x.dataType(), 3))) {
            return session.prepare(batch(x, iteration, true)).get("x");
        }
    }

    @Test
    void gaussianNoiseHasItsMoments() {
        INDArray noise =
                noisy(NoiseAugmentation.gaussian(0.25).build(), Nd4j.zeros(DataType.DOUBLE, SAMPLES, Nets.INPUTS), 7);
        // 20000 draws: standard errors of 0.0018, 0.0013 and 0.0001; five of them.
        assertThat(noise.meanNumber().doubleValue()).isCloseTo(0, Offset.offset(9e-3));
        assertThat(noise.stdNumber().doubleValue()).isCloseTo(0.25, Offset.offset(6.5e-3));
        double beyond = noise.gt(0.5).castTo(DataType.DOUBLE).meanNumber().doubleValue();
        assertThat(beyond)
                .as("two deviations are exceeded with probability 0.0228")
                .isCloseTo(0.0228, Offset.offset(5.5e-3));
    }

    @Test
    void uniformNoiseFillsItsInterval() {
        INDArray noise =
                noisy(NoiseAugmentation.uniform(0.25).build(), Nd4j.zeros(DataType.DOUBLE, SAMPLES, Nets.INPUTS), 7);
        assertThat(noise.maxNumber().doubleValue()).isBetween(0.249, 0.25);
        assertThat(noise.minNumber().doubleValue()).isBetween(-0.25, -0.249);
        assertThat(noise.meanNumber().doubleValue()).isCloseTo(0, Offset.offset(5e-3));
        assertThat(noise.stdNumber().doubleValue()).isCloseTo(0.25 / Math.sqrt(3), Offset.offset(3e-3));
    }

    @Test
    void drawsAreAFunctionOfSeedIterationAndPlace() {
        INDArray x = Nets.inputs(DataType.DOUBLE, 5, 6);
        INDArray kept = x.dup();
        INDArray first = noisy(NoiseAugmentation.gaussian(0.1).seed(1).build(), x, 3);
        assertThat(noisy(NoiseAugmentation.gaussian(0.1).seed(1).build(), x, 3)).isEqualTo(first);
        assertThat(noisy(NoiseAugmentation.gaussian(0.1).seed(1).build(), x, 4)).isNotEqualTo(first);
        assertThat(noisy(NoiseAugmentation.gaussian(0.1).seed(2).build(), x, 3)).isNotEqualTo(first);
        INDArray noise = first.sub(x);
        assertThat(noise.getRow(0)).isNotEqualTo(noise.getRow(1));
        assertThat(x).isEqualTo(kept);
    }

    @Test
    void noisyInputsAreClippedAndInTheInputsType() {
        INDArray x = Nets.inputs(DataType.FLOAT, 5, 6);
        INDArray noisy = noisy(NoiseAugmentation.gaussian(3).bounds(0, 1).build(), x, 0);
        assertThat(noisy.dataType()).isEqualTo(DataType.FLOAT);
        assertThat(noisy.shape()).isEqualTo(x.shape());
        assertThat(noisy.minNumber().doubleValue()).isZero();
        assertThat(noisy.maxNumber().doubleValue()).isEqualTo(1);
    }

    @Test
    void validationIsWithoutNoise() {
        INDArray x = Nets.inputs(DataType.DOUBLE, 5, 6);
        try (Objective.Session session = NoiseAugmentation.gaussian(1).build().start(Nets.mlp(DataType.DOUBLE, 3))) {
            assertThat(session.prepare(batch(x, 0, false)).get("x")).isEqualTo(x);
        }
    }

    /** The trained weights are those of plain descent on the inputs that were prepared. */
    @Test
    void trainingIsOnTheNoisyInputs() {
        NoiseAugmentation noise = NoiseAugmentation.uniform(0.5).seed(4).build();
        SameDiff sd = Runs.mlp();
        Runs.train(sd, noise, 2);
        SameDiff expected = Runs.mlp();
        int[] iteration = {0};
        try (Objective.Session session = noise.start(expected)) {
            Runs.forEveryBatch(2, (epoch, fed) -> {
                Map<String, INDArray> prepared = session.prepare(new TrainingBatch(fed, iteration[0]++, epoch, true));
                Runs.descend(
                        expected,
                        expected.calculateGradients(
                                prepared, SmallNets.weights(expected).keySet()),
                        0.1);
            });
        }
        assertThat(Runs.distance(sd, expected)).isLessThan(1e-12);
        SameDiff plain = Runs.mlp();
        Runs.train(plain, Objective.lossVariables(), 2);
        assertThat(Runs.distance(sd, plain)).isGreaterThan(1e-3);
    }

    /** Around another objective, that one attacks the noisy inputs. */
    @Test
    void anotherObjectiveSeesTheNoisyInputs() {
        INDArray x = Nets.inputs(DataType.DOUBLE, 5, 6);
        NoiseAugmentation objective =
                NoiseAugmentation.gaussian(0.5).over(Trades.linf(0.01).build()).build();
        SameDiff sd = Nets.mlp(DataType.DOUBLE, 3);
        INDArray labels = Rows.oneHot(Nets.classes(6, 6, 3), 3, DataType.DOUBLE);
        try (Objective.Session session = objective.start(sd)) {
            Map<String, INDArray> fed = session.prepare(PreparedObjective.batch(x, labels, 0));
            double moved =
                    fed.get(Branches.ATTACKED).sub(fed.get("x")).normmaxNumber().doubleValue();
            assertThat(moved).isBetween(0.005, 0.01 + 1e-12);
            assertThat(fed.get("x").sub(x).normmaxNumber().doubleValue()).isGreaterThan(0.1);
        }
    }

    @Test
    void aResumedRunIsTheUninterruptedOneToTheBit() {
        assertThat(Runs.afterCrash(
                        Runs::mlp,
                        () -> NoiseAugmentation.gaussian(0.3).seed(2).build(),
                        directory.resolve("noise.zip")))
                .isZero();
    }

    @Test
    void badInputIsRefused() {
        for (double scale : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> NoiseAugmentation.gaussian(scale).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("GAUSSIAN")
                    .hasMessageContaining("got " + scale);
        }
        assertThatThrownBy(() -> Runs.train(
                        Runs.mlp(), NoiseAugmentation.uniform(1).input("h").build(), 1))
                .hasMessageContaining("'h' is no placeholder");
    }

    @Test
    void theWholeConfigurationIsShown() {
        assertThat(NoiseAugmentation.gaussian(0.25).seed(3).bounds(0, 1).build())
                .hasToString("NoiseAugmentation[distribution=GAUSSIAN, scale=0.25, box=InputBox[lower=0.0, upper=1.0],"
                        + " seed=3, input=Optional.empty, objective=loss variables]");
    }
}
