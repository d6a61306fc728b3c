package org.jacreg.bounds.generalization;

import java.util.List;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;
import org.jacreg.bounds.rademacher.Assumption;
import org.jacreg.bounds.rounding.RoundUp;

/**
 * What lets a theorem about a class fixed in advance speak of a trained network: a union bound over the classes of a grid.
 *
 * <p>The grid holds the numbers {@code r^k} for all integers k. The class of index k may fail with probability {@code delta
 * w_k}, {@code w_k = 2 / (3 (|k|+1) (|k|+2))}, which sums to delta over all k; several quantities multiply their weights. A
 * norm counts with the next number of the grid above it, a margin with the next one below, and {@code ln(1/w_k)} joins
 * {@code ln(1/delta)}. The union also covers the choice of the best margin. Immutable.
 */
public final class UnionGrid {

    /** The grid that bounds take by default: a ratio of 1.05 enlarges a product of three norms by 16 percent at most. */
    public static final UnionGrid DEFAULT = ratio(1.05);

    /** Numbers below this count as this one: a norm of zero has no place on the grid. */
    private static final double SMALLEST = 1e-9;

    private final double ratio;

    private UnionGrid(double ratio) {
        this.ratio = ratio;
    }

    /**
     * The grid of the powers of a ratio.
     *
     * @param ratio r, above 1 and at most 10: 2 for a dyadic grid. It must not depend on the sample; on the number of layers
     *     it may
     * @return the grid
     * @throws IllegalArgumentException if {@code ratio} is not above 1 and at most 10
     */
    public static UnionGrid ratio(double ratio) {
        if (!(ratio > 1 && ratio <= 10)) {
            throw new IllegalArgumentException(
                    "ratio of the grid: got " + ratio + ", wanted a number above 1 and at most 10");
        }
        return new UnionGrid(ratio);
    }

    /**
     * No grid: norms and margin count as they are, on the caller's word that they were fixed before the sample was seen.
     *
     * @return the grid of one class
     */
    public static UnionGrid fixedInAdvance() {
        return new UnionGrid(1);
    }

    boolean isFixed() {
        return ratio == 1;
    }

    /**
     * A number of the grid.
     *
     * @param value the number
     * @param index its index k
     * @param logWeight {@code ln(1/w_k)}, rounded up
     */
    record Point(double value, int index, double logWeight) {}

    /** The smallest number of the grid that is not below {@code x}; {@code x} itself without a grid. */
    Point above(double x) {
        if (isFixed()) {
            return new Point(x, 0, 0);
        }
        double target = Math.max(x, SMALLEST);
        int k = (int) Math.ceil(Math.log(target) / Math.log(ratio)) - 1;
        while (at(k).value() < target) {
            k++;
        }
        return at(k);
    }

    /** The largest number of the grid that is not above {@code x}; {@code x} itself without a grid. */
    Point below(double x) {
        if (isFixed()) {
            return new Point(x, 0, 0);
        }
        int k = (int) Math.floor(Math.log(x) / Math.log(ratio)) + 1;
        while (at(k).value() > x) {
            k--;
        }
        return at(k);
    }

    /** The grid is defined as the doubles that come out here, so nothing is lost by their rounding. */
    Point at(int k) {
        double size = Math.abs((double) k);
        return new Point(Math.pow(ratio, k), k, RoundUp.log(1.5 * (size + 1) * (size + 2)));
    }

    Assumption assumption(String quantities) {
        return isFixed()
                ? Assumption.assumed(quantities + " were fixed before the sample was seen")
                : Assumption.checked(
                        "holds for all " + quantities + " at once, by a union over the powers of " + ratio);
    }

    /**
     * Norms moved up to the grid.
     *
     * @param norms the norms of the class
     * @param logWeight the sum of {@code ln(1/w_k)} over the norms that were moved
     */
    record Norms(NetworkNorms norms, double logWeight) {}

    /** Moves the norms that a theorem uses; the others stay and must not be used. */
    Norms above(NetworkNorms norms, boolean operator, boolean frobenius, boolean rowSum) {
        double[] weight = {0};
        List<LayerNorms> layers = norms.layers().stream()
                .map(layer -> new LayerNorms(
                        layer.name(),
                        move(layer.operator(), operator, weight),
                        move(layer.frobenius(), frobenius, weight),
                        move(layer.rowSum21(), rowSum, weight),
                        layer.maxRowL1(),
                        layer.maxColumnL1(),
                        layer.inputs(),
                        layer.outputs(),
                        layer.parameters()))
                .toList();
        NetworkNorms moved = new NetworkNorms(
                layers,
                norms.activationLipschitz(),
                norms.activationSmoothness(),
                norms.activationAtZero(),
                norms.poolingLipschitz(),
                norms.biases());
        return new Norms(moved, weight[0]);
    }

    private double move(double norm, boolean used, double[] weight) {
        if (!used) {
            return norm;
        }
        Point point = above(norm);
        weight[0] = RoundUp.sum(weight[0], point.logWeight());
        return point.value();
    }

    @Override
    public String toString() {
        return isFixed() ? "UnionGrid(fixed in advance)" : "UnionGrid(ratio " + ratio + ")";
    }
}
