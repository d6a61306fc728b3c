package org.jacreg.attacks.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.jacreg.attacks.ClosedFormNet;
import org.jacreg.classifier.InputBox;
import org.jacreg.nets.PreparedObjective;
import org.jacreg.nets.SmallNets;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.training.Objective;
import org.jacreg.training.TrainingHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.Axpy;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** CURE and input gradient regularization: values in plain Java, gradients by central differences with the points held fixed. */
class AlongGradientTest {

    private static final double H = 0.7;

    /** Central differences in float64: step squared times third derivatives, and 1e-16 over the step. */
    private static final double SLOPES = 2e-8;

    @TempDir
    private Path directory;

    static List<Objective> objectives() {
        return List.of(
                Cure.squared(0.8, H).build(),
                Cure.unsquared(0.8, H).build(),
                InputGradientRegularization.l2(0.8).h(H).build(),
                InputGradientRegularization.l1(0.8).h(H).build(),
                InputGradientRegularization.linf(0.8).h(H).build(),
                InputGradientRegularization.l2(0.8).h(H).central(true).build(),
                InputGradientRegularization.l1(0.8).h(H).central(true).build());
    }

    private static INDArray labels(int samples, int classes) {
        return Rows.oneHot(Nets.classes(4, samples, classes), classes, DataType.DOUBLE);
    }

    /** The term of one sample, from the hand-written network. */
    private static double term(Objective objective, ClosedFormNet net, double[] x, int label) {
        double[] g = gradient(net, x, label);
        if (objective instanceof Cure cure) {
            double[] sign = Arrays.stream(g).map(Math::signum).toArray();
            double[] moved = moved(x, sign, H / norm(sign));
            double[] there = gradient(net, moved, label);
            double change = 0;
            for (int j = 0; j < g.length; j++) {
                change += (there[j] - g[j]) * (there[j] - g[j]);
            }
            return cure.options().squared() ? 0.8 / (H * H) * change : 0.8 * Math.sqrt(change);
        }
        InputGradientRegularization.Options options = ((InputGradientRegularization) objective).options();
        double[] v = switch (options.penalised()) {
            case L2 -> Arrays.stream(g).map(value -> value / norm(g)).toArray();
            case L1 ->
                Arrays.stream(g)
                        .map(value -> Math.signum(value) / Math.sqrt(g.length))
                        .toArray();
            case LINF -> {
                double greatest = Arrays.stream(g).map(Math::abs).max().orElseThrow();
                yield Arrays.stream(g)
                        .map(value -> Math.abs(value) == greatest ? Math.signum(value) : 0)
                        .toArray();
            }
        };
        double up = loss(net, moved(x, v, H), label);
        double slope =
                options.central() ? (up - loss(net, moved(x, v, -H), label)) / (2 * H) : (up - loss(net, x, label)) / H;
        return 0.8 / 2 * slope * slope;
    }

    private static double[] moved(double[] x, double[] v, double by) {
        double[] result = x.clone();
        for (int j = 0; j < x.length; j++) {
            result[j] += by * v[j];
        }
        return result;
    }

    private static double norm(double[] v) {
        return Math.sqrt(Arrays.stream(v).map(value -> value * value).sum());
    }

    private static double[] gradient(ClosedFormNet net, double[] x, int label) {
        return net.crossEntropyGradient(Nd4j.createFromArray(new double[][] {x}), new int[] {label})
                .gradient()
                .toDoubleVector();
    }

