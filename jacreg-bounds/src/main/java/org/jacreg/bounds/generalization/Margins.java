package org.jacreg.bounds.generalization;

import java.util.Arrays;
import java.util.function.Function;
import org.jacreg.bounds.rounding.RoundUp;

/**
 * The margins of a classifier on its training sample: {@code z_y - max_{j != y} z_j} for logits z, {@code y f(x)} for a real
 * function and labels -1 and +1; negative where the label is missed. Immutable.
 */
public final class Margins {

    /** Margins tried at most in a search for the best one. */
    private static final int MOST = 600;

    private final double[] sorted;

    private Margins(double[] sorted) {
        this.sorted = sorted;
    }

    /**
     * Margins of a sample, in any order.
     *
     * @param margins one margin a point, finite. Copied.
     * @return the margins
     * @throws IllegalArgumentException if there are fewer than two, or one is NaN or infinite
     */
    public static Margins of(double... margins) {
        if (margins.length < 2) {
            throw new IllegalArgumentException("margins: got " + margins.length
                    + ", wanted at least 2; an empty sample or a single point says nothing about others");
        }
        for (int i = 0; i < margins.length; i++) {
            if (!Double.isFinite(margins[i])) {
                throw new IllegalArgumentException(
                        "margins[" + i + "]: got " + margins[i] + ", wanted a finite number");
            }
        }
        double[] sorted = margins.clone();
        Arrays.sort(sorted);
        return new Margins(sorted);
    }

    /**
     * The number n of points.
     *
     * @return at least 2
     */
    public int size() {
        return sorted.length;
    }

    /**
     * The share of margins not above {@code gamma}.
     *
     * @param gamma a number, not NaN
     * @return a share from 0 to 1, rounded up
     * @throws IllegalArgumentException if {@code gamma} is NaN
     */
    public double shareAtMost(double gamma) {
        if (Double.isNaN(gamma)) {
            throw new IllegalArgumentException("margin gamma: got NaN, wanted a number");
        }
        int count = 0;
        while (count < sorted.length && sorted[count] <= gamma) {
            count++;
        }
        return Math.min(1, RoundUp.quotient(count, sorted.length));
    }

    /**
     * The mean ramp loss: 0 for margins above {@code gamma}, 1 for margins below 0, {@code 1 - margin/gamma} between.
     *
     * @param gamma the margin, positive and finite
     * @return a number from 0 to 1, rounded up; at most {@link #shareAtMost}
     * @throws IllegalArgumentException if {@code gamma} is NaN, infinite or not positive
     */
    public double ramp(double gamma) {
        requireMargin(gamma);
        double sum = 0;
        for (double margin : sorted) {
            double loss = margin <= 0 ? 1 : margin >= gamma ? 0 : Math.nextUp(1 - Math.nextDown(margin / gamma));
            sum = RoundUp.sum(sum, loss);
        }
        return Math.min(1, RoundUp.quotient(sum, sorted.length));
    }

    static void requireMargin(double gamma) {
        if (!(gamma > 0 && gamma < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("margin gamma: got " + gamma
                    + ", wanted a positive finite number; at margin 0 the ramp loss is no Lipschitz function");
        }
    }

    /**
     * The smallest bound over the margins of the grid between the sample's smallest positive and largest margin; if all are
     * vacuous, the one whose formula gives least.
     */
    GeneralizationBound best(UnionGrid grid, Function<Double, GeneralizationBound> bound) {
        if (grid.isFixed()) {
            throw new IllegalArgumentException(
                    "margin gamma: none was given, and the grid is fixed in advance, so that the"
                            + " best margin cannot be looked for; give gamma, or take a grid with a ratio");
        }
        double largest = sorted[sorted.length - 1];
        int index = grid.above(largest > 0 ? largest : 1).index();
        double smallest = Arrays.stream(sorted).filter(m -> m > 0).min().orElse(1);
        GeneralizationBound best = bound.apply(grid.at(index).value());
        for (int k = 1; k < MOST && grid.at(index - k).value() > smallest / 2; k++) {
            GeneralizationBound next = bound.apply(grid.at(index - k).value());
            best = rank(next) < rank(best) ? next : best;
        }
        return best;
    }

    private static double rank(GeneralizationBound bound) {
        boolean cut = bound.terms().stream().anyMatch(t -> t.name().equals(RampBound.UNCUT));
        return bound.vacuous() && cut ? Math.max(bound.trivial(), bound.term(RampBound.UNCUT)) : bound.value();
    }
}
