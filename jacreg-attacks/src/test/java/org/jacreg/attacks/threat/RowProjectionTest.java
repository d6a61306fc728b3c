package org.jacreg.attacks.threat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** The threshold of the l1 projection against plain bisection. */
class RowProjectionTest {

    /** Sums of at most 40 numbers up to 10: an error of some 1e-14, with a margin. */
    private static final double ROUNDING = 1e-11;

    private static double sum(double[] u, double[] slack, double tau) {
        double sum = 0;
        for (int j = 0; j < u.length; j++) {
            sum += Math.min(Math.max(Math.abs(u[j]) - tau, 0), slack[j]);
        }
        return sum;
    }

    /** The least threshold whose sum is no more than epsilon; the sum decreases. */
    private static double bisected(double[] u, double[] slack, double epsilon) {
        double low = 0;
        double high = 100;
        for (int k = 0; k < 200; k++) {
            double middle = (low + high) / 2;
            if (sum(u, slack, middle) > epsilon) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    /**
     * The sum is 1.5 at 5 and 0.5 at 5.5, and Newton's step leads from each to the other. Between 5.25 and 5.5 all three entries move: {@code
     * 17 - 3 tau = 1}.
     */
    @Example
    void newtonsStepsThatGoToAndFroEnd() {
        double[] u = {5.5, -5.5, 6};
        double[] slack = {1, .25, .75};
        assertThat(RowProjection.l1Threshold(u, slack, 1)).isCloseTo(16 / 3.0, within(1e-14));
    }

    /** Among random configurations such cycles are rare, about one in seven hundred: hence the many tries. */
    @Property(tries = 20_000, seed = "10")
    void thresholdAgreesWithBisection(
            @ForAll long seed,
            @ForAll @IntRange(min = 2, max = 40) int entries,
            @ForAll @DoubleRange(min = .01, max = 3) double epsilon,
            @ForAll @DoubleRange(min = .5, max = 3) double reach) {
        Random random = new Random(seed);
        double[] u = new double[entries];
        double[] slack = new double[entries];
        for (int j = 0; j < entries; j++) {
            u[j] = reach * random.nextGaussian();
            slack[j] = Math.max(0, random.nextDouble() * 1.6 - .6);
        }
        if (sum(u, slack, 0) <= epsilon) {
            return; // nothing to bring down
        }
        double tau = RowProjection.l1Threshold(u, slack, epsilon);
        assertThat(sum(u, slack, tau)).isCloseTo(epsilon, within(ROUNDING));
        assertThat(sum(u, slack, bisected(u, slack, epsilon))).isCloseTo(epsilon, within(ROUNDING));
        assertThat(tau).isCloseTo(bisected(u, slack, epsilon), within(ROUNDING));
    }
}
