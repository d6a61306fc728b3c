package org.jacreg.attacks.threat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.jacreg.classifier.InputBox;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Projections against oracles that share nothing with them. All in double. */
class ProjectionPropertiesTest {

    private static final InputBox UNIT = new InputBox(0, 1);

    /** Sums of at most 40 products of numbers up to 10: an error of some 1e-14, with a margin. */
    private static final double ROUNDING = 1e-11;

    /** One sample on the faces of the box or inside, and a point that may be far outside. */
    private record Case(double[] center, double[] point) {
        static Case random(long seed, int entries, double reach) {
            Random random = new Random(seed);
            double[] center = new double[entries];
            double[] point = new double[entries];
            for (int j = 0; j < entries; j++) {
                center[j] = Math.max(0, Math.min(1, random.nextDouble() * 1.6 - .3));
                point[j] = center[j] + reach * random.nextGaussian();
            }
            return new Case(center, point);
        }
    }

    private static double[] project(NormBall ball, InputBox box, Case c) {
        INDArray points = row(c.point());
        ball.around(row(c.center()), box).project(points);
        return points.toDoubleVector();
    }

    private static INDArray row(double[] values) {
        return Nd4j.createFromArray(values).reshape(1, values.length);
    }

    private static double norm(Norm norm, double[] a, double[] b) {
        double greatest = 0;
        double squares = 0;
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            greatest = Math.max(greatest, Math.abs(a[j] - b[j]));
            squares += (a[j] - b[j]) * (a[j] - b[j]);
            sum += Math.abs(a[j] - b[j]);
        }
        return norm == Norm.LINF ? greatest : norm == Norm.L2 ? Math.sqrt(squares) : sum;
    }

    @Property(tries = 200, seed = "1")
    void resultIsFeasible(
            @ForAll Norm norm,
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 40) int entries,
            @ForAll @DoubleRange(min = .01, max = 3) double epsilon,
            @ForAll @DoubleRange(min = .01, max = 3) double reach) {
        Case c = Case.random(seed, entries, reach);
        double[] p = project(new NormBall(norm, epsilon), UNIT, c);
        assertThat(norm(norm, p, c.center())).isLessThanOrEqualTo(epsilon + ROUNDING);
        assertThat(Arrays.stream(p)).allMatch(UNIT::contains);
    }

    /**
     * The point p of a convex set is nearest to u if and only if {@code <u - p, q - p> <= 0} for every q of the set; here
     * for q drawn at random, the center and corners included.
     */
    @Property(tries = 200, seed = "2")
    void noFeasiblePointIsCloser(
            @ForAll Norm norm,
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 12) int entries,
            @ForAll @DoubleRange(min = .01, max = 2) double epsilon,
            @ForAll @DoubleRange(min = .01, max = 3) double reach) {
        Case c = Case.random(seed, entries, reach);
        double[] p = project(new NormBall(norm, epsilon), UNIT, c);
        Random random = new Random(seed + 1);
        for (int trial = 0; trial < 50; trial++) {
            double[] q = feasible(random, c, norm, epsilon, trial);
            double product = 0;
            for (int j = 0; j < entries; j++) {
                product += (c.point()[j] - p[j]) * (q[j] - p[j]);
            }
            assertThat(product).isLessThanOrEqualTo(ROUNDING);
        }
    }

    /** A random feasible point: a random direction, clipped to the box, then shrunk towards the center until it fits. */
    private static double[] feasible(Random random, Case c, Norm norm, double epsilon, int trial) {
        double[] q = new double[c.center().length];
        for (int j = 0; j < q.length; j++) {
            double towards = trial % 2 == 0 ? c.point()[j] - c.center()[j] : 0;
            double move = towards + (trial % 3) * epsilon * random.nextGaussian();
            q[j] = Math.max(0, Math.min(1, c.center()[j] + move));
        }
        double size = norm(norm, q, c.center());
        double shrink = size > epsilon ? epsilon / size : 1;
        for (int j = 0; j < q.length; j++) {
            q[j] = c.center()[j] + shrink * (q[j] - c.center()[j]);
        }
        return q;
    }

    /** Bisection on the multiplier tau of math: {@code d = clip(u / (1 + tau), -x, 1 - x)}, {@code ||d|| = epsilon}. */
    @Property(tries = 200, seed = "3")
    void l2AgreesWithBisectionOnTheMultiplier(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 40) int entries,
            @ForAll @DoubleRange(min = .01, max = 3) double epsilon,
            @ForAll @DoubleRange(min = .01, max = 5) double reach) {
        Case c = Case.random(seed, entries, reach);
        double low = 0;
        double high = 1e6;
        double[] expected = clipped(c, 0);
        if (norm(Norm.L2, expected, c.center()) > epsilon) {
            for (int k = 0; k < 200; k++) {
                double tau = (low + high) / 2;
                expected = clipped(c, tau);
                if (norm(Norm.L2, expected, c.center()) > epsilon) {
                    low = tau;
                } else {
                    high = tau;
                }
            }
        }
        double[] actual = project(NormBall.l2(epsilon), UNIT, c);
        assertThat(norm(Norm.LINF, actual, expected)).isLessThan(ROUNDING);
    }

    private static double[] clipped(Case c, double tau) {
        double[] result = new double[c.center().length];
        for (int j = 0; j < result.length; j++) {
            double move = (c.point()[j] - c.center()[j]) / (1 + tau);
            result[j] = Math.max(0, Math.min(1, c.center()[j] + move));
        }
        return result;
    }

    /** In the plane: no point of a grid of feasible points is closer by more than the grid is coarse. */
    @Property(tries = 50, seed = "4")
    void noGridPointOfThePlaneIsCloser(
            @ForAll Norm norm, @ForAll long seed, @ForAll @DoubleRange(min = .05, max = 1) double epsilon) {
        Case c = Case.random(seed, 2, 1);
        double[] p = project(new NormBall(norm, epsilon), UNIT, c);
        double distance = norm(Norm.L2, p, c.point());
        int steps = 200;
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i <= steps; i++) {
            for (int j = 0; j <= steps; j++) {
                double[] q = {i / (double) steps, j / (double) steps};
                if (norm(norm, q, c.center()) <= epsilon) {
                    best = Math.min(best, norm(Norm.L2, q, c.point()));
                }
            }
        }
        // never beaten by a grid point, and beaten by no more than the grid's diagonal the other way
        assertThat(distance).isLessThanOrEqualTo(best + ROUNDING);
        assertThat(best == Double.POSITIVE_INFINITY || best - distance < 2.0 / steps)
                .isTrue();
    }

    @Property(tries = 100, seed = "5")
    void batchIsProjectedSampleBySample(
            @ForAll Norm norm,
            @ForAll boolean exact,
            @ForAll long seed,
            @ForAll @IntRange(min = 2, max = 6) int samples) {
        int entries = 5;
        Projection projection = exact ? Projection.EXACT : Projection.RESCALE_THEN_CLIP;
        INDArray centers = Nd4j.create(samples, entries).castTo(DataType.DOUBLE);
        INDArray points = centers.dup();
        for (int n = 0; n < samples; n++) {
            // reaches differ, so that some samples need the ball and some do not
            Case c = Case.random(seed + n, entries, .05 * Math.pow(4, n));
            centers.putRow(n, Nd4j.createFromArray(c.center()));
            points.putRow(n, Nd4j.createFromArray(c.point()));
        }
        NormBall ball = new NormBall(norm, .3);
        INDArray together = points.dup();
        projection.apply(together, ball.around(centers, UNIT));
        for (int n = 0; n < samples; n++) {
            INDArray alone = points.getRow(n, true).dup();
            projection.apply(alone, ball.around(centers.getRow(n, true), UNIT));
            assertThat(together.getRow(n).toDoubleVector()).isEqualTo(alone.toDoubleVector());
        }
    }

    @Property(tries = 100, seed = "6")
    void rescaleThenClipIsFeasibleAndNeverCloser(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 12) int entries,
            @ForAll @DoubleRange(min = .01, max = 2) double epsilon) {
        Case c = Case.random(seed, entries, 1);
        INDArray points = row(c.point());
        NormBall.l2(epsilon).around(row(c.center()), UNIT).rescaleThenClip(points);
        double[] rescaled = points.toDoubleVector();
        assertThat(norm(Norm.L2, rescaled, c.center())).isLessThanOrEqualTo(epsilon + ROUNDING);
        assertThat(Arrays.stream(rescaled)).allMatch(UNIT::contains);
        double[] nearest = project(NormBall.l2(epsilon), UNIT, c);
        assertThat(norm(Norm.L2, nearest, c.point()))
                .isLessThanOrEqualTo(norm(Norm.L2, rescaled, c.point()) + ROUNDING);
    }

    /** Without a box the nearest point of a Euclidean ball is a rescaling. */
    @Property(tries = 50, seed = "7")
    void withoutABoxBothRulesAgree(@ForAll long seed, @ForAll @DoubleRange(min = .01, max = 2) double epsilon) {
        Case c = Case.random(seed, 7, 1);
        INDArray rescaled = row(c.point());
        NormBall.l2(epsilon).around(row(c.center()), InputBox.unbounded()).rescaleThenClip(rescaled);
        double[] nearest = project(NormBall.l2(epsilon), InputBox.unbounded(), c);
        assertThat(norm(Norm.LINF, nearest, rescaled.toDoubleVector())).isLessThan(ROUNDING);
    }

    @Property(tries = 30, seed = "8")
    void floatAgreesWithDouble(@ForAll Norm norm, @ForAll long seed) {
        Case c = Case.random(seed, 30, .5);
        INDArray points = row(c.point()).castTo(DataType.FLOAT);
        new NormBall(norm, .7)
                .around(row(c.center()).castTo(DataType.FLOAT), UNIT)
                .project(points);
        // entries up to 1 in FLOAT, a norm of 30 of them
        assertThat(norm(Norm.LINF, points.toDoubleVector(), project(new NormBall(norm, .7), UNIT, c)))
                .isLessThan(2e-6);
        assertThat(Arrays.stream(points.toDoubleVector())).allMatch(UNIT::contains);
    }

    /** Bounds that FLOAT cannot hold, and centers for which {@code x + (upper - x)} rounds past the bound. */
    @Property(tries = 50, seed = "9")
    void boxHoldsExactlyInFloat(@ForAll Norm norm, @ForAll boolean exact, @ForAll long seed) {
        InputBox box = new InputBox(-2.7182818284, .1);
        Random random = new Random(seed);
        INDArray centers = Nd4j.createFromArray(
                        random.doubles(60, box.lower(), box.upper()).toArray())
                .reshape('c', 3, 20)
                .castTo(DataType.FLOAT);
        centers.putScalar(0, 0, .1);
        INDArray points = Nd4j.createFromArray(random.doubles(60, -4, 2).toArray())
                .reshape('c', 3, 20)
                .castTo(DataType.FLOAT);
        FeasibleSet set = new NormBall(norm, norm == Norm.L1 ? 99 : 9).around(centers, box);
        (exact ? Projection.EXACT : Projection.RESCALE_THEN_CLIP).apply(points, set);
        assertThat(Arrays.stream(points.data().asDouble()).max().orElseThrow()).isEqualTo(.1f);
        assertThat(Arrays.stream(points.data().asDouble()).min().orElseThrow()).isEqualTo(-2.7182818284f);
    }
}
