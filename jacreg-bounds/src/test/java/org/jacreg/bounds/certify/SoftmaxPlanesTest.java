package org.jacreg.bounds.certify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** Ranges, planes and derivatives of softmax entries and curves at points of their boxes. */
class SoftmaxPlanesTest {

    /** Of values computed here, which are at most 1. */
    private static final double ROUNDING = 1e-13;

    private static BoundGraph softmax(int numbers) {
        BoundGraphBuilder builder = BoundGraph.builder(numbers);
        return builder.build(builder.softmax(0), Arithmetic.REAL);
    }

    private static double entry(double[] differences, int from, int count) {
        double sum = 1;
        for (int t = 0; t < count; t++) {
            sum += Math.exp(differences[from + t]);
        }
        return 1 / sum;
    }

    /** Ends, or points between. */
    private static double[] point(double[] lower, double[] upper, Random random) {
        double[] x = new double[lower.length];
        boolean corner = random.nextBoolean();
        for (int i = 0; i < x.length; i++) {
            double share = corner ? random.nextInt(2) : random.nextDouble();
            x[i] = Math.min(upper[i], Math.max(lower[i], lower[i] + share * (upper[i] - lower[i])));
        }
        return x;
    }

    @Property(tries = 1500, seed = "20260109")
    void planesOfEntriesHold(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        Random random = new Random(seed);
        int n = 2 + random.nextInt(4);
        double spread = Math.exp(2.5 * random.nextGaussian());
        double width = Math.exp(2 * random.nextGaussian() - 1);
        double[][] box = new double[2][n];
        for (int i = 0; i < n; i++) {
            box[0][i] = spread * random.nextGaussian();
            box[1][i] = box[0][i] + (random.nextInt(5) == 0 ? 0 : width * random.nextDouble());
        }
        BoundGraph graph = softmax(n);
        Pass pass = new Pass(
                graph,
                new Region(new double[][] {box[0]}, new double[][] {box[1]}),
                BoundMethod.CROWN,
                Arithmetic.REAL);
        PlaneNode node = (PlaneNode) graph.node(graph.output());
        NodeBounds in = pass.bounds(node.input(0));
        NodeBounds out = pass.bounds(graph.output());
        Planes planes = pass.planes(node);
        double[][] range = new double[2][n - 1];
        for (int t = 0; t < 30; t++) {
            // the box of the differences is larger than what the inputs reach, and holds all the same
            double[] d = point(in.lower, in.upper, random);
            for (int i = 0; i < n; i++) {
                double p = entry(d, i * (n - 1), n - 1);
                assertThat(p).isBetween(out.lower[i] - ROUNDING, out.upper[i] + ROUNDING);
                double below = planes.lowerIntercept[i];
                double above = planes.upperIntercept[i];
                node.derivatives(in, 0, node.window(i), range);
                for (int k = 0; k < n - 1; k++) {
                    int at = i * (n - 1) + k;
                    below += planes.lowerSlope[at] * d[at];
                    above += planes.upperSlope[at] * d[at];
                    // where the exponential is infinite, p is 0
                    double derivative = p == 0 ? 0 : -p * p * Math.exp(d[at]);
                    assertThat(derivative).isBetween(range[0][k] - ROUNDING, range[1][k] + ROUNDING);
                }
                assertThat(below).isLessThanOrEqualTo(p + ROUNDING);
                assertThat(above).isGreaterThanOrEqualTo(p - ROUNDING);
            }
        }
    }

