package org.jacreg.attacks;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Region;

/** The shortest way from a point to a hyperplane that does not leave the box. */
final class HyperplaneProjection {

    private HyperplaneProjection() {}

    /*
     * Minimise ||d||_p subject to <w, d> = c and the interval of every entry. Let c >= 0, otherwise turn w round; then an entry moves with
     * the sign of its weight, by at most the slack s_j on that side.
     *
     *     linf:  |d_j| = min(t, s_j)              l2:  |d_j| = min(t |w_j|, s_j)
     *     l1:    entries are moved to their ends in the order of falling |w_j|, the last one as far as needed (a fractional knapsack)
     *
     * For linf and l2 the sum of |w_j| |d_j| is concave, increasing and piecewise linear in t: Newton's iteration from below ends exactly
     * after at most as many steps as there are pieces.
     */

    /**
     * The displacement.
     *
     * @param norm the norm in which it is shortest
     * @param region box and limits
     * @param row the sample's row
     * @param point a point within box and limits; not modified
     * @param normal the normal {@code w}; not modified
     * @param rise {@code <w, d>} that is wanted
     * @return {@code d}; where the box does not reach so far, the way to the corner that comes nearest to the hyperplane
     */
    static double[] displacement(Norm norm, Region region, int row, double[] point, double[] normal, double rise) {
        double turn = rise < 0 ? -1 : 1;
        int entries = point.length;
        double[] weight = new double[entries];
        double[] slack = new double[entries];
        for (int j = 0; j < entries; j++) {
            boolean up = turn * normal[j] > 0;
            weight[j] = Math.abs(normal[j]);
            slack[j] = Math.max(0, up ? region.upper(row, j) - point[j] : point[j] - region.lower(row, j));
        }
        double[] size = norm == Norm.L1
                ? knapsack(weight, slack, Math.abs(rise))
                : scaled(norm == Norm.L2, weight, slack, Math.abs(rise));
        for (int j = 0; j < entries; j++) {
            size[j] *= turn * Math.signum(normal[j]);
        }
        return size;
    }

    /** Sizes {@code min(t v_j, s_j)}, where {@code v} is the weight if {@code byWeight} and otherwise 1, 0 where the weight is 0. */
    private static double[] scaled(boolean byWeight, double[] weight, double[] slack, double rise) {
        double t = 0;
        for (int iteration = 0; iteration <= weight.length; iteration++) {
            double fixed = 0;
            double slope = 0;
            for (int j = 0; j < weight.length; j++) {
                double speed = byWeight ? weight[j] : 1;
                if (t * speed < slack[j]) {
                    slope += weight[j] * speed;
                } else if (weight[j] > 0) {
                    fixed += weight[j] * slack[j];
                }
            }
            double next = slope > 0 ? (rise - fixed) / slope : Double.POSITIVE_INFINITY;
            if (!(next > t)) {
                break;
            }
            t = next;
            if (slope == 0) {
                break;
            }
        }
        double[] size = new double[weight.length];
        for (int j = 0; j < size.length; j++) {
            size[j] = weight[j] > 0 ? Math.min(t * (byWeight ? weight[j] : 1), slack[j]) : 0;
        }
        return size;
    }

    /** Sizes of least sum with {@code sum_j weight_j size_j = rise}. */
    private static double[] knapsack(double[] weight, double[] slack, double rise) {
        double[] size = new double[weight.length];
        int[] order = IntStream.range(0, weight.length)
                .filter(j -> weight[j] > 0 && slack[j] > 0)
                .boxed()
                .sorted(Comparator.comparingDouble(j -> -weight[j]))
                .mapToInt(j -> j)
                .toArray();
        double rest = rise;
        for (int j : order) {
            size[j] = Math.min(slack[j], rest / weight[j]);
            rest -= size[j] * weight[j];
            if (!(rest > 0)) {
                break;
            }
        }
        return size;
    }
}
