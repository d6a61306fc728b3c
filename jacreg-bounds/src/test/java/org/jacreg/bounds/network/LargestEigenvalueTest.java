package org.jacreg.bounds.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;

/** Bounds against a full eigenvalue decomposition. */
class LargestEigenvalueTest {

    /** The first slack is 1e-9, the eigenvalue decomposition errs by about 1e-14 of the largest one. */
    private static final double TIGHT = 1e-8;

    @Property(tries = 100, seed = "23")
    void aboveTheEigenvalueAndClose(
            @ForAll @IntRange(min = 1, max = 40) int n,
            @ForAll @IntRange(min = 1, max = 40) int rank,
            @ForAll long seed) {
        RealMatrix a = random(n, rank, seed);
        RealMatrix g = a.multiply(a.transpose());
        double exact = largest(g);
        double bound = LargestEigenvalue.bound(g.getData(), 0);
        assertThat(bound).isBetween(exact * (1 - 1e-13), exact * (1 + TIGHT));
        assertThat(LargestEigenvalue.isBelow(g.getData(), exact * (1 - 1e-9))).isFalse();
        assertThat(LargestEigenvalue.isBelow(g.getData(), exact * (1 + 1e-9))).isTrue();
    }

    /** A plane of leading directions, a gap of 1e-12, and a spectrum so crowded that 80 Lanczos steps do not resolve it. */
    @Test
    void hardSpectra() {
        assertBound(diagonal(1, 1, 1, 1, 1));
        assertBound(diagonal(1, 1 - 1e-12, 0.5));
        double[] crowded = new double[400];
        Arrays.setAll(crowded, i -> 1 - 1e-6 * i * i);
        assertBound(diagonal(crowded));
    }

    private static void assertBound(double[][] g) {
        double exact = 0;
        for (int i = 0; i < g.length; i++) {
            exact = Math.max(exact, g[i][i]);
        }
        assertThat(LargestEigenvalue.bound(g, 0)).isBetween(exact, exact * (1 + 1e-4));
    }

    /** What must not pass for a bound: iterations that approach from below. The check above tells it apart. */
    @Test
    void powerIterationIsNoBound() {
        RealMatrix a = random(30, 30, 3);
        RealMatrix g = a.multiply(a.transpose());
        assertThat(LargestEigenvalue.estimate(g.getData(), 4)).isLessThan(largest(g) * (1 - 1e-9));
        assertThat(LargestEigenvalue.isBelow(g.getData(), LargestEigenvalue.estimate(g.getData(), 4)))
                .isFalse();
    }

    @Test
    void addsTheErrorOfTheMatrix() {
        assertThat(LargestEigenvalue.bound(diagonal(1, 0.5), 0.25)).isBetween(1.25, 1.25 * (1 + TIGHT));
    }

    private static double[][] diagonal(double... entries) {
        double[][] g = new double[entries.length][entries.length];
        for (int i = 0; i < entries.length; i++) {
            g[i][i] = entries[i];
        }
        return g;
    }

    private static double largest(RealMatrix g) {
        return Arrays.stream(new EigenDecomposition(g).getRealEigenvalues())
                .max()
                .orElseThrow();
    }

    private static RealMatrix random(int rows, int columns, long seed) {
        Random random = new Random(seed);
        RealMatrix a = new Array2DRowRealMatrix(rows, columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                a.setEntry(i, j, random.nextGaussian());
            }
        }
        return a;
    }
}
