package org.jacreg.bounds.certify.complete;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.jacreg.bounds.network.Affine;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.classifier.InputBox;

/** Networks with many more inputs than rectifiers, against a linear program for every pattern that intervals leave possible. */
class ManyInputsTest {

    private static final int INPUTS = 60;
    private static final int[] WIDTHS = {INPUTS, 6, 6, 3};

    /** All patterns of one network over one box; the variables are distances from the lower corner. */
    private static final class Patterns {

        private final LayeredNetwork network;
        private final double[] low;
        private final double range;
        private final int label;
        private double least = Double.POSITIVE_INFINITY;

        Patterns(LayeredNetwork network, double[] x, int label, double radius) {
            this.network = network;
            this.low = Arrays.stream(x).map(v -> v - radius).toArray();
            this.range = 2 * radius;
            this.label = label;
            double[][] identity = new double[INPUTS][INPUTS + 1];
            for (int i = 0; i < INPUTS; i++) {
                identity[i][i] = 1;
                identity[i][INPUTS] = low[i];
            }
            layer(0, identity, new ArrayList<>());
        }

        private void layer(int l, double[][] inputs, List<LinearConstraint> constraints) {
            Affine dense = (Affine) network.linearLayers().get(l);
            double[][] map = new double[dense.outputs()][INPUTS + 1];
            for (int i = 0; i < map.length; i++) {
                double[] row = dense.row(i);
                for (int k = 0; k < row.length; k++) {
                    for (int c = 0; c <= INPUTS; c++) {
                        map[i][c] += row[k] * inputs[k][c];
                    }
                }
                map[i][INPUTS] += dense.bias()[i];
            }
            if (l < WIDTHS.length - 2) {
                unit(l, 0, map, constraints);
                return;
            }
            for (int j = 0; j < map.length; j++) {
                least = j == label ? least : Math.min(least, program(map[label], map[j], constraints));
            }
        }

        private void unit(int l, int i, double[][] map, List<LinearConstraint> constraints) {
            if (i == map.length) {
                layer(l + 1, map, constraints);
                return;
            }
            double most = map[i][INPUTS];
            double fewest = most;
            for (int c = 0; c < INPUTS; c++) {
                most += Math.max(0, map[i][c]) * range;
                fewest += Math.min(0, map[i][c]) * range;
            }
            for (boolean active : new boolean[] {true, false}) {
                if (active ? most >= 0 : fewest <= 0) {
                    double[][] here = map.clone();
                    here[i] = active ? map[i] : new double[INPUTS + 1];
                    List<LinearConstraint> more = new ArrayList<>(constraints);
                    if (most >= 0 && fewest <= 0) {
                        more.add(new LinearConstraint(
                                Arrays.copyOf(map[i], INPUTS),
                                active ? Relationship.GEQ : Relationship.LEQ,
                                -map[i][INPUTS]));
                    }
                    unit(l, i + 1, here, more);
                }
            }
        }

        private double program(double[] own, double[] other, List<LinearConstraint> constraints) {
            double[] slope = new double[INPUTS];
            List<LinearConstraint> all = new ArrayList<>(constraints);
            double relaxed = own[INPUTS] - other[INPUTS];
            for (int i = 0; i < INPUTS; i++) {
                slope[i] = own[i] - other[i];
                relaxed += Math.min(0, slope[i]) * range;
                double[] unit = new double[INPUTS];
                unit[i] = 1;
                all.add(new LinearConstraint(unit, Relationship.LEQ, range));
            }
            if (relaxed >= least) {
                return relaxed;
            }
            try {
                return new SimplexSolver()
                        .optimize(
                                new MaxIter(10_000),
                                new LinearObjectiveFunction(slope, own[INPUTS] - other[INPUTS]),
                                new LinearConstraintSet(all),
                                GoalType.MINIMIZE,
                                new NonNegativeConstraint(true))
                        .getValue();
            } catch (NoFeasibleSolutionException e) {
                return Double.POSITIVE_INFINITY;
            }
        }
    }

    @Property(tries = 40, seed = "52")
    void agreesWithBruteForceOverPatterns(@ForAll long seed) {
        Random random = new Random(seed);
        LayeredNetwork network = RandomRectifiers.network(random, WIDTHS);
        double[] x = random.doubles(INPUTS, -1, 1).toArray();
        int label = RandomRectifiers.top(network.logits(x));
        CompleteVerifier verifier = CompleteVerifier.of(network, 100_000);
        // around the decision, where it is hard
        double decision = radius(verifier, x, label);
        for (double radius : new double[] {0.97 * decision, 1.03 * decision, 0.05 * random.nextDouble()}) {
            if (radius > 0.12) {
                continue;
            }
            double least = new Patterns(network, x, label, radius).least;
            Verdict verdict = verifier.verify(x, label, radius, InputBox.unbounded());
            // the simplex method itself answers to 1e-6
            if (least > 1e-5) {
                assertThat(verdict).isInstanceOf(Verdict.Proved.class);
            } else if (least < -1e-5) {
                assertThat(verdict).isInstanceOfSatisfying(Verdict.Refuted.class, refuted -> {
                    for (int i = 0; i < INPUTS; i++) {
                        assertThat(Math.abs(refuted.point()[i] - x[i])).isLessThanOrEqualTo(radius + 1e-15);
                    }
                    double[] z = network.logits(refuted.point());
                    assertThat(z[label]).isLessThanOrEqualTo(z[refuted.rival()] + 1e-12);
                    assertThat(refuted.margin()).isGreaterThan(least - 1e-6);
                });
            }
        }
    }

    private static double radius(CompleteVerifier verifier, double[] x, int label) {
        double low = 0;
        double high = 1;
        for (int step = 0; step < 12; step++) {
            double middle = (low + high) / 2;
            boolean proved = verifier.verify(x, label, middle, InputBox.unbounded()) instanceof Verdict.Proved;
            low = proved ? middle : low;
            high = proved ? high : middle;
        }
        return low;
    }
}
