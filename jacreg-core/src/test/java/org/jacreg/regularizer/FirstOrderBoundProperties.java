package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.jacreg.graph.QuietGradients;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.jacobian.JacobianNorms;
import org.jacreg.nets.SmallNets;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * For cross-entropy and any perturbation of size epsilon, {@code l + <grad, delta> <= l + epsilon L ||J||}: l2 with {@code L =
 * sqrt 2} and the Frobenius norm, l_inf with {@code L = 1} and the l_{1,1} norm. Soundness has no tolerance but for rounding.
 */
class FirstOrderBoundProperties {

    private static final int N = 6;

    /** Rounding: a few hundred operations in float64 on either side, relative to values of order one to a hundred. */
    private static final double ROUNDING = 1e-12;

    /** A random network with random inputs, and what both sides of the inequality are made of, per sample. */
    private static final class Case {

        final SameDiff sd;
        final INDArray x;
        final INDArray labels;
        final INDArray losses;
        final INDArray gradients;
        final JacobianNorms norms;
        final Random random;

        Case(int seed, int features, int classes, double scale) {
            random = new Random(seed);
            int[] widths = random.nextBoolean()
                    ? new int[] {features, 1 + random.nextInt(8), classes}
                    : new int[] {features, 1 + random.nextInt(8), 1 + random.nextInt(8), classes};
            sd = SmallNets.mlp(DataType.DOUBLE, seed, widths);
            String last = "W" + (widths.length - 1);
            sd.getVariable(last).getArr().muli(scale);
            x = SmallNets.inputs(DataType.DOUBLE, seed + 1L, N, features);
            INDArray logits = sd.outputSingle(Map.of("x", x), "logits");
            labels = SmallNets.labels(DataType.DOUBLE, seed + 2L, N, classes);
            for (int n = 0; n < N / 2; n++) {
                // The bounds are tightest where the label is the least likely class.
                labels.getRow(n).assign(0);
                labels.putScalar(n, Nd4j.argMin(logits.getRow(n)).getInt(0), 1);
            }
            losses = crossEntropies(logits, labels);
            QuietGradients.create(sd, "x");
            gradients = sd.calculateGradients(Map.of("x", x, "label", labels), "x")
                    .get("x")
                    .mul(N);
            norms = Jacobian.of(sd).norms(x);
        }
    }

    @Property(tries = 60, seed = "65")
    void l2(
            @ForAll @IntRange(max = 1_000_000) int seed,
            @ForAll @IntRange(min = 1, max = 6) int features,
            @ForAll @IntRange(min = 2, max = 6) int classes,
            @ForAll @DoubleRange(min = 0.1, max = 8) double scale,
            @ForAll @DoubleRange(min = 0.01, max = 10) double epsilon) {
        Case c = new Case(seed, features, classes, scale);
        for (int n = 0; n < N; n++) {
            double loss = c.losses.getDouble(n);
            double surrogate =
                    loss + epsilon * Math.sqrt(2) * c.norms.frobenius().getDouble(n);
            INDArray gradient = c.gradients.getRow(n);
            double worst = loss + epsilon * gradient.norm2Number().doubleValue();
            assertThat(worst).isLessThanOrEqualTo(surrogate + ROUNDING * (1 + surrogate));
            for (int i = 0; i < 5; i++) {
                INDArray delta = SmallNets.normal(DataType.DOUBLE, c.random, 1, features);
                delta.muli(epsilon * c.random.nextDouble() / delta.norm2Number().doubleValue());
                double firstOrder = loss + gradient.mul(delta).sumNumber().doubleValue();
                assertThat(firstOrder).isLessThanOrEqualTo(worst + ROUNDING * (1 + surrogate));
                assertThat(firstOrder).isLessThanOrEqualTo(surrogate + ROUNDING * (1 + surrogate));
            }
        }
    }

