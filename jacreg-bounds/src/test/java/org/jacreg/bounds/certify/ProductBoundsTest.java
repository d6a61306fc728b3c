package org.jacreg.bounds.certify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.jacreg.bounds.certify.SoundnessTest.Problem;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Products, squares and gates on random networks, against points, corners, exact arithmetic and float32. */
class ProductBoundsTest {

    /** The plain loops' own rounding. */
    private static final double ROUNDING = 1e-13;

    private static Problem problem(long seed) {
        return Problem.random(seed, TestNet.multiplied(seed + 1));
    }

    @Property(tries = 3000, seed = "20260106")
    void boundsHold(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        Problem problem = problem(seed);
        double[] bounds = problem.margins();
        assertThat(bounds).doesNotContain(Double.NaN);
        assertThat(problem.violation(bounds, 0, new Random(seed)))
                .as("margins below bounds for %s", problem)
                .isLessThan(ROUNDING);
    }

    /** The search for violations finds bounds that are a percent too high on some networks. */
    @Test
    void plantedFaultsAreFound() {
        int found = 0;
        for (int seed = 0; seed < 400; seed++) {
            Problem problem = problem(seed);
            found += problem.violation(problem.margins(), 0.01, new Random(seed)) > ROUNDING ? 1 : 0;
        }
        assertThat(found)
                .as("networks of 400 on which a bound 1% too high is found out")
                .isGreaterThan(10);
    }

    @Property(tries = 400, seed = "20260107")
    void tighterMethodsAreTighter(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        Problem problem = problem(seed);
        Certifier.Builder builder = Certifier.of(problem.net().graph(Arithmetic.FLOAT64))
                .norm(problem.norm())
                .bounds(problem.lower(), problem.upper());
        double[][] x = {problem.x()};
        int[] label = {problem.label()};
        double[] intervals = builder.method(BoundMethod.INTERVAL).build().margins(x, label, problem.radius())[0];
        double[] crown = builder.method(BoundMethod.CROWN).build().margins(x, label, problem.radius())[0];
        double[] chosen = builder.method(BoundMethod.ALPHA_CROWN).build().margins(x, label, problem.radius())[0];
        for (int j = 0; j < crown.length; j++) {
            assertThat(crown[j])
                    .as("%s", problem)
                    .isGreaterThanOrEqualTo(intervals[j] - 1e-10 * (1 + Math.abs(intervals[j])));
            assertThat(chosen[j]).as("%s", problem).isGreaterThanOrEqualTo(crown[j]);
        }
    }

    /** A bilinear form on a box has its extremes at corners: intervals meet them, and the better planes are there where they touch. */
    @Property(tries = 2000, seed = "20260108")
    void planesHoldAtCornersAndTouchThem(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        Random random = new Random(seed);
        double scale = Math.pow(10, 4 * random.nextGaussian());
        double[] ends = {
            random.nextGaussian(), random.nextGaussian(), scale * random.nextGaussian(), scale * random.nextGaussian()
        };
        if (random.nextInt(4) == 0) {
            ends[random.nextInt(4)] = 0;
        }
        if (random.nextInt(4) == 0) {
            ends[1] = ends[0];
        }
        double[] lower = {Math.min(ends[0], ends[1]), Math.min(ends[2], ends[3])};
        double[] upper = {Math.max(ends[0], ends[1]), Math.max(ends[2], ends[3])};
        BoundGraphBuilder builder = BoundGraph.builder(2);
        int x = builder.dense(0, new double[][] {{1, 0}}, new double[1]);
        int y = builder.dense(0, new double[][] {{0, 1}}, new double[1]);
        BoundGraph graph = builder.build(builder.multiply(x, y), Arithmetic.REAL);
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (int corner = 0; corner < 4; corner++) {
            double product = ((corner & 1) == 0 ? lower[0] : upper[0]) * (corner < 2 ? lower[1] : upper[1]);
            least = Math.min(least, product);
            most = Math.max(most, product);
        }
        double size = 1e-11 * Math.max(Math.abs(least), Math.abs(most)) + 1e-140;
        Pass pass = new Pass(
                graph, new Region(new double[][] {lower}, new double[][] {upper}), BoundMethod.CROWN, Arithmetic.REAL);
        NodeBounds range = pass.bounds(graph.output());
        assertThat(range.lower[0]).isLessThanOrEqualTo(least).isCloseTo(least, within(size));
        assertThat(range.upper[0]).isGreaterThanOrEqualTo(most).isCloseTo(most, within(size));
        planes(pass.planes(graph.node(graph.output())), lower, upper, size);
    }

    private static void planes(Planes planes, double[] lower, double[] upper, double size) {
        int touched = 0;
        for (int corner = 0; corner < 4; corner++) {
            double x = (corner & 1) == 0 ? lower[0] : upper[0];
            double y = corner < 2 ? lower[1] : upper[1];
            BigDecimal product = new BigDecimal(x).multiply(new BigDecimal(y));
            BigDecimal below = plane(planes.lowerSlope, planes.lowerIntercept[0], x, y);
            BigDecimal above = plane(planes.upperSlope, planes.upperIntercept[0], x, y);
            assertThat(below).isLessThanOrEqualTo(product);
            assertThat(above).isGreaterThanOrEqualTo(product);
            touched += product.subtract(below).doubleValue() < size ? 1 : 0;
            touched += above.subtract(product).doubleValue() < size ? 1 : 0;
        }
        assertThat(touched).as("corners where planes touch").isGreaterThanOrEqualTo(4);
    }

