package org.jacreg.bounds.rademacher;

/**
 * {@code sup_{||w||_p <= 1} <w, u> - c ||w||_{r*}} for one draw, with q and r* the dual exponents of p and r.
 *
 * <p>The best w has the signs of u, so only {@code a = |u|} counts. For {@code c >= 0} the minimax theorem turns the supremum into
 * {@code min_{||v||_r <= c} ||a - v||_q}, the distance of a from a ball: convex. For {@code c < 0} it is {@code max_{||v||_r <= |c|, v
 * >= 0} ||a + v||_q}: convex maximisation, which has a closed form or a concave equivalent in the cases of {@link #exact}. Closed
 * forms are used where there are any, and bisection to the last digit elsewhere.
 */
final class AttackedSupremum {

    /** Halvings of an interval of doubles in [0, 1]: more change nothing. */
    private static final int HALVINGS = 64;

    /** Steps of the monotone ascent that gives lower bounds. */
    private static final int ASCENTS = 40;

    private final LpNorm q;
    private final LpNorm r;

    AttackedSupremum(LpNorm q, LpNorm r) {
        this.q = q;
        this.r = r;
    }

    /** Whether {@link #lower} and {@link #upper} are the same number for every draw. */
    static boolean exact(double q, double r) {
        return r >= q || r == 1 || Double.isInfinite(q);
    }

    /** A lower bound of the supremum; the supremum itself, to rounding, where {@link #exact}. Overwrites {@code u}. */
    double lower(double[] u, double c) {
        return supremum(u, c, false);
    }

    /** An upper bound of the supremum; the supremum itself, to rounding, where {@link #exact}. Overwrites {@code u}. */
    double upper(double[] u, double c) {
        return supremum(u, c, true);
    }

    private double supremum(double[] u, double c, boolean above) {
        if (Double.isInfinite(r.p())) {
            for (int j = 0; j < u.length; j++) {
                u[j] = Math.max(Math.abs(u[j]) - c, 0);
            }
            return q.of(u);
        }
        for (int j = 0; j < u.length; j++) {
            u[j] = Math.abs(u[j]);
        }
        if (c == 0) {
            return q.of(u);
        }
        return c > 0 ? distance(u, c) : farthest(u, -c, above);
    }

    /** {@code min ||a - v||_q} over {@code ||v||_r <= c}, for finite r. */
    private double distance(double[] a, double c) {
        if (r.of(a) <= c) {
            return 0;
        }
        double scale = LpNorm.LINF.of(a);
        for (int j = 0; j < a.length; j++) {
            a[j] /= scale;
        }
        return scale * scaledDistance(a, c / scale);
    }

    /** Here {@code max a = 1} and the ball does not reach a. */
    private double scaledDistance(double[] a, double c) {
        if (q.p() == r.p()) {
            return q.of(a) - c;
        }
        if (Double.isInfinite(q.p())) {
            // the smallest cut whose overhang fits into the ball
            return largest(t -> r.of(overhang(a, t)) >= c);
        }
        if (r.p() == 1) {
            double cut = largest(t -> r.of(overhang(a, t)) >= c);
            return q.of(below(a, cut));
        }
        if (q.p() == 1) {
            double cap = largest(t -> r.of(below(a, t)) <= c);
            return q.of(overhang(a, cap));
        }
        double first = largest(t -> r.of(shares(a, t)) <= c);
        double[] rest = shares(a, first);
        for (int j = 0; j < a.length; j++) {
            rest[j] = a[j] - rest[j];
        }
        return q.of(rest);
    }

