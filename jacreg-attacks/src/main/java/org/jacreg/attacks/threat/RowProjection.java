package org.jacreg.attacks.threat;

/** The nearest point of a ball and an interval for every entry, sample by sample in double. */
final class RowProjection {

    /** Newton's steps and halvings; a bracket of doubles cannot be halved more often. */
    private static final int ITERATIONS = 200;

    private RowProjection() {}

    /*
     * With u = point - center and the intervals [a_j, b_j] that hold 0, the nearest point is center + d,
     *
     *     l2:  d_j = clip(u_j / (1 + tau), a_j, b_j)            l1:  d_j = clip(sign(u_j) max(|u_j| - tau, 0), a_j, b_j)
     *
     * with the least tau >= 0 that brings the norm down to epsilon (stationarity of the Lagrangian). Only |u_j| and the slack c_j on the
     * side to which u_j points matter. l2: with t = 1 / (1 + tau)^2, sum_j min(t u_j^2, c_j^2) is concave and piecewise linear in t, and
     * Newton's iteration from below ends exactly. l1: sum_j min(max(|u_j| - tau, 0), c_j) is piecewise linear and decreasing, neither
     * convex nor concave: Newton's steps within a bracket, halved where a step leaves it.
     */

    /** The factor s with {@code ||clip(s u)||_2 = epsilon}, where the norm of {@code clip(u)} exceeds {@code epsilon}. */
    static double l2Scale(double[] u, double[] slack, double epsilon) {
        double total = 0;
        for (double value : u) {
            total += value * value;
        }
        double target = epsilon * epsilon;
        double t = target / total;
        for (int iteration = 0; iteration <= u.length; iteration++) {
            double free = 0;
            double fixed = 0;
            for (int j = 0; j < u.length; j++) {
                double square = u[j] * u[j];
                double limit = slack[j] * slack[j];
                if (t * square < limit) {
                    free += square;
                } else {
                    fixed += limit;
                }
            }
            double next = free > 0 ? (target - fixed) / free : t;
            if (!(next > t)) {
                break;
            }
            t = next;
        }
        return Math.sqrt(Math.min(t, 1));
    }

    /** The threshold tau with {@code sum_j min(max(|u_j| - tau, 0), c_j) = epsilon}, where the sum at 0 exceeds {@code epsilon}. */
    static double l1Threshold(double[] u, double[] slack, double epsilon) {
        double low = 0;
        double high = 0;
        for (double value : u) {
            high = Math.max(high, Math.abs(value));
        }
        // the sum itself is not known better
        double rounding = u.length * Math.ulp(epsilon);
        double tau = 0;
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            double sum = 0;
            int slope = 0;
            for (int j = 0; j < u.length; j++) {
                double rest = Math.abs(u[j]) - tau;
                if (rest > 0) {
                    sum += Math.min(rest, slack[j]);
                    slope += rest <= slack[j] ? 1 : 0;
                }
            }
            if (Math.abs(sum - epsilon) <= rounding) {
                return tau;
            }
            double width = high - low;
            if (sum > epsilon) {
                low = tau;
            } else {
                high = tau;
            }
            double newton = slope > 0 ? tau + (sum - epsilon) / slope : Double.NaN;
            // Newton's steps alone can go to and fro between two points for ever: they must not reach the ends of the
            // bracket, and where
            // a step has not halved the bracket, every other one does
            boolean slow = high - low > width / 2 && iteration % 2 == 1;
            tau = newton > low && newton < high && !slow ? newton : low + (high - low) / 2;
            if (!(tau > low && tau < high)) {
                break;
            }
        }
        return high;
    }
}
