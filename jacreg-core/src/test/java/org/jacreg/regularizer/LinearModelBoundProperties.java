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
 * For a linear model the surrogates bound the loss under attack itself: {@code first order <= true robust loss <= surrogate}.
 * The left side is the convexity of cross-entropy.
 */
class LinearModelBoundProperties {

    /** Rounding of some tens of operations in float64. */
    private static final double ROUNDING = 1e-12;

    /** The three numbers of the chain, with the true one computed elsewhere. */
    private record Bounds(double firstOrder, double surrogate) {

        static Bounds l2(Model model, double epsilon) {
            double gradient = model.gradient().norm2Number().doubleValue();
            double norm = model.norms().frobenius().getDouble(0);
            return new Bounds(model.loss() + epsilon * gradient, model.loss() + epsilon * Math.sqrt(2) * norm);
        }

        /** The surrogate is the total that training minimizes. */
        static Bounds linf(Model model, double epsilon) {
            double gradient = model.gradient().norm1Number().doubleValue();
            RegularizedGraph graph =
                    JacobianRegularizer.l11(model.sd()).lambda(epsilon).attach();
            double total = graph.total().eval(model.feed()).getDouble(0);
            graph.detach();
            return new Bounds(model.loss() + epsilon * gradient, total);
        }

        void enclose(double robust, double searchError) {
            double rounding = ROUNDING * (1 + surrogate);
            assertThat(firstOrder).isLessThanOrEqualTo(robust + searchError + rounding);
            assertThat(robust).isLessThanOrEqualTo(surrogate + rounding);
        }
    }

    private record Model(SameDiff sd, Map<String, INDArray> feed, double loss, INDArray gradient, JacobianNorms norms) {

        static Model of(double[][] weights, double[] bias, double[] x, int label) {
            SameDiff sd = SmallNets.linear(weights, bias);
            INDArray input = Nd4j.createFromArray(x).reshape(1, x.length);
            INDArray oneHot = Nd4j.zeros(DataType.DOUBLE, 1, bias.length).putScalar(0, label, 1);
            QuietGradients.create(sd, "x");
            Map<String, INDArray> feed = Map.of("x", input, "label", oneHot);
            return new Model(
                    sd,
                    feed,
                    sd.outputSingle(feed, "loss").getDouble(0),
                    sd.calculateGradients(feed, "x").get("x"),
                    Jacobian.of(sd).norms(input));
        }
    }

    @Property(tries = 40, seed = "67")
    void linf(
            @ForAll @IntRange(max = 1_000_000) int seed,
            @ForAll @IntRange(min = 1, max = 6) int features,
            @ForAll @IntRange(min = 2, max = 5) int classes,
            @ForAll @DoubleRange(min = 0.01, max = 3) double epsilon) {
        Random random = new Random(seed);
        double[][] weights = matrix(random, classes, features);
        double[] bias = matrix(random, 1, classes)[0];
        double[] x = matrix(random, 1, features)[0];
        int label = random.nextInt(classes);
        double robust = new LinearRobustLoss(weights, bias, x, label).linf(epsilon);
        Bounds.linf(Model.of(weights, bias, x, label), epsilon).enclose(robust, 0);
    }

    /** Two classes: cross-entropy is a function of the margin alone, whose largest growth is epsilon ||w_1 - w_0||. */
    @Property(tries = 40, seed = "68")
    void l2WithTwoClasses(
            @ForAll @IntRange(max = 1_000_000) int seed,
            @ForAll @IntRange(min = 1, max = 6) int features,
            @ForAll @DoubleRange(min = 0.01, max = 3) double epsilon) {
        Random random = new Random(seed);
        double[][] weights = matrix(random, 2, features);
        double[] bias = matrix(random, 1, 2)[0];
        double[] x = matrix(random, 1, features)[0];
        int label = random.nextInt(2);
        double length = 0;
        double[] delta = new double[features];
        for (int d = 0; d < features; d++) {
            delta[d] = weights[1 - label][d] - weights[label][d];
            length += delta[d] * delta[d];
        }
        for (int d = 0; d < features; d++) {
            delta[d] *= epsilon / Math.sqrt(length);
        }
        double robust = new LinearRobustLoss(weights, bias, x, label).at(delta);
        Bounds.l2(Model.of(weights, bias, x, label), epsilon).enclose(robust, 0);
    }

    @Property(tries = 40, seed = "69")
    void l2InThePlane(
            @ForAll @IntRange(max = 1_000_000) int seed,
            @ForAll @IntRange(min = 2, max = 5) int classes,
            @ForAll @DoubleRange(min = 0.01, max = 3) double epsilon) {
        Random random = new Random(seed);
        double[][] weights = matrix(random, classes, 2);
        double[] bias = matrix(random, 1, classes)[0];
        double[] x = matrix(random, 1, 2)[0];
        int label = random.nextInt(classes);
        Model model = Model.of(weights, bias, x, label);
        int angles = 20_000;
        double robust = new LinearRobustLoss(weights, bias, x, label).l2InThePlane(epsilon, angles);
        // Half a step of the angle moves the point by epsilon pi / angles; the loss has slope at most sqrt 2 ||J||.
        double searchError = epsilon
                * Math.PI
                / angles
                * Math.sqrt(2)
                * model.norms().frobenius().getDouble(0);
        Bounds.l2(model, epsilon).enclose(robust, searchError);
    }

    private static double[][] matrix(Random random, int rows, int columns) {
        double[][] result = new double[rows][columns];
        for (double[] row : result) {
            for (int i = 0; i < columns; i++) {
                row[i] = 1.5 * random.nextGaussian();
            }
        }
        return result;
    }

    /** A worked example: every number was computed apart, to ten digits. */
    @Example
    void workedExample() {
        double[][] weights = {{1, -2}, {0.5, 1}, {-1, 0.25}};
        double[] bias = {0.1, -0.2, 0.05};
        double[] x = {0.3, -0.1};
        double epsilon = 0.1;
        Model model = Model.of(weights, bias, x, 0);
        LinearRobustLoss attacked = new LinearRobustLoss(weights, bias, x, 0);
        near(model.loss(), 0.6361685830);
        near(model.gradient().getDouble(0), -0.56631968, 1e-8);
        near(model.gradient().getDouble(1), 1.24656129, 1e-8);
        near(model.norms().frobenius().getDouble(0), 2.7041634566);
        near(model.norms().l11().getDouble(0), 5.75);
        Bounds linf = Bounds.linf(model, epsilon);
        near(linf.firstOrder(), 0.8174566795);
        near(attacked.linf(epsilon), 0.8363589037);
        near(linf.surrogate(), 1.2111685830);
        Bounds l2 = Bounds.l2(model, epsilon);
        near(l2.firstOrder(), 0.7730858216);
        near(attacked.l2InThePlane(epsilon, 200_000), 0.7836521524);
        near(l2.surrogate(), 1.0185950465);
    }

    private static void near(double actual, double expected) {
        // Ten digits were written down.
        near(actual, expected, 1e-10);
    }

    private static void near(double actual, double expected, double tolerance) {
        assertThat(actual).isCloseTo(expected, within(tolerance));
    }
}
