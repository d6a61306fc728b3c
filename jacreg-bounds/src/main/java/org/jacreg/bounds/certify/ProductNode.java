package org.jacreg.bounds.certify;

import org.jacreg.report.Fingerprint;

/**
 * Products of pairs of numbers of the input.
 *
 * <p>Over the box [l_x, u_x] x [l_y, u_y] the convex hull of {@code x y} lies between the planes {@code x y >= l_y x + l_x y - l_x l_y},
 * {@code x y >= u_y x + u_x y - u_x u_y}, {@code x y <= u_y x + l_x y - l_x u_y} and {@code x y <= l_y x + u_x y - u_x l_y} (McCormick 1976,
 * "Computability of global solutions to factorable nonconvex programs: part I", Mathematical Programming 10). Any mean of the two lower
 * planes is also below. All are equally high at the middle of the box; taken is the one whose least value over the box is largest: with
 * slope 0 by a factor whose partner's sign is open as far as that helps. Whatever slopes come out of that, {@code x y - a x - b y} is bilinear,
 * so its extremes are at the corners, and intercepts are taken from there.
 */
final class ProductNode extends PlaneNode {

    /** Above the relative error of a sum of three products. */
    private static final double EVALUATION = 0x1p-49;

    /** Number i is the product of numbers {@code left[i]} and {@code right[i]} of the input. */
    ProductNode(String name, int input, int[] left, int[] right) {
        super(name, input, pairs(left, right));
    }

    private static int[][] pairs(int[] left, int[] right) {
        int[][] result = new int[left.length][];
        for (int i = 0; i < left.length; i++) {
            result[i] = new int[] {left[i], right[i]};
        }
        return result;
    }

    @Override
    double value(double[] values, int offset, int[] window) {
        return values[offset + window[0]] * values[offset + window[1]];
    }

    @Override
    void bound(NodeBounds in, int from, int[] window, NodeBounds out, Planes planes, int at, Arithmetic arithmetic) {
        int x = from + window[0];
        int y = from + window[1];
        double[] box = {in.lower[x], in.upper[x], in.lower[y], in.upper[y]};
        double largest = Rounding.up(in.magnitude(x) * in.magnitude(y));
        double error = Rounding.up((arithmetic.gamma(1) + Rounding.gamma(1)) * largest + arithmetic.underflow())
                + Rounding.TINY;
        double least = corner(box, 0, 0, 1);
        double most = -corner(box, 0, 0, -1);
        setRange(out, at, least, most, error);
        double doubt = 4 * EVALUATION * largest + Rounding.TINY;
        double[] below = slopes(box, 1);
        double[] above = slopes(box, -1);
        for (int t = 0; t < 2; t++) {
            planes.lowerSlope[2 * at + t] = below[t];
            planes.upperSlope[2 * at + t] = above[t];
        }
        // slopes are no larger than the partner's magnitude
        planes.lowerIntercept[at] = corner(box, below[0], below[1], 1) - doubt;
        planes.upperIntercept[at] = -corner(box, above[0], above[1], -1) + doubt;
    }

    /** The least of {@code sign (x y - a x - b y)} at the corners of a box. */
    private static double corner(double[] box, double a, double b, int sign) {
        double least = Double.POSITIVE_INFINITY;
        for (int corner = 0; corner < 4; corner++) {
            double x = box[corner & 1];
            double y = box[2 + (corner >> 1)];
            least = Math.min(least, sign * (x * y - a * x - b * y));
        }
        return least;
    }

    /** The slopes of the plane below, or for sign -1 above, whose least value over the box is largest. */
    private static double[] slopes(double[] box, int sign) {
        // above: the planes below x (-y)
        double lowerY = sign > 0 ? box[2] : -box[3];
        double upperY = sign > 0 ? box[3] : -box[2];
        double wideX = box[1] - box[0];
        double wideY = upperY - lowerY;
        double[] shares = {0.5, 0, 1, -lowerY / wideY, -box[0] / wideX};
        double best = Double.NEGATIVE_INFINITY;
        double[] result = new double[2];
        for (double share : shares) {
            if (share >= 0 && share <= 1) {
                double a = lowerY + share * wideY;
                double b = box[0] + share * wideX;
                double intercept = -(1 - share) * box[0] * lowerY - share * box[1] * upperY;
                double least = intercept + Math.min(a * box[0], a * box[1]) + Math.min(b * lowerY, b * upperY);
                if (least > best) {
                    best = least;
                    result[0] = sign * a;
                    result[1] = b;
                }
            }
        }
        return result;
    }

    /** Each factor's derivative is the other factor. */
    @Override
    void derivatives(NodeBounds in, int from, int[] window, double[][] range) {
        for (int t = 0; t < 2; t++) {
            range[0][t] = in.lower[from + window[1 - t]];
            range[1][t] = in.upper[from + window[1 - t]];
        }
    }

    @Override
    void addTo(Fingerprint fingerprint) {
        fingerprint.add("product");
        for (int[] window : windows()) {
            fingerprint.add(window);
        }
    }
}
