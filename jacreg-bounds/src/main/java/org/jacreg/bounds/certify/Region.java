package org.jacreg.bounds.certify;

import org.jacreg.classifier.InputBox;

/** For every sample of a batch, the points of the input box within a radius of it, or of a box of its own. */
final class Region {

    private static final int ROUNDS_L2 = 12;
    private static final int ROUNDS_L1 = 64;

    private final int size;
    private final double[] centre;
    private final double[] radius;
    private final BallNorm norm;
    private final InputBox limits;
    private final NodeBounds box;
    private final double[] middle;
    private final double[] half;
    private final double[] magnitude;

    Region(double[][] samples, double[] radius, BallNorm norm, InputBox limits) {
        this.size = samples[0].length;
        this.centre = new double[Math.multiplyExact(samples.length, size)];
        this.radius = radius.clone();
        this.norm = norm;
        this.limits = limits;
        this.box = new NodeBounds(samples.length, size);
        for (int n = 0; n < samples.length; n++) {
            System.arraycopy(samples[n], 0, centre, n * size, size);
            for (int i = 0; i < size; i++) {
                double x = samples[n][i];
                box.lower[n * size + i] = Math.max(limits.lower(), radius[n] == 0 ? x : Math.nextDown(x - radius[n]));
                box.upper[n * size + i] = Math.min(limits.upper(), radius[n] == 0 ? x : Math.nextUp(x + radius[n]));
            }
        }
        this.middle = new double[centre.length];
        this.half = new double[centre.length];
        this.magnitude = new double[centre.length];
        measureBox();
    }

    /** Boxes, one for each sample. */
    Region(double[][] lower, double[][] upper) {
        this.size = lower[0].length;
        this.centre = new double[Math.multiplyExact(lower.length, size)];
        this.radius = new double[lower.length];
        this.norm = BallNorm.LINF;
        this.limits = InputBox.unbounded();
        this.box = new NodeBounds(lower.length, size);
        for (int n = 0; n < lower.length; n++) {
            System.arraycopy(lower[n], 0, box.lower, n * size, size);
            System.arraycopy(upper[n], 0, box.upper, n * size, size);
            for (int i = 0; i < size; i++) {
                double m = lower[n][i] / 2 + upper[n][i] / 2;
                centre[n * size + i] = m;
                radius[n] = Math.max(radius[n], Math.max(upper[n][i] - m, m - lower[n][i]));
            }
        }
        this.middle = new double[centre.length];
        this.half = new double[centre.length];
        this.magnitude = new double[centre.length];
        measureBox();
    }

    private void measureBox() {
        for (int i = 0; i < middle.length; i++) {
            double m = box.lower[i] / 2 + box.upper[i] / 2;
            middle[i] = m;
            half[i] = Math.nextUp(Math.max(box.upper[i] - m, m - box.lower[i]));
            magnitude[i] = Math.abs(m) + half[i] + 2 * radius[i / size];
        }
    }

    int samples() {
        return radius.length;
    }

    /** The smallest box around the region, coordinate by coordinate. */
    NodeBounds box() {
        return box;
    }

    BallNorm norm() {
        return norm;
    }

    /** Replaces functionals of the input by their minima over the region. */
    void addMinimum(Functionals functionals, double[] coefficients) {
        MatrixProducts.forRows(functionals.rows, 8L * size, r -> {
            int n = functionals.sample[r];
            int offset = r * size;
            int at = n * size;
            // by middle and half width, because a branch on random signs costs more than a product
            double minimum = MatrixProducts.dot(coefficients, offset, middle, at, size)
                    - MatrixProducts.absoluteDot(coefficients, offset, half, at, size);
            if (norm != BallNorm.LINF && radius[n] > 0) {
                double linear = MatrixProducts.dot(coefficients, offset, centre, at, size);
                minimum = Math.max(minimum, linear - ballReach(coefficients, offset, n));
            }
            functionals.addConstant(r, minimum);
            double total = MatrixProducts.absoluteDot(coefficients, offset, magnitude, at, size);
            functionals.slack[r] += Rounding.gamma(2L * size + 16) * total + Rounding.TINY;
        });
    }

