package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.jacreg.jacobian.Directions;
import org.jacreg.jacobian.FiniteDifference;
import org.jacreg.jacobian.Projections;
import org.jacreg.nets.SmallNets;
import org.jacreg.vjp.VjpRules;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Estimates as users choose them: by finite differences, by directions of every kind, by a relative error. */
class FiniteDifferencePenaltyTest {

    private static final int DRAWS = 300;

    private static final Map<String, INDArray> FED = Map.of(
            "x", SmallNets.inputs(DataType.DOUBLE, 41, 8, 4), "label", SmallNets.labels(DataType.DOUBLE, 42, 8, 3));

    private static double exact() {
        return JacobianRegularizer.frobenius(SmallNets.mlp(DataType.DOUBLE))
                .attach()
                .penalty()
                .eval(FED)
                .getDouble(0);
    }

    /** Mean and standard error over draws, from a fixed seed. */
    private static void assertUnbiased(RegularizedGraph graph, double expected) {
        Nd4j.getRandom().setSeed(77);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < DRAWS; i++) {
            double value = graph.penalty().eval(FED).getDouble(0);
            sum += value;
            squares += value * value;
        }
        double mean = sum / DRAWS;
        double error = Math.sqrt((squares / DRAWS - mean * mean) / (DRAWS - 1));
        assertThat(error).isPositive();
        // Four standard errors: one in 16,000 seeds would fail, and the seed is fixed.
        assertThat(mean).isCloseTo(expected, within(4 * error));
    }

    @Test
    void centralDifferencesWithoutAnyRuleAreUnbiased() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        assertUnbiased(
                JacobianRegularizer.frobenius(sd)
                        .rules(VjpRules.builder().build())
                        .finiteDifference()
                        .attach(),
                exact());
    }

    @ParameterizedTest
    @EnumSource(Directions.class)
    void projectionsOfEveryKindAreUnbiased(Directions directions) {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        assertUnbiased(
                JacobianRegularizer.frobenius(sd)
                        .projections(2)
                        .directions(directions)
                        .attach(),
                exact());
    }

    @Test
    void gaussianProjectionsOfTheColumnNormAreUnbiased() {
        double exact = JacobianRegularizer.l21(SmallNets.mlp(DataType.DOUBLE))
                .attach()
                .penalty()
                .eval(FED)
                .getDouble(0);
        assertUnbiased(
                JacobianRegularizer.l21(SmallNets.mlp(DataType.DOUBLE))
                        .projections(2)
                        .attach(),
                exact);
    }

    @Test
    void asManyProjectionsAsAnErrorTakes() {
        // C = 3: two directions of the sphere have a relative error of sqrt(2 * 2/5 / 2) = 0.63 at worst; 0.3 takes all
        // rows.
        SameDiff loose = SmallNets.mlp(DataType.DOUBLE);
        RegularizedGraph estimate = JacobianRegularizer.frobenius(loose)
                .projections(Projections.auto(0.65))
                .attach();
        assertThat(estimate.penalty().eval(FED).getDouble(0))
                .isNotEqualTo(estimate.penalty().eval(FED).getDouble(0));
        SameDiff tight = SmallNets.mlp(DataType.DOUBLE);
        double value = JacobianRegularizer.frobenius(tight)
                .projections(Projections.auto(0.3))
                .attach()
                .penalty()
                .eval(FED)
                .getDouble(0);
        assertThat(value).isCloseTo(exact(), within(1e-10));
    }

    @Test
    void trainingByDifferencesMakesTheJacobianSmaller() {
        SameDiff sd = SmallNets.training(SmallNets.mlp(DataType.DOUBLE), new Sgd(0.05));
        double before = exact();
        Nd4j.getRandom().setSeed(5);
        RegularizedGraph graph = JacobianRegularizer.frobenius(sd)
                .lambda(0.5)
                .finiteDifference(FiniteDifference.central().withDirections(2))
                .attach();
        sd.fit(new SingletonDataSetIterator(SmallNets.batch(DataType.DOUBLE, 3, 16)), 60);
        graph.detach();
        double after =
                JacobianRegularizer.frobenius(sd).attach().penalty().eval(FED).getDouble(0);
        assertThat(after).isLessThan(before / 2);
    }

    @Test
    void settingsThatContradictEachOther() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        byte[] before = sd.asFlatBuffers(true).array().clone();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacobianRegularizer.l11(sd).finiteDifference())
                .withMessageContaining("frobenius(sd)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacobianRegularizer.frobenius(sd)
                        .finiteDifference()
                        .projections(2)
                        .attach())
                .withMessageContaining("finiteDifference");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacobianRegularizer.frobenius(sd)
                        .directions(Directions.RADEMACHER)
                        .attach())
                .withMessageContaining("projections(...)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacobianRegularizer.l21(sd)
                        .projections(2)
                        .directions(Directions.RADEMACHER)
                        .attach())
                .withMessageContaining("GAUSSIAN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacobianRegularizer.spectral(sd).directions(Directions.GAUSSIAN));
        assertThat(sd.asFlatBuffers(true).array()).isEqualTo(before);
    }
}
