package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.Arrays;
import java.util.Random;
import org.jacreg.attacks.ClosedFormNet.Activation;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The paths of attacks on a curved net, walked a second time from the papers' formulas, one entry after the other. */
class MinimumNormPathsTest {

    private static final int ENTRIES = 4;
    private static final int SAMPLES = 10;

    /** Of gradients by central differences over 2e-5, after tens of steps. */
    private static final double TOLERANCE = 1e-6;

    /** The inputs are of all three classes, and an error is in reach of each. */
    private static final ClosedFormNet NET =
            ClosedFormNet.random(4, ENTRIES, 8, 3, 1.5, Activation.TANH, DataType.DOUBLE, new InputBox(0, 1));

    /** Points of the unit cube, some on its faces. */
    private static double[][] inputs() {
        Random random = new Random(5);
        double[][] x = new double[SAMPLES][];
        Arrays.setAll(
                x,
                n -> random.doubles(ENTRIES, -.2, 1.2)
                        .map(MinimumNormPathsTest::clip)
                        .toArray());
        return x;
    }

    private static double clip(double v) {
        return Math.max(0, Math.min(1, v));
    }

    private static double[] logits(double[] x) {
        return NET.logits(Nd4j.createFromArray(new double[][] {x})).toDoubleVector();
    }

    private static int top(double[] z) {
        int top = 0;
        for (int c = 1; c < z.length; c++) {
            top = z[c] > z[top] ? c : top;
        }
        return top;
    }

