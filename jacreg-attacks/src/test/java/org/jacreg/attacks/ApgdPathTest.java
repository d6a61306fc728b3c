package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jacreg.attacks.ClosedFormNet.Activation;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The points that APGD visits, against the algorithm of the paper written out again, for one sample and without a box. */
class ApgdPathTest {

    private static final int ENTRIES = 7;
    private static final int LABEL = 1;

    private final ClosedFormNet net =
            ClosedFormNet.random(3, ENTRIES, 9, 3, 2, Activation.TANH, DataType.DOUBLE, InputBox.unbounded());

    private final double[] center = {.1, .9, -.4, .3, .7, -.2, .5};

    private double loss(double[] x) {
        return ClosedFormNet.crossEntropy(net.logits(row(x)).toDoubleVector(), LABEL);
    }

    private double[] gradient(double[] x) {
        return net.crossEntropyGradient(row(x), new int[] {LABEL}).gradient().toDoubleVector();
    }

    private static INDArray row(double[] x) {
        return Nd4j.createFromArray(x.clone()).reshape('c', 1, ENTRIES);
    }

    private double[] projected(double[] x, Norm norm, double epsilon) {
        double[] d = new double[ENTRIES];
        double squares = 0;
        for (int j = 0; j < ENTRIES; j++) {
            d[j] = x[j] - center[j];
            squares += d[j] * d[j];
        }
        double factor = Math.min(1, epsilon / Math.sqrt(squares));
        for (int j = 0; j < ENTRIES; j++) {
            d[j] = center[j] + (norm == Norm.L2 ? d[j] * factor : Math.max(-epsilon, Math.min(epsilon, d[j])));
        }
        return d;
    }

    private static double[] stepped(double[] x, double[] g, Norm norm, double step) {
        double length = Math.sqrt(java.util.Arrays.stream(g).map(v -> v * v).sum());
        double[] moved = x.clone();
        for (int j = 0; j < ENTRIES; j++) {
            moved[j] += step * (norm == Norm.L2 ? g[j] / length : Math.signum(g[j]));
        }
        return moved;
    }

    /** Algorithm 1 of the paper: all iterates, by the numbers of its section 3. */
    private List<double[]> paper(double[] start, NormBall ball, int n, Set<Integer> checkpoints) {
        Norm norm = ball.norm();
        double eta = 2 * ball.epsilon();
        List<double[]> iterates = new ArrayList<>(List.of(start));
        List<Double> values = new ArrayList<>(List.of(loss(start)));
        double[] current = start;
        double[] previous = start;
        double[] best = start;
        double bestValue = values.get(0);
        double bestAtLast = bestValue;
        double etaAtLast = -1;
        int lastCheck = 0;
        for (int k = 1; k <= n; k++) {
            double a = k == 1 ? 1 : .75;
            double[] z = projected(stepped(current, gradient(current), norm, eta), norm, ball.epsilon());
            double[] next = new double[ENTRIES];
            for (int j = 0; j < ENTRIES; j++) {
                next[j] = current[j] + a * (z[j] - current[j]) + (1 - a) * (current[j] - previous[j]);
            }
            next = projected(next, norm, ball.epsilon());
            previous = current;
            current = next;
            iterates.add(next);
            values.add(loss(next));
            if (values.get(k) > bestValue) {
                bestValue = values.get(k);
                best = next;
            }
            if (checkpoints.contains(k)) {
                int rises = 0;
                for (int i = lastCheck + 1; i <= k; i++) {
                    rises += values.get(i) > values.get(i - 1) ? 1 : 0;
                }
                boolean first = rises <= .75 * (k - lastCheck);
                boolean second = etaAtLast == eta && bestAtLast >= bestValue;
                etaAtLast = eta;
                bestAtLast = bestValue;
                if (first || second) {
                    eta /= 2;
                    current = best;
                }
                lastCheck = k;
            }
        }
        return iterates;
    }

    @ParameterizedTest
    @CsvSource({"LINF, .3, 100", "LINF, 1, 50", "L2, .5, 100", "L2, 2, 20", "LINF, .05, 20"})
    void visitsThePointsOfThePaper(Norm norm, double epsilon, int iterations) {
        NormBall ball = new NormBall(norm, epsilon);
        List<double[]> visited = new ArrayList<>();
        Attack apgd =
                Apgd.in(ball).iterations(iterations).untilBudget(true).seed(5).build();
        apgd.attack(new VisitedPoints(net, visited), row(center), Nd4j.createFromArray(LABEL));
        Set<Integer> checkpoints = new HashSet<>(
                switch (iterations) {
                    case 100 -> List.of(22, 41, 57, 70, 80, 87, 93, 99);
                    case 50 -> List.of(11, 21, 30, 38, 45);
                    default -> List.of(4, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20);
                });
        // the first point asked about is the input itself
        List<double[]> expected = paper(visited.get(1), ball, iterations, checkpoints);
        assertThat(visited).hasSize(iterations + 2);
        assertThat(norm.distance(visited.get(1), center)).isCloseTo(epsilon, offset(1e-12));
        for (int k = 0; k <= iterations; k++) {
            // towards the end losses agree to the last bits, and rounding decides which of two points, 1e-8 apart, is
            // the best
            assertThat(visited.get(k + 1)).as("iterate %s", k).containsExactly(expected.get(k), offset(1e-7));
        }
    }
}
