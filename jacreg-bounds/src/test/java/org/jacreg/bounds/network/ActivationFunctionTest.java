package org.jacreg.bounds.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.factory.Nd4j;

/** The constants of activations against a grid over [-12, 12], the values against ND4J. */
class ActivationFunctionTest {

    private static final double STEP = 1.0 / 512;

    static Stream<ActivationFunction> functions() {
        List<ActivationFunction> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            switch (kind) {
                case LEAKY_RELU ->
                    all.addAll(List.of(
                            new ActivationFunction(kind, 0.01),
                            new ActivationFunction(kind, -2),
                            new ActivationFunction(kind, 1)));
                case ELU -> all.addAll(List.of(new ActivationFunction(kind, 1), new ActivationFunction(kind, 1.5)));
                default -> all.add(ActivationFunction.of(kind));
            }
        }
        return all.stream();
    }

    /** The constant is reached: within what a grid can see of a maximum, and where the maximum is at infinity, e^-12. */
    @ParameterizedTest
    @MethodSource("functions")
    void lipschitzConstantIsTheLargestSlope(ActivationFunction phi) {
        double steepest = 0;
        for (double x = -12; x <= 12; x += STEP) {
            double slope = Math.abs(phi.value(x + STEP) - phi.value(x)) / STEP;
            assertThat(slope).isLessThanOrEqualTo(phi.lipschitz() + 1e-11);
            steepest = Math.max(steepest, slope);
        }
        assertThat(steepest).isGreaterThan(phi.lipschitz() * (1 - 3 * STEP));
    }

    @ParameterizedTest
    @MethodSource("functions")
    void smoothnessIsTheLargestSlopeOfTheDerivative(ActivationFunction phi) {
        double steepest = 0;
        for (double x = -12; x <= 12; x += STEP) {
            double slope = Math.abs(phi.derivative(x + STEP) - phi.derivative(x)) / STEP;
            assertThat(slope).isLessThanOrEqualTo(phi.smoothness() + 1e-11);
            steepest = Math.max(steepest, slope);
        }
        if (phi.smoothness() < Double.POSITIVE_INFINITY) {
            assertThat(steepest).isGreaterThanOrEqualTo(phi.smoothness() * (1 - 3 * STEP));
        } else {
            assertThat(steepest).as("a jump").isGreaterThan(50);
        }
    }

    @ParameterizedTest
    @MethodSource("functions")
    void derivativeIsThatOfTheValue(ActivationFunction phi) {
        for (double x = -11.97; x < 12; x += 0.1) {
            double difference = (phi.value(x + 1e-6) - phi.value(x - 1e-6)) / 2e-6;
            assertThat(phi.derivative(x)).isCloseTo(difference, within(1e-8));
        }
    }

    @ParameterizedTest
    @MethodSource("functions")
    void monotoneSaysWhetherItFalls(ActivationFunction phi) {
        boolean falls = false;
        for (double x = -12; x <= 12; x += STEP) {
            falls |= phi.value(x + STEP) < phi.value(x) - 1e-12;
        }
        assertThat(phi.monotone()).isEqualTo(!falls);
    }

    @Test
    void valuesAreThoseOfNd4j() {
        double[] points = {-7, -2.6, -1.1, -0.3, 0, 0.2, 0.9, 2.4, 2.6, 6.5, 30};
        for (String name : List.of(
                "tanh",
                "sigmoid",
                "softplus",
                "selu",
                "swish",
                "gelu",
                "softsign",
                "hardtanh",
                "hard_sigmoid",
                "erf")) {
            ActivationFunction phi = ActivationFunction.named(name);
            assertThat(phi).as(name).isNotNull();
            org.nd4j.autodiff.samediff.SameDiff sd = org.nd4j.autodiff.samediff.SameDiff.create();
            org.nd4j.autodiff.samediff.SDVariable x = sd.constant("x", Nd4j.createFromArray(points));
            double[] expected = apply(sd, name, x).eval().toDoubleVector();
            for (int i = 0; i < points.length; i++) {
                // ND4J computes a few of them with constants in float32
                assertThat(phi.value(points[i])).as(name + " at " + points[i]).isCloseTo(expected[i], within(2e-6));
            }
        }
    }

    private static org.nd4j.autodiff.samediff.SDVariable apply(
            org.nd4j.autodiff.samediff.SameDiff sd, String name, org.nd4j.autodiff.samediff.SDVariable x) {
        return switch (name) {
            case "tanh" -> sd.math().tanh(x);
            case "sigmoid" -> sd.nn().sigmoid(x);
            case "softplus" -> sd.nn().softplus(x);
            case "selu" -> sd.nn().selu(x);
            case "swish" -> sd.nn().swish(x);
            case "gelu" -> sd.nn().gelu(x);
            case "softsign" -> sd.nn().softsign(x);
            case "hardtanh" -> sd.nn().hardTanh(x);
            case "hard_sigmoid" -> sd.nn().hardSigmoid(x);
            case "erf" -> sd.math().erf(x);
            default -> throw new IllegalArgumentException(name);
        };
    }

    @Test
    void refusesBadParameters() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ActivationFunction(Kind.ELU, Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> ActivationFunction.of(Kind.ELU));
    }
}