    private static double loss(ClosedFormNet net, double[] x, int label) {
        return net.crossEntropyGradient(Nd4j.createFromArray(new double[][] {x}), new int[] {label})
                .loss()
                .getDouble(0);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void valuesAreThoseOfTheFormula(Objective objective) {
        for (int classes : new int[] {2, 3}) {
            for (int samples : new int[] {1, 4}) {
                SameDiff sd = Nets.mlp(DataType.DOUBLE, classes);
                ClosedFormNet net = Nets.plain(sd, InputBox.unbounded());
                INDArray x = Nets.inputs(DataType.DOUBLE, 3, samples);
                int[] y = Nets.classes(4, samples, classes);
                double expected = 0;
                for (int n = 0; n < samples; n++) {
                    double[] row = x.getRow(n).toDoubleVector();
                    expected += (loss(net, row, y[n]) + term(objective, net, row, y[n])) / samples;
                }
                INDArray kept = x.dup();
                try (PreparedObjective prepared = new PreparedObjective(sd, objective, x, labels(samples, classes))) {
                    assertThat(prepared.loss()).isCloseTo(expected, Offset.offset(1e-12));
                    assertThat(prepared.losses()).hasSize(2).contains("loss");
                }
                assertThat(x).isEqualTo(kept);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void gradientsAreTheSlopesWithThePointsHeldFixed(Objective objective) {
        for (int classes : new int[] {2, 3}) {
            for (int samples : new int[] {1, 4}) {
                SameDiff sd = Nets.mlp(DataType.DOUBLE, classes);
                Map<String, INDArray> ofLoss;
                INDArray x = Nets.inputs(DataType.DOUBLE, 3, samples);
                ofLoss = sd.calculateGradients(
                        Map.of("x", x, "label", labels(samples, classes)),
                        SmallNets.weights(sd).keySet());
                try (PreparedObjective prepared = new PreparedObjective(sd, objective, x, labels(samples, classes))) {
                    Map<String, INDArray> slopes = prepared.slopes();
                    Map<String, INDArray> gradients = prepared.gradients();
                    assertThat(Runs.distance(gradients, slopes)).isLessThan(SLOPES);
                    // The term itself has a slope that the comparison would miss.
                    assertThat(Runs.distance(gradients, ofLoss)).isGreaterThan(1e-3);
                }
            }
        }
    }

    /** Of two linear logits the gradient is known, and so is its change: CURE of a logistic regression in closed form. */
    @Test
    void cureOfALinearModel() {
        SameDiff sd = Nets.identity(2);
        double[][] x = {{0.4, -0.3}, {1.2, 0.7}};
        INDArray labels = Rows.oneHot(new int[] {0, 1}, 2, DataType.DOUBLE);
        double expected = 0;
        for (int n = 0; n < 2; n++) {
            // l = ln(1 + e^-m) with the margin m of the true class; its gradient is -s(-m) (1, -1), up to the order.
            double margin = n == 0 ? x[n][0] - x[n][1] : x[n][1] - x[n][0];
            // The sign moves the margin down by 2 h / sqrt(2).
            double moved = margin - Math.sqrt(2) * H;
            double change = 1 / (1 + Math.exp(moved)) - 1 / (1 + Math.exp(margin));
            expected += 0.8 / (H * H) * 2 * change * change / 2;
        }
        try (PreparedObjective prepared =
                new PreparedObjective(sd, Cure.squared(0.8, H).build(), Nd4j.createFromArray(x), labels)) {
            double plain = sd.output(prepared.fed(), "loss").get("loss").getDouble(0);
            assertThat(prepared.loss() - plain).isCloseTo(expected, Offset.offset(1e-14));
        }
    }

    /** The slope goes to the norm as h goes to zero, and centrally with the square of h. */
    @Test
    void differencesApproachTheNorm() {
        SameDiff sd = Nets.mlp(DataType.DOUBLE, 3);
        INDArray x = Nets.inputs(DataType.DOUBLE, 3, 4);
        INDArray labels = labels(4, 3);
        double[][] g = Rows.of(
                sd.calculateGradients(Map.of("x", x, "label", labels), "x").get("x"));
        double l2 = 0;
        double l1 = 0;
        double linf = 0;
        for (double[] row : g) {
            // The loss is a mean over four samples.
            l2 += square(4 * norm(row)) / 4;
            l1 += square(4 * Arrays.stream(row).map(Math::abs).sum()) / row.length / 4;
            linf += square(4 * Arrays.stream(row).map(Math::abs).max().orElseThrow()) / 4;
        }
        double h = 1e-4;
        // The next term of the central difference: h^2 times a third derivative.
        Offset<Double> near = Offset.offset(1e-7);
        assertThat(value(InputGradientRegularization.l2(2).h(h).central(true).build(), x, labels))
                .isCloseTo(l2, near);
        assertThat(value(InputGradientRegularization.l1(2).h(h).central(true).build(), x, labels))
                .isCloseTo(l1, near);
        assertThat(value(InputGradientRegularization.linf(2).h(h).central(true).build(), x, labels))
                .isCloseTo(linf, near);
        assertThat(value(InputGradientRegularization.l2(2).h(h).build(), x, labels))
                .isCloseTo(l2, Offset.offset(1e-3));
    }

    private static double square(double value) {
        return value * value;
    }

    private static double value(Objective objective, INDArray x, INDArray labels) {
        return termOf(Nets.mlp(DataType.DOUBLE, 3), objective, x, labels);
    }

    private static double termOf(SameDiff sd, Objective objective, INDArray x, INDArray labels) {
        try (PreparedObjective prepared = new PreparedObjective(sd, objective, x, labels)) {
            double plain = sd.output(prepared.fed(), "loss").get("loss").getDouble(0);
            return prepared.loss() - plain;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void trainingLowersTheTermAndLeavesTheGraphAsItWas(Objective objective) {
        SameDiff sd = Runs.mlp();
        SameDiff twin = Runs.mlp();
        TrainingHistory history = Runs.train(sd, objective, 12);
        String term = objective instanceof Cure ? "jacreg/objective/curvature" : "jacreg/objective/input_gradient";
        assertThat(history.last().losses()).containsOnlyKeys("loss", term);
        Runs.train(twin, Objective.lossVariables(), 12);
        INDArray x = Nets.inputs(DataType.DOUBLE, 5, 10);
        INDArray labels = labels(10, 3);
        assertThat(termOf(sd, objective, x, labels)).isLessThan(0.99 * termOf(twin, objective, x, labels));
        Runs.putBack(sd, Runs.copies(twin));
        assertThat(sd.asFlatBuffers(false).array())
                .as("the graph of a training on its own loss")
                .isEqualTo(twin.asFlatBuffers(false).array());
    }

    /** A penalty that is attached stays in the loss: gradients add up. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void aJacobianPenaltyStaysInTheLoss(Objective objective) {
        INDArray x = Nets.inputs(DataType.DOUBLE, 3, 4);
        INDArray labels = labels(4, 3);
        Map<String, INDArray> fed = Map.of("x", x, "label", labels);
        SameDiff plain = Nets.mlp(DataType.DOUBLE, 3);
        Map<String, INDArray> ofLoss =
                plain.calculateGradients(fed, SmallNets.weights(plain).keySet());
        SameDiff penalised = Nets.mlp(DataType.DOUBLE, 3);
        JacobianRegularizer.frobenius(penalised).lambda(0.1).attach();
        Map<String, INDArray> ofBoth =
                penalised.calculateGradients(fed, SmallNets.weights(penalised).keySet());
        Map<String, INDArray> alone = gradients(Nets.mlp(DataType.DOUBLE, 3), objective, x, labels);
        Map<String, INDArray> together = gradients(penalised, objective, x, labels);
        alone.forEach((name, gradient) -> gradient.addi(ofBoth.get(name)).subi(ofLoss.get(name)));
        assertThat(Runs.distance(together, alone)).isLessThan(1e-12);
        assertThat(Runs.distance(ofBoth, ofLoss)).isGreaterThan(1e-3);
        assertThat(penalised.getLossVariables()).containsExactly("jacreg/total");
    }

    private static Map<String, INDArray> gradients(SameDiff sd, Objective objective, INDArray x, INDArray labels) {
        try (PreparedObjective prepared = new PreparedObjective(sd, objective, x, labels)) {
            return prepared.gradients();
        }
    }

    @Test
    void aZeroGradientMovesNothing() {
        for (Direction direction : Direction.values()) {
            double[] zero = new double[3];
            direction.turn(zero);
            assertThat(zero).containsExactly(0, 0, 0);
            double[] notANumber = {1, Double.NaN, 2};
            direction.turn(notANumber);
            assertThat(notANumber).as(direction.name()).contains(Double.NaN);
            double[] tiny = {3e-200, 0, -4e-200};
            direction.turn(tiny);
            double[] expected = switch (direction) {
                case UNIT_SIGN -> new double[] {Math.sqrt(0.5), 0, -Math.sqrt(0.5)};
                case SIGN -> new double[] {Math.sqrt(1 / 3.0), 0, -Math.sqrt(1 / 3.0)};
                case GRADIENT -> new double[] {0.6, 0, -0.8};
                case GREATEST_ENTRY -> new double[] {0, 0, -1};
            };
            assertThat(tiny).as(direction.name()).containsExactly(expected, Offset.offset(1e-15));
        }
    }

    /** Where the gradient does not change, its change has the slope zero, not none. */
    @Test
    void cureWithoutCurvatureHasNoSlope() {
        SameDiff sd = Nets.mlp(DataType.DOUBLE, 3);
        // Saturated softmax: input gradients of exactly zero at both points.
        sd.getVariable("b2").getArr().putScalar(0, 0, 800);
        INDArray labels = Rows.oneHot(new int[] {0, 0}, 3, DataType.DOUBLE);
        Map<String, INDArray> gradients =
                gradients(sd, Cure.unsquared(4, 3).build(), Nets.inputs(DataType.DOUBLE, 3, 2), labels);
        gradients
                .values()
                .forEach(gradient ->
                        assertThat(gradient.normmaxNumber().doubleValue()).isZero());
    }

    @Test
    void aResumedRunIsTheUninterruptedOneToTheBit() {
        for (Objective objective : List.of(objectives().get(0), objectives().get(5))) {
            assertThat(Runs.afterCrash(Runs::mlp, () -> objective, directory.resolve("run.zip")))
                    .isZero();
        }
    }

    @Test
    void weightPerturbationMayBeAroundIt() {
        SameDiff sd = Runs.mlp();
        TrainingHistory history = Runs.train(
                sd,
                AdversarialWeightPerturbation.over(Cure.squared(0.5, 1).build())
                        .gamma(0.02)
                        .build(),
                2);
        assertThat(history.losses()).allMatch(Double::isFinite);
        assertThat(sd.getVariables().keySet()).noneMatch(name -> name.startsWith("jacreg/"));
    }

    @Test
    void badInputIsRefused() {
        for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Cure.squared(bad, 1).build()).hasMessageContaining("gamma");
            assertThatThrownBy(() -> Cure.unsquared(bad, 1).build()).hasMessageContaining("lambda");
            assertThatThrownBy(() -> Cure.squared(1, bad).build()).hasMessageContaining("h must be positive");
            assertThatThrownBy(() -> InputGradientRegularization.l2(bad).build())
                    .hasMessageContaining("lambda");
            assertThatThrownBy(() -> InputGradientRegularization.l2(1).h(bad).build())
                    .hasMessageContaining("h must be positive");
        }
        SameDiff sd = Runs.mlp();
        byte[] before = sd.asFlatBuffers(false).array().clone();
        assertThatThrownBy(() -> Cure.squared(1, 1).label("nothing").build().start(sd))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(sd.asFlatBuffers(false).array()).isEqualTo(before);
        // An op without a rule cannot be differentiated twice; nothing of the attempt is left.
        SameDiff ruleless = withoutRule();
        List<String> untouched = List.copyOf(ruleless.getVariables().keySet());
        assertThatThrownBy(() -> Cure.squared(1, 1).build().start(ruleless)).hasMessageContaining("axpy");
        assertThat(ruleless.getVariables().keySet()).containsExactlyInAnyOrderElementsOf(untouched);
        assertThat(ruleless.getOps()).hasSize(4);
    }

    /** ND4J ignores the factor of axpy, so it has no rule. */
    private static SameDiff withoutRule() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3);
        SDVariable h = new Axpy(sd, x, sd.math().tanh(x), 2).outputVariable();
        SDVariable w = sd.var("W", Nd4j.eye(3).castTo(DataType.DOUBLE));
        SDVariable label = sd.placeHolder("label", DataType.DOUBLE, -1, 3);
        sd.loss().softmaxCrossEntropy("loss", label, h.mmul("logits", w), null);
        return Nets.trained(sd, new Sgd(0.1));
    }
}
