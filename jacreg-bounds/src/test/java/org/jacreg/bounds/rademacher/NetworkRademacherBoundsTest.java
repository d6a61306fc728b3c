package org.jacreg.bounds.rademacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.math3.analysis.integration.SimpsonIntegrator;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.univariate.BrentOptimizer;
import org.apache.commons.math3.optim.univariate.SearchInterval;
import org.apache.commons.math3.optim.univariate.UnivariateObjectiveFunction;
import org.jacreg.bounds.covering.JacobianNorm;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NetworkRademacherBoundsTest {

    private static final double RELU = Double.POSITIVE_INFINITY;
    private static final double TANH = 4 / (3 * Math.sqrt(3));

    /** Outward rounding exceeds the formula by a relative 2^-39 and a little; the rest is rounding of our own sums. */
    private static final double ROUNDED = 1e-11;

    private static LayerNorms layer(double operator, double frobenius, long inputs, long outputs) {
        return new LayerNorms("l", operator, frobenius, 1.5 * frobenius, 2, 3, inputs, outputs, inputs * outputs);
    }

    private static NetworkNorms mlp(double beta, double s, double m, long... widths) {
        List<LayerNorms> layers = new java.util.ArrayList<>();
        for (int l = 1; l < widths.length; l++) {
            layers.add(layer(s, m, widths[l - 1], widths[l]));
        }
        return NetworkNorms.of(layers, 1, beta);
    }

    private static double minimum(DoubleUnaryOperator f) {
        return new BrentOptimizer(1e-12, 1e-14)
                .optimize(
                        new UnivariateObjectiveFunction(t -> f.applyAsDouble(Math.exp(t))),
                        GoalType.MINIMIZE,
                        new SearchInterval(-20, 20),
                        MaxEval.unlimited())
                .getValue();
    }

    @Test
    void publishedJacobianOracle() {
        NetworkNorms norms =
                NetworkNorms.of(List.of(layer(1, 5, 784, 100), layer(1, 5, 100, 100), layer(1, 3, 100, 10)), 1, TANH);
        RademacherBound bound =
                JacobianRademacherBounds.jacobian(norms, InputNorms.ofBall(60_000, 784, 9.2), JacobianNorm.FROBENIUS);
        // half of the last digit printed; the integral's best cut is that at the radius, 4 D
        assertThat(term(bound, "closed form")).isCloseTo(117.33, within(5e-3));
        assertThat(term(bound, "integral")).isBetween(12.0, 12 + 12 * ROUNDED);
        assertThat(term(bound, "D")).isBetween(3.0, 3 + ROUNDED);
        assertThat(term(bound, "P")).isEqualTo(89_400);
        assertThat(bound.value()).isEqualTo(term(bound, "D"));
        assertThat(bound.vacuous(3)).isTrue();
        assertThat(bound.assumptions()).isNotEmpty().allMatch(Assumption::checked);
    }

    private static double term(RademacherBound bound, String name) {
        return bound.terms().stream()
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value();
    }

    /** Dudley's integral of the derived covers by quadrature: the closed form is above it, and not far. */
    @Test
    void closedFormsAreAboveDudleysIntegral() {
        int n = 60_000;
        double b = 9.2;
        double[] m = {5, 5, 3};
        double[] p = {78_400, 10_000, 1000};
        double root = Math.sqrt(10) * TANH * b;
        double[] growth = {1 + 2 * root, 1 + root, 1};
        double jacobian = dudley(n, 3, e -> {
            double sum = 0;
            for (int j = 0; j < 3; j++) {
                sum += p[j] * Math.log1p(2 * m[j] * 3 * growth[j] / e);
            }
            return sum;
        });
        // the numeric value of the published oracle
        assertThat(jacobian).isCloseTo(116.04, within(5e-3));
        double outputs = dudley(n, b, e -> {
            double sum = 0;
            for (int j = 0; j < 3; j++) {
                sum += p[j] * Math.log1p(2 * m[j] * 3 * b / e);
            }
            return sum;
        });
        NetworkNorms norms =
                NetworkNorms.of(List.of(layer(1, 5, 784, 100), layer(1, 5, 100, 100), layer(1, 3, 100, 10)), 1, TANH);
        InputNorms inputs = InputNorms.ofBall(n, 784, b);
        RademacherBound bound = JacobianRademacherBounds.jacobian(norms, inputs, JacobianNorm.FROBENIUS);
        assertThat(term(bound, "closed form")).isBetween(jacobian, 1.05 * jacobian);
        // the best cut is that at the radius, 4 D, and says less than D alone
        assertThat(term(bound, "integral")).isBetween(term(bound, "D"), 1.01 * jacobian);
        RademacherBound loss = JacobianRademacherBounds.loss(norms, inputs, 0.5);
        assertThat(term(loss, "closed form")).isBetween(0.5 * outputs, 0.5 * 1.1 * outputs);
        assertThat(term(loss, "integral")).isBetween(term(loss, "D"), 0.5 * 1.01 * outputs);
        RademacherBound l11 = JacobianRademacherBounds.jacobian(norms, inputs, JacobianNorm.L11);
        for (String name : List.of("closed form", "integral", "D")) {
            double expected = Math.sqrt(7840) * term(bound, name);
            assertThat(term(l11, name)).as(name).isCloseTo(expected, within(1e-9 * expected));
        }
    }

    /** With enough points for few weights the covers say more than the radius. */
    @Test
    void coversSaySomethingOfSmallNetworks() {
        InputNorms inputs = InputNorms.ofBall(10_000_000, 2, 1);
        RademacherBound smooth =
                JacobianRademacherBounds.jacobian(mlp(TANH, 1, 1, 2, 3, 2), inputs, JacobianNorm.FROBENIUS);
        RademacherBound relu =
                JacobianRademacherBounds.jacobianOfRelu(mlp(RELU, 1, 1, 2, 3, 2), inputs, JacobianNorm.FROBENIUS);
        RademacherBound loss = JacobianRademacherBounds.loss(mlp(RELU, 1, 1, 2, 3, 2), inputs, 1);
        for (RademacherBound bound : List.of(smooth, relu, loss)) {
            assertThat(bound.value())
                    .isEqualTo(Math.min(term(bound, "integral"), term(bound, "closed form")))
                    .isLessThan(0.1 * term(bound, "D"));
            assertThat(bound.vacuous(term(bound, "D"))).isFalse();
        }
        assertThat(term(relu, "closed form")).isInfinite();
    }

    private static double dudley(int n, double radius, DoubleUnaryOperator logCover) {
        // substituted e = radius t^3: the root of the logarithm is tame at 0
        double integral = new SimpsonIntegrator(1e-10, 1e-12, 3, 40)
                .integrate(
                        10_000_000,
                        t -> t == 0 ? 0 : 3 * t * t * radius * Math.sqrt(logCover.applyAsDouble(radius * t * t * t)),
                        0,
                        1);
        return 12 / Math.sqrt(n) * integral;
    }

    /** The exponential-moment bound, minimised numerically over lambda. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void golowichIsTheBestOfItsMomentBounds(int depth) {
        long[] widths = new long[depth + 1];
        java.util.Arrays.fill(widths, 3);
        NetworkNorms norms = mlp(RELU, 1, 1.3, widths);
        InputNorms inputs = new InputNorms(40, 3, 2, 11, 8);
        double product = Math.pow(1.3, depth);
        double moments = minimum(t -> depth * Math.log(2) / t + t * product * product * 121 / 2) + product * 11;
        assertThat(NetworkRademacherBounds.golowich(norms, inputs).value())
                .isCloseTo(moments / 40, within(1e-9 * moments));
        double rows = Math.pow(2, depth);
        double l1 = minimum(t -> ((depth - 1) * Math.log(2) + Math.log(6)) / t + t * rows * rows * 64 / 2);
        assertThat(NetworkRademacherBounds.golowichRowL1(norms, inputs).value()).isCloseTo(l1 / 40, within(1e-9 * l1));
    }

    /** Small classes that can be enumerated: their complexity over all sign vectors is below the bound. */
    @Test
    void boundsHoldForTwoLayerNetworksOnAGrid() {
        double[][] x = {{0.3, -1.1}, {0.7, 0.2}, {-0.9, 0.4}, {1.3, 0.8}, {-0.2, -0.6}};
        InputNorms inputs = InputNorms.of(Nd4j.createFromArray(x));
        // w relu(<u, x>) with |w| <= 1, ||u|| <= 1: one unit of the class of path norm 1, on a grid of directions
        double[][] values = new double[720][5];
        for (int k = 0; k < 720; k++) {
            double angle = 2 * Math.PI * (k / 2) / 360;
            for (int i = 0; i < 5; i++) {
                double a = Math.max(0, Math.cos(angle) * x[i][0] + Math.sin(angle) * x[i][1]);
                values[k][i] = k % 2 == 0 ? a : -a;
            }
        }
        double exact = 0;
        for (int signs = 0; signs < 32; signs++) {
            exact += BruteForce.supremum(values, signs) / 5 / 32;
        }
        double path = NetworkRademacherBounds.twoLayerPath(1, inputs).value();
        double units = NetworkRademacherBounds.twoLayer(1, 1, 1, inputs).value();
        double peeled = NetworkRademacherBounds.golowich(mlp(RELU, 1, 1, 2, 1, 1), inputs)
                .value();
        assertThat(path).isEqualTo(units).isGreaterThanOrEqualTo(exact);
        assertThat(peeled).isGreaterThanOrEqualTo(exact);
        // the check can fail: a bound ten times smaller does not pass
        assertThat(0.1 * path).isLessThan(exact);
        assertThat(NetworkRademacherBounds.twoLayer(1, 1, 9, inputs).value()).isCloseTo(3 * units, within(ROUNDED));
    }

    @Test
    void lossOfNetworksAddsTheOutputs() {
        NetworkNorms norms = mlp(RELU, 1, 2, 3, 4, 5);
        InputNorms inputs = new InputNorms(10, 3, 1, 3, 2);
        double one = NetworkRademacherBounds.golowich(norms, inputs).value();
        // the sum of the rows' norms stands in the place of the last layer's Frobenius norm
        double expected = Math.sqrt(2) * 0.7 * one * (1.5 * 2) / 2;
        assertThat(NetworkRademacherBounds.golowichLoss(norms, inputs, 0.7).value())
                .isCloseTo(expected, within(ROUNDED * expected));
    }

    @Test
    void biasesCountAsAConstantCoordinate() {
        NetworkNorms biased = new NetworkNorms(List.of(layer(1, 2, 4, 1)), 1, 0, 0, 1, true);
        InputNorms inputs = new InputNorms(9, 3, 4, 4, 1);
        double expected = 2 * Math.sqrt(16 + 9) * (Math.sqrt(2 * Math.log(2)) + 1) / 9;
        assertThat(NetworkRademacherBounds.golowich(biased, inputs).value())
                .isCloseTo(expected, within(ROUNDED * expected));
    }

    @Test
    void oneLayerHasTheComplexityOfTheConstants() {
        for (int n : new int[] {1, 2, 7, 12}) {
            double sum = 0;
            for (int signs = 0; signs < 1 << n; signs++) {
                int total = 0;
                for (int i = 0; i < n; i++) {
                    total += BruteForce.sign(signs, i);
                }
                sum += Math.max(0, 1.7 * total) / n;
            }
            double exact = sum / (1 << n);
            NetworkNorms linear = NetworkNorms.of(List.of(layer(1.7, 1.7, 3, 2)), 1, 0);
            RademacherBound bound =
                    JacobianRademacherBounds.jacobian(linear, InputNorms.ofBall(n, 3, 1), JacobianNorm.FROBENIUS);
            assertThat(bound.value()).isBetween(exact, exact * (1 + ROUNDED));
            assertThat(bound.value()).isLessThanOrEqualTo(1.7 / (2 * Math.sqrt(n)) * (1 + ROUNDED));
        }
    }

    @Test
    void inputNormsAreThoseOfTheFlattenedInputs() {
        INDArray x = Nd4j.createFromArray(new double[] {3, 0, 0, 4, 0, 1, 2, 2}).reshape(2, 2, 2);
        INDArray before = x.dup();
        InputNorms norms = InputNorms.of(x);
        assertThat(norms.size()).isEqualTo(2);
        assertThat(norms.width()).isEqualTo(4);
        assertThat(norms.largestL2()).isBetween(5.0, 5 + 1e-10);
        assertThat(norms.frobenius()).isBetween(Math.sqrt(34), Math.sqrt(34) + 1e-10);
        assertThat(norms.largestColumnL2()).isBetween(Math.sqrt(20), Math.sqrt(20) + 1e-10);
        assertThat(x).isEqualTo(before);
    }

    private static double closed(RademacherBound bound) {
        return term(bound, "closed form");
    }

    @Property(tries = 40, seed = "57")
    void scalesWithEveryNormAndFallsWithTheSample(
            @ForAll @DoubleRange(min = 0.1, max = 3) double s,
            @ForAll @DoubleRange(min = 1, max = 4) double ratio,
            @ForAll @DoubleRange(min = 1, max = 10) double factor,
            @ForAll @IntRange(min = 1, max = 5) int depth,
            @ForAll @IntRange(min = 1, max = 1000) int n) {
        long[] widths = new long[depth + 1];
        java.util.Arrays.fill(widths, 4);
        InputNorms inputs = InputNorms.ofBall(n, 4, 2);
        InputNorms scaled = InputNorms.ofBall(n, 4, 2 * factor);
        InputNorms more = InputNorms.ofBall(4 * n, 4, 2);
        NetworkNorms relu = mlp(RELU, s, s * ratio, widths);
        NetworkNorms tanh = mlp(TANH, s, s * ratio, widths);
        NetworkNorms larger = mlp(TANH, s * factor, s * ratio * factor, widths);
        double golowich = NetworkRademacherBounds.golowich(relu, inputs).value();
        double loss = closed(JacobianRademacherBounds.loss(tanh, inputs, 1));
        RademacherBound jacobian = JacobianRademacherBounds.jacobian(tanh, inputs, JacobianNorm.FROBENIUS);
        assertThat(NetworkRademacherBounds.golowich(relu, scaled).value())
                .isCloseTo(factor * golowich, within(ROUNDED * factor * golowich));
        assertThat(closed(JacobianRademacherBounds.loss(tanh, scaled, 1)))
                .isCloseTo(factor * loss, within(ROUNDED * factor * loss));
        assertThat(NetworkRademacherBounds.golowich(relu, more).value())
                .isCloseTo(golowich / 2, within(ROUNDED * golowich));
        assertThat(closed(JacobianRademacherBounds.loss(tanh, more, 1))).isCloseTo(loss / 2, within(ROUNDED * loss));
        double grown = Math.pow(factor, depth);
        assertThat(closed(JacobianRademacherBounds.loss(larger, inputs, 1)))
                .isCloseTo(grown * loss, within(ROUNDED * grown * loss));
        assertThat(JacobianRademacherBounds.jacobian(larger, inputs, JacobianNorm.FROBENIUS)
                        .value())
                .isGreaterThanOrEqualTo(jacobian.value() * (1 - ROUNDED));
        assertThat(JacobianRademacherBounds.jacobian(tanh, scaled, JacobianNorm.FROBENIUS)
                        .value())
                .isGreaterThanOrEqualTo(jacobian.value() * (1 - ROUNDED));
        assertThat(NetworkRademacherBounds.golowichRowL1(tanh, more).value())
                .isCloseTo(NetworkRademacherBounds.golowichRowL1(tanh, inputs).value() / 2, within(1e-9));
    }

    @Test
    void anActivationsFactorMayStandInTheNextLayer() {
        // rho phi(.) before a layer is phi(.) before rho times the layer, and beta goes with it
        NetworkNorms steep = NetworkNorms.of(List.of(layer(1, 2, 3, 4), layer(1, 2, 4, 2)), 3, 3 * TANH);
        NetworkNorms moved = NetworkNorms.of(List.of(layer(1, 2, 3, 4), layer(3, 6, 4, 2)), 1, TANH);
        InputNorms inputs = InputNorms.ofBall(10, 3, 1);
        double jacobian = closed(JacobianRademacherBounds.jacobian(moved, inputs, JacobianNorm.L11));
        double loss = closed(JacobianRademacherBounds.loss(moved, inputs, 1));
        assertThat(closed(JacobianRademacherBounds.jacobian(steep, inputs, JacobianNorm.L11)))
                .isCloseTo(jacobian, within(ROUNDED * jacobian));
        assertThat(closed(JacobianRademacherBounds.loss(steep, inputs, 1))).isCloseTo(loss, within(ROUNDED * loss));
    }

    @Test
    void layersOfZerosAndOverflow() {
        InputNorms inputs = InputNorms.ofBall(10, 3, 1);
        NetworkNorms dead = NetworkNorms.of(List.of(layer(0, 0, 3, 4), layer(1, 2, 4, 2)), 1, TANH);
        assertThat(JacobianRademacherBounds.jacobian(dead, inputs, JacobianNorm.L11)
                        .value())
                .isZero();
        assertThat(JacobianRademacherBounds.loss(dead, inputs, 1).value()).isZero();
        NetworkNorms huge = mlp(RELU, 1e200, 1e200, 3, 3, 3);
        assertThat(NetworkRademacherBounds.golowich(huge, inputs).value()).isInfinite();
        assertThat(JacobianRademacherBounds.loss(huge, inputs, 1).value()).isInfinite();
    }

    @Test
    void whatTheTheoremsDoNotCoverIsRefused() {
        InputNorms inputs = InputNorms.ofBall(10, 3, 1);
        NetworkNorms relu = mlp(RELU, 1, 2, 3, 4, 2);
        NetworkNorms tanh = mlp(TANH, 1, 2, 3, 4, 2);
        NetworkNorms sigmoid = new NetworkNorms(tanh.layers(), 0.25, 0.1, 0.5, 1, false);
        NetworkNorms pooled = new NetworkNorms(tanh.layers(), 1, TANH, 0, 1.5, false);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkRademacherBounds.golowich(tanh, inputs))
                .withMessageContaining("homogeneous");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacobianRademacherBounds.jacobian(relu, inputs, JacobianNorm.L11))
                .withMessageContaining("take jacobianOfRelu");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacobianRademacherBounds.jacobian(pooled, inputs, JacobianNorm.L11))
                .withMessageContaining("got 1.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacobianRademacherBounds.loss(sigmoid, inputs, 1))
                .withMessageContaining("|phi(0)| = 0.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkRademacherBounds.golowich(relu, InputNorms.ofBall(10, 5, 1)))
                .withMessageContaining("inputs of 5");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, -1, Double.POSITIVE_INFINITY})
    void numbers(double bad) {
        NetworkNorms relu = mlp(RELU, 1, 2, 3, 4, 2);
        InputNorms inputs = InputNorms.ofBall(10, 3, 1);
        assertThatIllegalArgumentException().isThrownBy(() -> InputNorms.ofBall(10, 3, bad));
        assertThatIllegalArgumentException().isThrownBy(() -> NetworkRademacherBounds.twoLayer(bad, 1, 1, inputs));
        assertThatIllegalArgumentException().isThrownBy(() -> NetworkRademacherBounds.twoLayer(1, bad, 1, inputs));
        assertThatIllegalArgumentException().isThrownBy(() -> NetworkRademacherBounds.twoLayerPath(bad, inputs));
        assertThatIllegalArgumentException().isThrownBy(() -> NetworkRademacherBounds.golowichLoss(relu, inputs, bad));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacobianRademacherBounds.loss(relu, inputs, bad))
                .withMessageContaining("Lipschitz constant of the loss");
        assertThatIllegalArgumentException().isThrownBy(() -> InputNorms.ofBall(0, 3, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> NetworkRademacherBounds.twoLayer(1, 1, 0, inputs));
        assertThatIllegalArgumentException().isThrownBy(() -> new Term("t", Double.NaN, "m"));
    }
}