    /** Points of the box where functionals are about least, one for each row: a direction of search, not a bound. */
    double[] worst(Functionals functionals, double[] coefficients) {
        double[] result = new double[coefficients.length];
        MatrixProducts.forRows(functionals.rows, 8L * size, r -> {
            int n = functionals.sample[r];
            double length = 0;
            double largest = 0;
            for (int i = 0; i < size; i++) {
                double a = Math.abs(coefficients[r * size + i]);
                length += a * a;
                largest = Math.max(largest, a);
            }
            for (int i = 0; i < size; i++) {
                double a = coefficients[r * size + i];
                double step = switch (norm) {
                    case LINF -> radius[n];
                    case L2 -> radius[n] * Math.abs(a) / Math.max(Math.sqrt(length), Double.MIN_NORMAL);
                    case L1 -> Math.abs(a) == largest ? radius[n] : 0;
                };
                double x = centre[n * size + i] - Math.signum(a) * step;
                result[r * size + i] = Math.min(box.upper[n * size + i], Math.max(box.lower[n * size + i], x));
            }
        });
        return result;
    }

    /** An upper bound of {@code max -<a, delta>} over the ball and the box. */
    private double ballReach(double[] a, int offset, int n) {
        return norm == BallNorm.L2 ? reachL2(a, offset, n) : reachL1(a, offset, n);
    }

    /** How far a coordinate can go against the sign of its coefficient. */
    private double room(double a, int at, double limit) {
        double room = a > 0 ? centre[at] - limits.lower() : limits.upper() - centre[at];
        return Math.min(limit, Math.nextUp(room));
    }

    /**
     * The coefficients are split into {@code p_i = min(|a_i|, t room_i)} and a rest: the first part is bounded over the ball, by
     * {@code eps ||p||_2}, the rest over the box. Sound for every t, and exact for the best one, to which the rounds come down.
     */
    private double reachL2(double[] a, int offset, int n) {
        double eps = radius[n];
        double[] lengths = new double[size];
        double[] rooms = new double[size];
        for (int i = 0; i < size; i++) {
            lengths[i] = Math.abs(a[offset + i]);
            rooms[i] = room(a[offset + i], n * size + i, eps);
        }
        double free = MatrixProducts.dot(lengths, 0, lengths, 0, size);
        double best = eps * Math.sqrt(free);
        double t = best > 0 ? Math.sqrt(free) / eps : 0;
        for (int round = 1; round < ROUNDS_L2 && t > 0; round++) {
            free = 0;
            double full = 0;
            double rest = 0;
            for (int i = 0; i < size; i++) {
                double over = lengths[i] - t * rooms[i];
                double within = over > 0 ? 0 : lengths[i];
                double used = over > 0 ? rooms[i] : 0;
                free += within * within;
                full += used * used;
                rest += Math.max(over, 0) * used;
            }
            best = Math.min(best, eps * Math.sqrt(free + t * t * full) + rest);
            double left = eps * eps - full;
            double next = left > 0 ? Math.sqrt(free / left) : 0;
            if (!(next < t)) {
                break;
            }
            t = next;
        }
        return best;
    }

    /**
     * As {@link #reachL2} with {@code p_i = min(|a_i|, t)}, whose part is {@code eps t}: the dual of filling the largest coefficients
     * first. Some of them use the radius up, and the best t is the next one after those.
     */
    private double reachL1(double[] a, int offset, int n) {
        double eps = radius[n];
        double t = Double.POSITIVE_INFINITY;
        double filled = 0;
        for (int round = 0; round < ROUNDS_L1 && filled < eps && t > 0; round++) {
            double next = 0;
            for (int i = 0; i < size; i++) {
                double magnitude = Math.abs(a[offset + i]);
                next = magnitude < t && magnitude > next && room(a[offset + i], n * size + i, eps) > 0
                        ? magnitude
                        : next;
            }
            t = next;
            for (int i = 0; i < size; i++) {
                filled += Math.abs(a[offset + i]) == t ? room(a[offset + i], n * size + i, eps) : 0;
            }
        }
        double rest = 0;
        for (int i = 0; i < size; i++) {
            double over = Math.abs(a[offset + i]) - t;
            rest += over > 0 ? over * room(a[offset + i], n * size + i, eps) : 0;
        }
        return eps * t + rest;
    }
}
