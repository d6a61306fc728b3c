package org.jacreg.bounds.certify.complete;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jacreg.bounds.certify.complete.RandomRectifiers.Region;

/** Bounds of nodes against values at points where the decisions hold. */
class RelaxationTest {

    /** Sums of some dozens of numbers of order ten. */
    private static final double ROUNDING = 1e-11;

    private static int[] widths(Random random) {
        return random.nextBoolean() ? new int[] {3, 5, 4, 3} : new int[] {12, 4, 4, 3, 2};
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }

    private static double[] functional(Random random, Region region) {
        double[] row = new double[region.net.biases[region.net.hidden()].length];
        for (int c = 0; c < row.length; c++) {
            row[c] = random.nextGaussian();
        }
        return row;
    }

    /** Multipliers of any size, or near the best ones, where the bound is tight. */
    private static Multipliers multipliers(Random random, Region region, double[] row) {
        if (random.nextBoolean()) {
            Multipliers best = new Relaxation(region.net, region.bounds, region.low, region.high, row).multipliers();
            for (double[][] kind : new double[][][] {best.lower, best.upper, best.decided}) {
                for (double[] layer : kind) {
                    for (int i = 0; i < layer.length; i++) {
                        layer[i] *= Math.exp(0.02 * random.nextGaussian());
                    }
                }
            }
            return best;
        }
        Multipliers result = new Multipliers(region.net);
        for (double[][] kind : new double[][][] {result.lower, result.upper, result.decided}) {
            for (double[] layer : kind) {
                for (int i = 0; i < layer.length; i++) {
                    layer[i] = random.nextInt(3) == 0 ? 0 : Math.exp(2 * random.nextGaussian() - 1);
                }
            }
        }
        return result;
    }

    @Property(tries = 400, seed = "47")
    void anyMultipliersStayBelow(@ForAll long seed) {
        Random random = new Random(seed);
        Region region = new Region(random, widths(random));
        double[] row = functional(random, region);
        int top = region.net.hidden();
        AffineBelow below = new AffineBelow(region.net, region.bounds, top, row, multipliers(random, region, row));
        double least = below.least(region.low, region.high);
        for (double[] x : region.points) {
            double value = dot(row, region.arguments(x, top));
            double line = dot(below.slope, x) + below.intercept;
            // large multipliers make large numbers, which cancel
            assertThat(line).isLessThanOrEqualTo(value + ROUNDING * (1 + Math.abs(below.intercept)));
            assertThat(least).isLessThanOrEqualTo(value);
            assertThat(least).isLessThanOrEqualTo(line + ROUNDING * (1 + Math.abs(below.intercept)));
        }
    }

    @Property(tries = 300, seed = "48")
    void programsAreBetweenLinesAndTheTruth(@ForAll long seed) {
        Random random = new Random(seed);
        Region region = new Region(random, widths(random));
        double[] row = functional(random, region);
        int top = region.net.hidden();
        double lines = new AffineBelow(region.net, region.bounds, top, row, null).least(region.low, region.high);
        Relaxation relaxation = new Relaxation(region.net, region.bounds, region.low, region.high, row);
        for (double[] x : region.points) {
            assertThat(relaxation.bound()).isLessThanOrEqualTo(dot(row, region.arguments(x, top)));
        }
        // it may stop as soon as it is positive; FEASIBLE of the simplex method is 1e-9
        assertThat(relaxation.bound()).isGreaterThanOrEqualTo(Math.min(0, lines) - 1e-7);
        for (int k = 0; k < region.low.length; k++) {
            assertThat(relaxation.point()[k]).isBetween(region.low[k], region.high[k]);
        }
        if (relaxation.split() == null && relaxation.bound() <= 0) {
            // nothing open: the program is the network itself, where its decisions hold
            assertThat(dot(row, region.arguments(relaxation.point(), top)))
                    .isBetween(relaxation.bound() - ROUNDING, relaxation.bound() + 1e-6);
        }
    }

    @Property(tries = 300, seed = "49")
    void boundsHoldWhereTheDecisionsDo(@ForAll long seed) {
        Random random = new Random(seed);
        Region region = new Region(random, widths(random));
        assertThat(region.bounds.empty).isFalse();
        for (double[] x : region.points) {
            for (int l = 0; l < region.net.hidden(); l++) {
                double[] a = region.arguments(x, l);
                for (int i = 0; i < a.length; i++) {
                    assertThat(a[i]).isBetween(region.bounds.lower[l][i], region.bounds.upper[l][i]);
                }
            }
        }
    }
}
