package org.jacreg.bounds.certify.complete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.commons.math3.optim.MaxIter;
import org.apache.commons.math3.optim.linear.LinearConstraint;
import org.apache.commons.math3.optim.linear.LinearConstraintSet;
import org.apache.commons.math3.optim.linear.LinearObjectiveFunction;
import org.apache.commons.math3.optim.linear.NoFeasibleSolutionException;
import org.apache.commons.math3.optim.linear.NonNegativeConstraint;
import org.apache.commons.math3.optim.linear.Relationship;
import org.apache.commons.math3.optim.linear.SimplexSolver;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.lipschitz.LipschitzCertifier;
import org.jacreg.bounds.certify.lipschitz.LipschitzMethod;
import org.jacreg.bounds.network.Activation;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.jacreg.bounds.network.Affine;
import org.jacreg.bounds.network.Layer;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;

/** Verdicts against a linear program for every pattern of active rectifiers. */
class CompleteVerifierTest {

    private static final int INPUTS = 2;
    private static final int[] WIDTHS = {INPUTS, 4, 3, 3};

    private static Affine dense(Random random, int out, int in) {
        double[][] rows = new double[out][in];
        for (double[] row : rows) {
            for (int k = 0; k < in; k++) {
                row[k] = random.nextGaussian();
            }
        }
        return new Affine("dense", rows, random.doubles(out, -0.5, 0.5).toArray());
    }

    private static LayeredNetwork network(Random random) {
        List<Layer> layers = new ArrayList<>();
        for (int l = 1; l < WIDTHS.length; l++) {
            layers.add(dense(random, WIDTHS[l], WIDTHS[l - 1]));
            if (l < WIDTHS.length - 1) {
                layers.add(new Activation("relu", ActivationFunction.of(Kind.RELU), WIDTHS[l]));
            }
        }
        return LayeredNetwork.of(layers);
    }

    /** The least {@code z_label - z_j} over the ball: the best of one linear program for every pattern and rival. */
    private static double leastMargin(LayeredNetwork network, double[] x, int label, double radius) {
        double least = Double.POSITIVE_INFINITY;
        int units = WIDTHS[1] + WIDTHS[2];
        for (int pattern = 0; pattern < 1 << units; pattern++) {
            double[][] map = new double[INPUTS][INPUTS + 1];
            for (int i = 0; i < INPUTS; i++) {
                map[i][i] = 1;
            }
            List<LinearConstraint> constraints = new ArrayList<>();
            for (int i = 0; i < INPUTS; i++) {
                double[] unit = new double[INPUTS];
                unit[i] = 1;
                constraints.add(new LinearConstraint(unit, Relationship.GEQ, x[i] - radius));
                constraints.add(new LinearConstraint(unit, Relationship.LEQ, x[i] + radius));
            }
            int bit = 0;
            for (int l = 0; l < WIDTHS.length - 1; l++) {
                map = after((Affine) network.linearLayers().get(l), map);
                for (int i = 0; l < WIDTHS.length - 2 && i < map.length; i++) {
                    boolean active = (pattern >> bit++ & 1) == 1;
                    double[] slope = Arrays.copyOf(map[i], INPUTS);
                    constraints.add(
                            new LinearConstraint(slope, active ? Relationship.GEQ : Relationship.LEQ, -map[i][INPUTS]));
                    if (!active) {
                        map[i] = new double[INPUTS + 1];
                    }
                }
            }
            for (int j = 0; j < map.length; j++) {
                least = j == label ? least : Math.min(least, program(map[label], map[j], constraints));
            }
        }
        return least;
    }

    private static double[][] after(Affine layer, double[][] map) {
        double[][] result = new double[layer.outputs()][INPUTS + 1];
        for (int i = 0; i < result.length; i++) {
            double[] row = layer.row(i);
            for (int k = 0; k < row.length; k++) {
                for (int c = 0; c <= INPUTS; c++) {
                    result[i][c] += row[k] * map[k][c];
                }
            }
            result[i][INPUTS] += layer.bias()[i];
        }
        return result;
    }