    /** {@code z_k - z_label}, and {@code max_{k != label} z_k - z_label} for {@code k < 0}. */
    private static double lead(double[] x, int k, int label) {
        double[] z = logits(x);
        double best = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < z.length; c++) {
            best = c != label && (k < 0 || c == k) ? Math.max(best, z[c]) : best;
        }
        return best - z[label];
    }

    private static double[] slope(double[] x, int k, int label) {
        double[] slope = new double[ENTRIES];
        for (int j = 0; j < ENTRIES; j++) {
            double[] up = x.clone();
            double[] down = x.clone();
            up[j] += 1e-5;
            down[j] -= 1e-5;
            slope[j] = (lead(up, k, label) - lead(down, k, label)) / 2e-5;
        }
        return slope;
    }

    private static INDArray labels(int label) {
        return Nd4j.createFromArray(label);
    }

    private static INDArray row(double[] x) {
        return Nd4j.createFromArray(new double[][] {x});
    }

    private static void assertClose(double[] actual, double[] expected) {
        for (int j = 0; j < ENTRIES; j++) {
            assertThat(actual[j]).isCloseTo(expected[j], offset(TOLERANCE));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Norm.class,
            names = {"LINF", "L2"})
    void deepFoolStepsToTheNearestTangent(Norm norm) {
        DeepFool attack = (norm == Norm.L2 ? DeepFool.l2() : DeepFool.linf()).build();
        int curved = 0;
        for (double[] x : inputs()) {
            int label = top(logits(x));
            double[] point = x.clone();
            double[] sum = new double[ENTRIES];
            int steps = 0;
            for (; steps < 50 && top(logits(point)) == label; steps++) {
                double least = Double.POSITIVE_INFINITY;
                double[] way = new double[ENTRIES];
                for (int k = 0; k < 3; k++) {
                    double[] w = slope(point, k == label ? -1 : k, label);
                    double sumOfSizes = Arrays.stream(w).map(Math::abs).sum();
                    double euclidean =
                            Math.sqrt(Arrays.stream(w).map(v -> v * v).sum());
                    double distance = k == label
                            ? Double.POSITIVE_INFINITY
                            : Math.abs(lead(point, k, label)) / (norm == Norm.L2 ? euclidean : sumOfSizes);
                    if (distance < least) {
                        least = distance;
                        double length = distance + 1e-4;
                        Arrays.setAll(way, j -> length * (norm == Norm.L2 ? w[j] / euclidean : Math.signum(w[j])));
                    }
                }
                for (int j = 0; j < ENTRIES; j++) {
                    sum[j] += way[j];
                    point[j] = clip(x[j] + 1.02 * sum[j]);
                }
            }
            AttackResult result = attack.attack(NET, row(x), labels(label));
            assertThat(result.outcomes().get(0).success()).isTrue();
            assertClose(ContractChecks.values(result.adversarial()), point);
            curved += steps > 1 ? 1 : 0;
        }
        assertThat(curved).as("paths of several steps to an error").isGreaterThanOrEqualTo(3);
    }

    @Test
    void elasticNetIsFista() {
        int steps = 15;
        double c = 2;
        ElasticNet attack = ElasticNet.l1()
                .steps(steps)
                .searches(1)
                .weight(c)
                .stepSize(.05)
                .beta(.02)
                .build();
        for (double[] x : inputs()) {
            int label = top(logits(x));
            double[] before = x.clone();
            double[] point = x.clone();
            for (int k = 0; k < steps; k++) {
                double[] w = slope(point, -1, label);
                double pull = lead(point, -1, label) < 0 ? c : 0;
                double size = .05 * Math.sqrt(1 - k / (double) steps);
                double[] next = new double[ENTRIES];
                for (int j = 0; j < ENTRIES; j++) {
                    double moved = point[j] - size * (2 * (point[j] - x[j]) - pull * w[j]) - x[j];
                    double shrunk = moved > .02 ? moved - .02 : moved < -.02 ? moved + .02 : 0;
                    next[j] = clip(x[j] + shrunk);
                    point[j] = clip(next[j] + k / (k + 3.0) * (next[j] - before[j]));
                }
                before = next;
            }
            LastPoint last = LastPoint.of(NET);
            attack.attack(last, row(x), labels(label));
            assertClose(ContractChecks.values(last.last().get()), before);
        }
    }

    @Test
    void carliniWagnerIsAdamOnTheHyperbolicTangent() {
        // fewer steps than ten, so that progress is asked for after every one
        int steps = 9;
        double c = 5;
        CarliniWagner attack = CarliniWagner.l2()
                .steps(steps)
                .searches(1)
                .weight(c)
                .stepSize(.1)
                .build();
        for (double[] x : inputs()) {
            int label = top(logits(x));
            double[] w = new double[ENTRIES];
            double[] m = new double[ENTRIES];
            double[] v = new double[ENTRIES];
            double[] point = new double[ENTRIES];
            // artanh of the input in [-1, 1], drawn in by a millionth
            Arrays.setAll(w, j -> .5 * Math.log1p(2 * inside(x[j]) / (1 - inside(x[j]))));
            double objective = Double.POSITIVE_INFINITY;
            for (int t = 1; t <= steps; t++) {
                Arrays.setAll(point, j -> .5 + .5 * Math.tanh(w[j]));
                double lead = lead(point, -1, label);
                double[] slope = slope(point, -1, label);
                double now = c * Math.max(0, -lead);
                for (int j = 0; j < ENTRIES; j++) {
                    now += Math.pow(point[j] - x[j], 2);
                }
                if (now > .9999 * objective) {
                    break;
                }
                objective = now;
                for (int j = 0; j < ENTRIES; j++) {
                    double byPoint = 2 * (point[j] - x[j]) - (lead < 0 ? c * slope[j] : 0);
                    double g = byPoint * .5 / Math.pow(Math.cosh(w[j]), 2);
                    m[j] = .9 * m[j] + .1 * g;
                    v[j] = .999 * v[j] + .001 * g * g;
                    w[j] -= .1 * m[j] / (1 - Math.pow(.9, t)) / (Math.sqrt(v[j] / (1 - Math.pow(.999, t))) + 1e-8);
                }
            }
            LastPoint last = LastPoint.of(NET);
            attack.attack(last, row(x), labels(label));
            assertClose(ContractChecks.values(last.last().get()), point);
        }
    }

    private static double inside(double value) {
        return .999999 * (2 * value - 1);
    }
}
