package org.jacreg.attacks.threat;

import org.jacreg.classifier.InputBox;

/**
 * How far every entry may move before it meets the box, and how far a perturbation must shrink to fit into a Euclidean
 * ball once it is clipped to the box.
 */
final class BoxSlack {

    private final double[] centers;
    private final InputBox box;

    private BoxSlack(double[] centers, InputBox box) {
        this.centers = centers;
        this.box = box;
    }

    /*
     * The nearest point of ball and box to x + u is x + clip(s u, a, b), a = lower - x <= 0 <= b = upper - x, where
     * s = 1 / (1 + tau) and tau >= 0 is the multiplier of the ball: this is the stationarity condition
     * d = clip(u - tau d). With t = s^2 and c_j the slack on the side to which u_j points,
     *
     *     phi(t) = ||clip(s u)||^2 = sum_j min(t u_j^2, c_j^2),
     *
     * increasing, concave and piecewise linear in t, is to equal epsilon^2. Newton's iteration started left of the root
     * (t = epsilon^2 / ||u||^2 is) stays left of it, because a tangent of a concave function lies above it, grows
     * strictly from piece to piece and ends exactly when it meets the root's piece: at most D + 1 iterations. On
     * MNIST under PGD it took two or three passes, rarely four, against some fifty of a bisection on tau in double.
     */

    static BoxSlack of(Centers centers, InputBox box) {
        return new BoxSlack(centers.host(), box);
    }

    /**
     * The factor {@code s} with {@code ||clip(s u)|| = epsilon}.
     *
     * @param u perturbations, row-major, those of all samples; one whose clipped norm exceeds {@code epsilon} stands at
     *     {@code offset}
     * @return {@code s} in (0, 1)
     */
    double scaleIntoBall(double[] u, int offset, int length, double epsilon) {
        double total = 0;
        for (int k = offset; k < offset + length; k++) {
            total += u[k] * u[k];
        }
        double target = epsilon * epsilon;
        double t = target / total;
        for (int iteration = 0; iteration <= length; iteration++) {
            double next = newton(u, offset, length, t, target);
            if (!(next > t)) {
                break;
            }
            t = next;
        }
        return Math.sqrt(Math.min(t, 1));
    }

    private double newton(double[] u, int offset, int length, double t, double target) {
        double free = 0;
        double fixed = 0;
        for (int k = offset; k < offset + length; k++) {
            double square = u[k] * u[k];
            double slack = (u[k] > 0 ? box.upper() : box.lower()) - centers[k];
            if (t * square < slack * slack) {
                free += square;
            } else {
                fixed += slack * slack;
            }
        }
        return free > 0 ? (target - fixed) / free : t;
    }
}