    /** The surrogate here is what training minimizes: the total of the l_{1,1} penalty with lambda = epsilon. */
    @Property(tries = 60, seed = "66")
    void linf(
            @ForAll @IntRange(max = 1_000_000) int seed,
            @ForAll @IntRange(min = 1, max = 6) int features,
            @ForAll @IntRange(min = 2, max = 6) int classes,
            @ForAll @DoubleRange(min = 0.1, max = 8) double scale,
            @ForAll @DoubleRange(min = 0.01, max = 10) double epsilon) {
        Case c = new Case(seed, features, classes, scale);
        double meanWorst = 0;
        for (int n = 0; n < N; n++) {
            double loss = c.losses.getDouble(n);
            double surrogate = loss + epsilon * c.norms.l11().getDouble(n);
            INDArray gradient = c.gradients.getRow(n);
            double worst = loss + epsilon * gradient.norm1Number().doubleValue();
            meanWorst += worst / N;
            assertThat(worst).isLessThanOrEqualTo(surrogate + ROUNDING * (1 + surrogate));
            for (int i = 0; i < 5; i++) {
                INDArray delta = Nd4j.create(DataType.DOUBLE, features);
                for (int d = 0; d < features; d++) {
                    delta.putScalar(d, epsilon * (2 * c.random.nextDouble() - 1));
                }
                double firstOrder = loss + gradient.mul(delta).sumNumber().doubleValue();
                assertThat(firstOrder).isLessThanOrEqualTo(surrogate + ROUNDING * (1 + surrogate));
            }
        }
        RegularizedGraph graph = JacobianRegularizer.l11(c.sd).lambda(epsilon).attach();
        double total = graph.total().eval(Map.of("x", c.x, "label", c.labels)).getDouble(0);
        assertThat(meanWorst).isLessThanOrEqualTo(total + ROUNDING * (1 + total));
    }

    /** The checker checked: constants ten percent too small are found out, on the same kind of networks. */
    @Example
    void smallerConstantsWouldBeFoundOut() {
        double tightestL2 = 0;
        double tightestLinf = 0;
        for (int seed = 0; seed < 40; seed++) {
            Case c = new Case(seed, 1 + seed % 2, 2, 8);
            for (int n = 0; n < N; n++) {
                INDArray gradient = c.gradients.getRow(n);
                tightestL2 = Math.max(
                        tightestL2,
                        gradient.norm2Number().doubleValue()
                                / c.norms.frobenius().getDouble(n));
                tightestLinf = Math.max(
                        tightestLinf,
                        gradient.norm1Number().doubleValue() / c.norms.l11().getDouble(n));
            }
        }
        assertThat(tightestL2).isGreaterThan(0.9 * Math.sqrt(2));
        assertThat(tightestLinf).isGreaterThan(0.9);
    }

    /** Two opposite rows, a label far from the prediction: equality, so that no smaller constant would do. */
    @Example
    void sqrtTwoIsTheBestConstantForFrobenius() {
        Sides sides = sides(new double[][] {{1, -2, 0.5}, {-1, 2, -0.5}}, new double[] {-40, 0});
        double gap = Math.sqrt(2) * sides.norms().frobenius().getDouble(0)
                - sides.gradient().norm2Number().doubleValue();
        // 1 - p is 1 - 4e-18; what remains is rounding.
        assertThat(gap).isCloseTo(0, within(1e-12));
    }

    /** One row only, a label far from the prediction: equality. */
    @Example
    void oneIsTheBestConstantForL11() {
        Sides sides = sides(new double[][] {{1, -2, 0.5}, {0, 0, 0}}, new double[] {-40, 0});
        double gap = sides.norms().l11().getDouble(0)
                - sides.gradient().norm1Number().doubleValue();
        assertThat(gap).isCloseTo(0, within(1e-12));
    }

    private record Sides(JacobianNorms norms, INDArray gradient) {}

    private static Sides sides(double[][] weights, double[] bias) {
        SameDiff sd = SmallNets.linear(weights, bias);
        INDArray x = Nd4j.zeros(DataType.DOUBLE, 1, weights[0].length);
        INDArray label = Nd4j.createFromArray(new double[][] {{1, 0}});
        QuietGradients.create(sd, "x");
        INDArray gradient =
                sd.calculateGradients(Map.of("x", x, "label", label), "x").get("x");
        return new Sides(Jacobian.of(sd).norms(x), gradient);
    }

    /** {@code log sum exp z - z_y}, row by row, in plain arithmetic. */
    private static INDArray crossEntropies(INDArray logits, INDArray labels) {
        INDArray result = Nd4j.create(DataType.DOUBLE, logits.rows());
        for (int n = 0; n < logits.rows(); n++) {
            result.putScalar(
                    n,
                    LinearRobustLoss.crossEntropy(
                            logits.getRow(n).toDoubleVector(),
                            labels.getRow(n).argMax().getInt(0)));
        }
        return result;
    }
}