    /** The largest t in [0, 1] for which a condition holds that holds at 0 and, once false, stays false. */
    private static double largest(java.util.function.DoublePredicate condition) {
        double low = 0;
        double high = 1;
        for (int k = 0; k < HALVINGS; k++) {
            double middle = (low + high) / 2;
            if (condition.test(middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static double[] overhang(double[] a, double cut) {
        double[] v = new double[a.length];
        for (int j = 0; j < v.length; j++) {
            v[j] = Math.max(a[j] - cut, 0);
        }
        return v;
    }

    private static double[] below(double[] a, double cap) {
        double[] v = new double[a.length];
        for (int j = 0; j < v.length; j++) {
            v[j] = Math.min(a[j], cap);
        }
        return v;
    }

    /**
     * The point that the conditions of Karush, Kuhn and Tucker, {@code (a_j - v_j)^(q-1) = mu v_j^(r-1)} for all j, give when a
     * coordinate of size 1 has the share {@code first}. Every share grows with it.
     */
    private double[] shares(double[] a, double first) {
        double[] v = new double[a.length];
        if (first == 0) {
            return v;
        }
        double logMu = (q.p() - 1) * Math.log1p(-first) - (r.p() - 1) * Math.log(first);
        for (int j = 0; j < v.length; j++) {
            double size = a[j];
            double share =
                    largest(t -> (q.p() - 1) * Math.log(size * (1 - t)) - (r.p() - 1) * Math.log(size * t) >= logMu);
            v[j] = size == 0 ? 0 : size * share;
        }
        return v;
    }

    /** {@code max ||a + v||_q} over {@code ||v||_r <= k, v >= 0}, for finite r; or bounds of it. */
    private double farthest(double[] a, double k, boolean above) {
        if (q.p() == r.p() || (above && !exact(q.p(), r.p()))) {
            return q.of(a) + k;
        }
        if (r.p() == 1 || Double.isInfinite(q.p())) {
            return withPeak(a, k);
        }
        if (q.p() == 1) {
            return q.of(a) + k * Math.pow(a.length, 1 - 1 / r.p());
        }
        if (q.p() < r.p()) {
            return concave(a, k);
        }
        return Math.max(ascent(a, k), withPeak(a, k));
    }

    /** All of the ball on the largest coordinate: best for a ball with corners there. */
    private double withPeak(double[] a, double k) {
        double[] v = a.clone();
        v[indexOfLargest(a)] += k;
        return q.of(v);
    }

    private static int indexOfLargest(double[] a) {
        int largest = 0;
        for (int j = 1; j < a.length; j++) {
            largest = a[j] > a[largest] ? j : largest;
        }
        return largest;
    }

    /**
     * For {@code q < r}: {@code sum_j (a_j + y_j^(1/r))^q} is concave in y, and the best y satisfies {@code (a_j + v_j)^(q-1)
     * v_j^(1-r) = mu} for all j. Larger coordinates get larger shares, so the share of the largest lies in [0, k].
     */
    private double concave(double[] a, double k) {
        double top = a[indexOfLargest(a)];
        double share = largest(t -> r.of(additions(a, top, k * t)) <= k);
        double[] v = additions(a, top, k * share);
        for (int j = 0; j < v.length; j++) {
            v[j] += a[j];
        }
        return q.of(v);
    }

    private double[] additions(double[] a, double top, double first) {
        double[] v = new double[a.length];
        if (first == 0) {
            return v;
        }
        double logMu = (q.p() - 1) * Math.log(top + first) - (r.p() - 1) * Math.log(first);
        for (int j = 0; j < v.length; j++) {
            double size = a[j];
            v[j] = first
                    * largest(
                            t -> (q.p() - 1) * Math.log(size + first * t) - (r.p() - 1) * Math.log(first * t) >= logMu);
        }
        return v;
    }

    /** Maximises the linearisation over the ball again and again: each step gains, as the function is convex. */
    private double ascent(double[] a, double k) {
        double[] v = new double[a.length];
        double[] sum = a.clone();
        for (int step = 0; step < ASCENTS; step++) {
            double scale = LpNorm.LINF.of(sum);
            for (int j = 0; j < v.length; j++) {
                v[j] = scale == 0 ? 1 : Math.pow(sum[j] / scale, (q.p() - 1) / (r.p() - 1));
            }
            double norm = r.of(v);
            for (int j = 0; j < v.length; j++) {
                sum[j] = a[j] + k * v[j] / norm;
            }
        }
        return q.of(sum);
    }
}