    private static double program(double[] own, double[] other, List<LinearConstraint> constraints) {
        double[] slope = new double[INPUTS];
        for (int i = 0; i < INPUTS; i++) {
            slope[i] = own[i] - other[i];
        }
        try {
            return new SimplexSolver()
                    .optimize(
                            new MaxIter(1000),
                            new LinearObjectiveFunction(slope, own[INPUTS] - other[INPUTS]),
                            new LinearConstraintSet(constraints),
                            GoalType.MINIMIZE,
                            new NonNegativeConstraint(false))
                    .getValue();
        } catch (NoFeasibleSolutionException e) {
            return Double.POSITIVE_INFINITY;
        }
    }

    @Property(tries = 60, seed = "43")
    void agreesWithBruteForceOverPatterns(@ForAll long seed) {
        Random random = new Random(seed);
        LayeredNetwork network = network(random);
        double[] x = random.doubles(INPUTS, -1, 1).toArray();
        int label = RandomRectifiers.top(network.logits(x));
        double radius = random.nextDouble();
        double least = leastMargin(network, x, label, radius);
        Verdict verdict = CompleteVerifier.of(network, 100_000).verify(x, label, radius, InputBox.unbounded());
        // the simplex method itself answers to 1e-6
        if (least > 1e-5) {
            assertThat(verdict).isInstanceOf(Verdict.Proved.class);
        } else if (least < -1e-5) {
            assertThat(verdict).isInstanceOfSatisfying(Verdict.Refuted.class, refuted -> {
                double[] point = refuted.point();
                for (int i = 0; i < INPUTS; i++) {
                    assertThat(Math.abs(point[i] - x[i])).isLessThanOrEqualTo(Math.nextUp(radius) + 1e-15);
                }
                double[] z = network.logits(point);
                assertThat(z[label]).isLessThanOrEqualTo(z[refuted.rival()] + 1e-12);
            });
        }
    }

