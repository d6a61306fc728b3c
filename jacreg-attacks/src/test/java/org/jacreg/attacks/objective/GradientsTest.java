package org.jacreg.attacks.objective;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.assertj.core.data.Offset;
import org.jacreg.classifier.Classifier;
import org.jacreg.nets.PreparedObjective;
import org.jacreg.training.Objective;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Gradients by the weights, as the trainer gets them, against central differences. */
class GradientsTest {

    /** Central differences in float64: step squared times third derivatives, and 1e-16 over the step. */
    private static final double TOLERANCE = 2e-8;

    /** Makes an objective for a number of classes. */
    record Case(String name, IntFunction<Objective> objective) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        return List.of(
                new Case("Trades", k -> Trades.linf(.3).build()),
                new Case("Trades l2", k -> Trades.l2(.5).attack(a -> a.steps(3)).build()),
                new Case(
                        "Trades gair",
                        k -> Trades.linf(.3).gair(GairWeights.fromEpoch(0)).build()),
                new Case("Mart", k -> Mart.linf(.3).build()),
                new Case("Arow", k -> Arow.linf(.3).build()),
                new Case(
                        "Arow without smoothing",
                        k -> Arow.linf(.3).labelSmoothing(0).build()),
                new Case("Cow", k -> Cow.linf(.3).build()),
                new Case("Hat", k -> Hat.linf(.3, teacher(k)).build()),
                new Case(
                        "Hat AT",
                        k -> Hat.linf(.3, teacher(k)).adversarialTraining(true).build()),
                new Case("HatArow", k -> HatArow.linf(.3, teacher(k)).build()),
                new Case(
                        "PgdAdversarialTraining",
                        k -> PgdAdversarialTraining.linf(.3).build()),
                new Case(
                        "PgdAdversarialTraining gair",
                        k -> PgdAdversarialTraining.linf(.3)
                                .gair(GairWeights.fromEpoch(0))
                                .clean(.3)
                                .build()),
                new Case(
                        "FastAdversarialTraining",
                        k -> FastAdversarialTraining.linf(.3).build()));
    }

    private static Classifier teacher(int classes) {
        return Classifier.of(Nets.mlp(DataType.DOUBLE, classes, 99)).build();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void gradientsAreTheSlopes(Case given) {
        for (int[] size : new int[][] {{2, 4}, {3, 1}}) {
            int classes = size[0];
            int samples = size[1];
            SameDiff sd = Nets.mlp(DataType.DOUBLE, classes);
            INDArray x = Nets.inputs(DataType.DOUBLE, 3, samples);
            INDArray labels = Rows.oneHot(Nets.classes(4, samples, classes), classes, DataType.DOUBLE);
            try (PreparedObjective prepared =
                    new PreparedObjective(sd, given.objective().apply(classes), x, labels)) {
                compare(prepared, given + " K=" + classes + " N=" + samples);
            }
        }
    }

    static List<Objective> onImages() {
        Classifier teacher = Classifier.of(Nets.conv(DataType.DOUBLE)).build();
        return List.of(
                Trades.l2(.5).build(),
                Mart.linf(.3).build(),
                HatArow.linf(.3, teacher).build());
    }

    /** Images keep their shape. */
    @ParameterizedTest
    @MethodSource("onImages")
    void imagesHaveTheirGradientsToo(Objective objective) {
        for (int samples : new int[] {1, 3}) {
            INDArray x = Nets.inputs(DataType.DOUBLE, 3, 4 * samples).reshape('c', samples, 1, 4, 4);
            INDArray labels = Rows.oneHot(Nets.classes(4, samples, 3), 3, DataType.DOUBLE);
            try (PreparedObjective prepared = new PreparedObjective(Nets.conv(DataType.DOUBLE), objective, x, labels)) {
                compare(prepared, objective + " N=" + samples);
            }
        }
    }

    private static void compare(PreparedObjective prepared, String what) {
        Map<String, INDArray> slopes = prepared.slopes();
        Map<String, INDArray> gradients = prepared.gradients();
        assertThat(gradients.keySet()).isEqualTo(slopes.keySet()).hasSize(4);
        slopes.forEach((name, slope) -> {
            assertThat(slope.norm2Number().doubleValue())
                    .as("%s %s", what, name)
                    .isGreaterThan(1e-3);
            double error = gradients.get(name).sub(slope).normmaxNumber().doubleValue();
            assertThat(error).as("%s %s", what, name).isCloseTo(0, Offset.offset(TOLERANCE));
        });
    }
}