    /** Over a small box the gap between the planes falls with the square of the box. */
    @Test
    void planesAreTight() {
        for (double width : new double[] {0.1, 0.01}) {
            double[] lower = {0.3, -0.2, 0.9};
            double[] upper = Arrays.stream(lower).map(v -> v + width).toArray();
            BoundGraph graph = softmax(3);
            Pass pass = new Pass(
                    graph,
                    new Region(new double[][] {lower}, new double[][] {upper}),
                    BoundMethod.CROWN,
                    Arithmetic.REAL);
            NodeBounds in = pass.bounds(1);
            Planes planes = pass.planes(graph.node(2));
            for (int i = 0; i < 3; i++) {
                double gap = planes.upperIntercept[i] - planes.lowerIntercept[i];
                for (int at = 2 * i; at < 2 * i + 2; at++) {
                    double middle = in.lower[at] / 2 + in.upper[at] / 2;
                    gap += (planes.upperSlope[at] - planes.lowerSlope[at]) * middle;
                }
                assertThat(gap).isBetween(0.0, width * width);
            }
        }
    }

    /** Differences of hundreds overflow nothing: probabilities are between 0 and 1, and certificates far away stay. */
    @Test
    void largeNumbersDoNotOverflow() {
        BoundGraphBuilder builder = BoundGraph.builder(3);
        BoundGraph graph = builder.build(builder.softmax(0), Arithmetic.FLOAT32);
        double[] x = {1500, -2000, 300};
        for (BoundMethod method : BoundMethod.values()) {
            Certifier certifier = Certifier.of(graph).method(method).build();
            assertThat(certifier.certify(x, 0, 10).certified()).isTrue();
            assertThat(certifier.certify(x, 0, 599).certified()).isTrue();
            assertThat(certifier.certify(x, 0, 601).certified()).isFalse();
            assertThat(certifier.margins(new double[][] {x}, new int[1], 3000)[0][1])
                    .isBetween(-1.001, -0.999);
        }
    }

    @Property(tries = 1500, seed = "20260110")
    void linesOfCurvesHold(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        Random random = new Random(seed);
        Curve curve = Curve.values()[random.nextInt(Curve.values().length)];
        double l = curve == Curve.SQUARE || curve == Curve.EXPONENTIAL
                ? 5 * random.nextGaussian()
                : Math.exp(3 * random.nextGaussian());
        double u = l + (random.nextInt(5) == 0 ? 0 : Math.min(100, Math.exp(2 * random.nextGaussian())));
        if (curve == Curve.RECIPROCAL && random.nextBoolean()) {
            double swapped = -l;
            l = -u;
            u = swapped;
        }
        if (curve == Curve.SQUARE_ROOT && random.nextInt(3) == 0) {
            l = 0;
        }
        BoundGraphBuilder builder = BoundGraph.builder(1);
        BoundGraph graph = builder.build(builder.put(new CurveNode("curve", 1, 0, curve)), Arithmetic.REAL);
        Pass pass = new Pass(
                graph, new Region(new double[][] {{l}}, new double[][] {{u}}), BoundMethod.CROWN, Arithmetic.REAL);
        NodeBounds range = pass.bounds(1);
        Lines lines = pass.lines(graph.node(1));
        double[][] slopes = ((CurveNode) graph.node(1)).derivatives(pass.bounds(0));
        double size = 1e-13
                * (Math.abs(range.lower[0])
                        + Math.abs(range.upper[0])
                        + lines.largestSlope(0) * Math.max(Math.abs(l), Math.abs(u)));
        for (int t = 0; t <= 20; t++) {
            double x = t == 20 ? u : Math.min(u, l + t / 20.0 * (u - l));
            double y = curve.value(x);
            assertThat(y).isBetween(range.lower[0], range.upper[0]);
            assertThat(lines.lowerAt(0, x))
                    .as("%s below at %s in [%s, %s]", curve, x, l, u)
                    .isLessThanOrEqualTo(y + size);
            assertThat(lines.upperAt(0, x))
                    .as("%s above at %s in [%s, %s]", curve, x, l, u)
                    .isGreaterThanOrEqualTo(y - size);
            assertThat(curve.derivative(x)).isBetween(slopes[0][0], slopes[1][0]);
        }
        double chordGap = lines.upperAt(0, l) - curve.value(l);
        double otherGap = curve.value(l) - lines.lowerAt(0, l);
        assertThat(Math.min(chordGap, otherGap))
                .as("%s touches at its end", curve)
                .isLessThan(100 * size);
    }
}