    /** The largest radius that is proved, by bisection. */
    private static double radius(CompleteVerifier verifier, double[] x, int label) {
        double low = 0;
        double high = 4;
        for (int step = 0; step < 20; step++) {
            double middle = (low + high) / 2;
            if (verifier.verify(x, label, middle, InputBox.unbounded()) instanceof Verdict.Proved) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Affine functions stay below what they are meant to, at points where the decisions hold, and meet it where nothing is open. */
    @Property(tries = 300, seed = "44")
    void affineFunctionsStayBelow(@ForAll long seed) {
        Random random = new Random(seed);
        LayeredNetwork network = network(random);
        DenseRectifiers net = DenseRectifiers.of(network);
        double[] low = random.doubles(INPUTS, -1, 0).toArray();
        double[] high = random.doubles(INPUTS, 0, 1).toArray();
        double[] row = random.doubles(WIDTHS[3], -1, 1).toArray();
        double[] decided = random.doubles(INPUTS, 0, 1).toArray();
        int[][] states = {new int[WIDTHS[1]], new int[WIDTHS[2]]};
        List<double[]> there = network.values(inside(low, high, decided));
        for (int l = 0; l < states.length; l++) {
            for (int i = 0; i < states[l].length; i++) {
                states[l][i] = random.nextInt(3) == 0 ? there.get(2 * l)[i] > 0 ? 1 : -1 : 0;
            }
        }
        Intervals bounds = new Intervals(net, low, high, states);
        assertThat(bounds.empty).isFalse();
        AffineBelow below = new AffineBelow(net, bounds, net.hidden(), row, null);
        double closest = Double.POSITIVE_INFINITY;
        for (int n = 0; n < 300; n++) {
            double[] x = inside(
                    low, high, n == 0 ? decided : random.doubles(INPUTS, 0, 1).toArray());
            List<double[]> values = network.values(x);
            if (obeys(values, states)) {
                double gap = -below.intercept;
                for (int k = 0; k < INPUTS; k++) {
                    gap -= below.slope[k] * x[k];
                }
                for (int c = 0; c < row.length; c++) {
                    gap += row[c] * values.get(values.size() - 1)[c];
                }
                closest = Math.min(closest, gap);
            }
        }
        // sums of about 30 numbers of order ten
        assertThat(closest).isGreaterThan(-1e-12);
        if (below.isExact()) {
            assertThat(closest).isLessThan(1e-12);
        }
    }

    private static double[] inside(double[] low, double[] high, double[] share) {
        double[] x = new double[low.length];
        for (int k = 0; k < x.length; k++) {
            x[k] = low[k] + share[k] * (high[k] - low[k]);
        }
        return x;
    }

    private static boolean obeys(List<double[]> values, int[][] states) {
        for (int l = 0; l < states.length; l++) {
            for (int i = 0; i < states[l].length; i++) {
                if (states[l][i] * values.get(2 * l)[i] < 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /** A line through both ends of one open rectifier: any lower and it is caught. */
    @Test
    void upperLineMeetsTheRectifierAtBothEnds() {
        LayeredNetwork network = LayeredNetwork.of(List.of(
                new Affine("d", new double[][] {{1}}, new double[] {0.2}),
                new Activation("relu", ActivationFunction.of(Kind.RELU), 1),
                new Affine("e", new double[][] {{-1}, {0}}, new double[2])));
        DenseRectifiers net = DenseRectifiers.of(network);
        Intervals bounds = new Intervals(net, new double[] {-1}, new double[] {1}, new int[1][1]);
        AffineBelow below = new AffineBelow(net, bounds, 1, new double[] {1, -1}, null);
        assertThat(below.slope[0] + below.intercept).isBetween(-1.2 - 1e-12, -1.2 + 1e-15);
        assertThat(-below.slope[0] + below.intercept).isBetween(-1e-12, 1e-15);
    }

    @Property(tries = 40, seed = "45")
    void lipschitzRadiiAreNotLargerAndOnePercentMoreIsRefuted(@ForAll long seed) {
        Random random = new Random(seed);
        LayeredNetwork network = network(random);
        double[] x = random.doubles(INPUTS, -1, 1).toArray();
        int label = RandomRectifiers.top(network.logits(x));
        CompleteVerifier verifier = CompleteVerifier.of(network, 100_000);
        double largest = radius(verifier, x, label);
        double lipschitz = LipschitzCertifier.of(network, BallNorm.LINF, LipschitzMethod.PAIRWISE, Arithmetic.REAL)
                .certify(x, label)
                .radius();
        assertThat(Math.min(4, lipschitz)).isLessThanOrEqualTo(largest + 1e-5);
        // the simplex method itself answers to 1e-6
        assertThat(leastMargin(network, x, label, largest)).isGreaterThan(-1e-5);
        if (largest > 1e-3 && largest < 3.9) {
            assertThat(verifier.verify(x, label, 1.01 * largest, InputBox.unbounded()))
                    .isInstanceOf(Verdict.Refuted.class);
            assertThat(verifier.verify(x, label, 0.99 * largest, InputBox.unbounded()))
                    .isInstanceOf(Verdict.Proved.class);
        }
    }

    @Test
    void tiesBudgetsAndBadInput() {
        LayeredNetwork tied =
                LayeredNetwork.of(List.of(new Affine("d", new double[][] {{1, 0}, {1, 0}}, new double[2])));
        CompleteVerifier verifier = CompleteVerifier.of(tied, 10);
        assertThat(verifier.verify(new double[] {1, 1}, 0, 0, InputBox.unbounded()))
                .isInstanceOf(Verdict.Refuted.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> verifier.verify(new double[] {Double.NaN, 1}, 0, 1, InputBox.unbounded()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> verifier.verify(new double[] {1, 1}, 0, Double.NaN, InputBox.unbounded()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> verifier.verify(new double[] {1, 2}, 0, 1, new InputBox(0, 1)))
                .withMessageContaining("InputBox");
        LayeredNetwork tanh = LayeredNetwork.of(List.of(
                new Affine("d", new double[][] {{1}, {2}}, new double[2]),
                new Activation("tanh", ActivationFunction.of(Kind.TANH), 2),
                new Affine("e", new double[][] {{1, 0}, {0, 1}}, new double[2])));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CompleteVerifier.of(tanh, 10))
                .withMessageContaining("tanh");
        Random random = new Random(3);
        LayeredNetwork network = network(random);
        double[] x = {0.2, -0.4};
        int label = RandomRectifiers.top(network.logits(x));
        assertThat(CompleteVerifier.of(network, 1).verify(x, label, 0.8, InputBox.unbounded()))
                .as("one node is not enough to prove two rivals away")
                .isNotInstanceOf(Verdict.Proved.class);
    }
}
