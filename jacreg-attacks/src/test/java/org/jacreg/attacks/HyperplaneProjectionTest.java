package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Region;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.factory.Nd4j;

/** The shortest way to a hyperplane inside a box. */
class HyperplaneProjectionTest {

    /** Sums of at most 20 products of numbers up to 5. */
    private static final double ROUNDING = 1e-12;

    private static Region region(double[] x, InputBox box) {
        return Region.unbounded(
                Norm.L2, FeatureLimits.none(), Nd4j.createFromArray(x).reshape(1, x.length), box);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }

    private static double[] point(Random random, int entries) {
        return random.doubles(entries, -.3, 1.3)
                .map(v -> Math.max(0, Math.min(1, v)))
                .toArray();
    }

    /** A rise that some point of the box has, so that the hyperplane meets the box. */
    private static double reachable(Random random, double[] x, double[] w) {
        double[] other = point(random, x.length);
        return dot(w, other) - dot(w, x);
    }

    @Property(tries = 300, seed = "11")
    void endsOnTheHyperplaneInTheBox(
            @ForAll Norm norm, @ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int entries) {
        Random random = new Random(seed);
        double[] x = point(random, entries);
        double[] w = random.doubles(entries, -2, 2)
                .map(v -> Math.abs(v) < .3 ? 0 : v)
                .toArray();
        double rise = reachable(random, x, w);
        double[] d = HyperplaneProjection.displacement(norm, region(x, new InputBox(0, 1)), 0, x, w, rise);
        assertThat(dot(w, d)).isCloseTo(rise, offset(ROUNDING));
        for (int j = 0; j < entries; j++) {
            assertThat(x[j] + d[j]).isBetween(-1e-15, 1 + 1e-15);
        }
    }

    /** The problem is convex: what no small feasible change shortens is the shortest. */
    @Property(tries = 300, seed = "12")
    void noFeasibleNeighbourIsShorter(
            @ForAll Norm norm,
            @ForAll long seed,
            @ForAll @IntRange(min = 2, max = 8) int entries,
            @ForAll @DoubleRange(min = .01, max = .3) double reach) {
        Random random = new Random(seed);
        double[] x = point(random, entries);
        double[] w = random.doubles(entries, -2, 2).toArray();
        double rise = reachable(random, x, w);
        double[] d = HyperplaneProjection.displacement(norm, region(x, new InputBox(0, 1)), 0, x, w, rise);
        for (int trial = 0; trial < 400; trial++) {
            double[] other = exchanged(random, d, w, reach);
            boolean inside = true;
            for (int j = 0; j < entries; j++) {
                inside &= x[j] + other[j] >= 0 && x[j] + other[j] <= 1;
            }
            if (inside) {
                assertThat(norm.length(other)).isGreaterThanOrEqualTo(norm.length(d) - ROUNDING);
            }
        }
    }

    /** Moves two entries so that {@code <w, d>} stays. */
    private static double[] exchanged(Random random, double[] d, double[] w, double reach) {
        double[] other = d.clone();
        int changes = 1 + random.nextInt(3);
        for (int k = 0; k < changes; k++) {
            int a = random.nextInt(d.length);
            int b = (a + 1 + random.nextInt(d.length - 1)) % d.length;
            double move = reach * random.nextGaussian();
            other[a] += move;
            other[b] -= move * w[a] / w[b];
        }
        return other;
    }

    @ParameterizedTest
    @EnumSource(Norm.class)
    void withoutABoxTheLengthIsTheQuotientByTheDualNorm(Norm norm) {
        double[] x = {.2, -3, .5};
        double[] w = {1, -2, .25};
        double[] d = HyperplaneProjection.displacement(norm, region(x, InputBox.unbounded()), 0, x, w, -.7);
        double dual = switch (norm) {
            case LINF -> 3.25;
            case L2 -> Math.sqrt(5.0625);
            case L1 -> 2;
        };
        assertThat(norm.length(d)).isCloseTo(.7 / dual, offset(1e-15));
        assertThat(dot(w, d)).isCloseTo(-.7, offset(1e-15));
    }

    @ParameterizedTest
    @EnumSource(Norm.class)
    void outOfReachItGoesToTheNearestCorner(Norm norm) {
        double[] x = {.2, .4, .5};
        double[] w = {1, -2, 0};
        double[] d = HyperplaneProjection.displacement(norm, region(x, new InputBox(0, 1)), 0, x, w, 100);
        assertThat(d).containsExactly(.8, -.4, 0);
    }

    @ParameterizedTest
    @EnumSource(Norm.class)
    void frozenEntriesStay(Norm norm) {
        double[] x = {.2, .4, .5};
        Region region = Region.unbounded(
                norm,
                FeatureLimits.none().withFrozen(false, true, false),
                Nd4j.createFromArray(x).reshape(1, 3),
                new InputBox(0, 1));
        double[] d = HyperplaneProjection.displacement(norm, region, 0, x, new double[] {1, -2, .5}, .3);
        assertThat(d[1]).isZero();
        assertThat(d[0] + .5 * d[2]).isCloseTo(.3, offset(1e-15));
    }
}