    private static BigDecimal plane(double[] slopes, double intercept, double x, double y) {
        return new BigDecimal(slopes[0])
                .multiply(new BigDecimal(x))
                .add(new BigDecimal(slopes[1]).multiply(new BigDecimal(y)))
                .add(new BigDecimal(intercept));
    }

    /** The sum of products of two dense layers of floats, exactly and in float32, at corners of the ball. */
    @Test
    void exactAndFloat32ValuesAreAboveTheirBounds() {
        Random random = new Random(5);
        int belowReal = 0;
        for (int t = 0; t < 300; t++) {
            FloatProducts net = FloatProducts.random(random);
            float[] x = net.input(random);
            double[] centre = {x[0], x[1], x[2]};
            double radius = t % 3 == 0 ? 0 : Math.scalb(1 + random.nextInt(50), -9);
            for (BoundMethod method : BoundMethod.values()) {
                double real = net.bound(Arithmetic.REAL, centre, radius, method);
                double single = net.bound(Arithmetic.FLOAT32, centre, radius, method);
                for (int corner = 0; corner < 8; corner++) {
                    float[] point = x.clone();
                    for (int i = 0; i < 3; i++) {
                        float moved = (float) (x[i] + ((corner >> i & 1) == 0 ? radius : -radius));
                        point[i] = Math.abs((double) moved - x[i]) <= radius ? moved : x[i];
                    }
                    assertThat(net.exact(point)).isGreaterThanOrEqualTo(new BigDecimal(real));
                    BigDecimal evaluated = net.evaluated(point, random);
                    assertThat(evaluated).isGreaterThanOrEqualTo(new BigDecimal(single));
                    belowReal += radius == 0 && evaluated.compareTo(new BigDecimal(real)) < 0 ? 1 : 0;
                }
            }
        }
        assertThat(belowReal)
                .as("evaluations below the bound for real arithmetic, at single points")
                .isGreaterThan(100);
    }

    /** What float32 loses is within what the Jacobian's bounds say of it. */
    @Test
    void evaluationErrorsHold() {
        Random random = new Random(9);
        for (int t = 0; t < 200; t++) {
            FloatProducts net = FloatProducts.random(random);
            float[] x = net.input(random);
            for (JacobianMethod method : JacobianMethod.values()) {
                double error = net.evaluationError(method, new double[] {x[0], x[1], x[2]});
                for (int order = 0; order < 10; order++) {
                    BigDecimal off =
                            net.evaluated(x, random).subtract(net.exact(x)).abs();
                    assertThat(off).isLessThanOrEqualTo(new BigDecimal(error));
                }
            }
        }
    }

    /** Intervals of the Jacobian hold difference quotients, by every method, and the better ones are inside the others. */
    @ParameterizedTest
    @EnumSource(JacobianMethod.class)
    void jacobiansHoldDifferenceQuotients(JacobianMethod method) {
        for (int seed = 0; seed < 150; seed++) {
            Problem problem = problem(seed);
            BoundGraph graph = problem.net().graph(Arithmetic.REAL);
            double[] functional = new double[graph.classes()];
            functional[0] = 1;
            functional[1] = -1;
            JacobianBounds bounds = jacobian(problem, graph, method, functional);
            JacobianBounds plain = jacobian(problem, graph, JacobianMethod.FAST_LIP, functional);
            for (int i = 0; i < graph.inputs(); i++) {
                assertThat(bounds.lower(0)[i]).isGreaterThanOrEqualTo(plain.lower(0)[i] - 1e-12);
                assertThat(bounds.upper(0)[i]).isLessThanOrEqualTo(plain.upper(0)[i] + 1e-12);
            }
            Random random = new Random(seed);
            for (int t = 0; t < 20; t++) {
                double[] a = problem.point(random);
                double[] b = a.clone();
                int i = random.nextInt(b.length);
                double step = 1e-3 * problem.radius();
                b[i] = a[i] > problem.x()[i] ? a[i] - step : Math.min(problem.upper(), a[i] + step);
                if (a[i] != b[i] && Math.abs(b[i] - problem.x()[i]) <= Math.abs(a[i] - problem.x()[i])) {
                    double[] p = problem.net().logits(a);
                    double[] q = problem.net().logits(b);
                    double quotient = (p[0] - p[1] - q[0] + q[1]) / (a[i] - b[i]);
                    double off = 1e-9 * (1 + Math.abs(quotient));
                    assertThat(quotient)
                            .as("%s", problem)
                            .isBetween(bounds.lower(0)[i] - off, bounds.upper(0)[i] + off);
                }
            }
        }
    }

    private static JacobianBounds jacobian(
            Problem problem, BoundGraph graph, JacobianMethod method, double[] functional) {
        return JacobianBounds.of(
                        graph,
                        BoundMethod.CROWN,
                        method,
                        problem.norm(),
                        new InputBox(problem.lower(), problem.upper()),
                        Arithmetic.REAL,
                        problem.x(),
                        new double[] {problem.radius()},
                        new double[][] {functional})
                .get(0);
    }

    @Test
    void badPartsAreRefused() {
        BoundGraphBuilder builder = BoundGraph.builder(3);
        int two = builder.dense(0, new double[2][3], new double[2]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.multiply(0, two))
                .withMessageContaining("takes 3 numbers");
        int one = builder.dense(0, new double[1][3], new double[1]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.softmax(one))
                .withMessageContaining("at least 2");
    }
}
