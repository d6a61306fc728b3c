package org.jacreg.bounds.certify;

import java.util.Arrays;
import org.jacreg.report.Fingerprint;

/**
 * The maximum over windows of the input.
 *
 * <p>Lower line: the entry with the largest lower bound. Upper line, for any g not below the largest lower bound L: {@code max_i x_i <= g
 * + sum_i max(x_i - g, 0)}, each term under its chord {@code (u_i - g) (x_i - l_i) / (u_i - l_i)} if {@code u_i > g}. At the middle of the
 * box that is {@code g + sum_i max(u_i - g, 0) / 2}, least for g the third largest upper bound, or L if that is larger. If one entry's
 * lower bound is above all other upper bounds, it is the maximum.
 */
final class MaximumNode extends NonlinearNode {

    private final int[][] windows;

    MaximumNode(String name, int input, int[][] windows) {
        super(name, windows.length, input);
        this.windows = Arrays.stream(windows).map(int[]::clone).toArray(int[][]::new);
    }

    @Override
    double[] evaluate(double[]... values) {
        double[] y = new double[size()];
        for (int i = 0; i < y.length; i++) {
            y[i] = Double.NEGATIVE_INFINITY;
            for (int j : windows[i]) {
                y[i] = Math.max(y[i], values[0][j]);
            }
        }
        return y;
    }

    @Override
    NodeBounds forward(Pass pass) {
        NodeBounds in = pass.bounds(input(0));
        NodeBounds out = new NodeBounds(pass.samples(), size());
        for (int n = 0; n < pass.samples(); n++) {
            for (int i = 0; i < size(); i++) {
                int at = n * size() + i;
                double lower = Double.NEGATIVE_INFINITY;
                double upper = Double.NEGATIVE_INFINITY;
                double magnitudes = 0;
                for (int j : windows[i]) {
                    lower = Math.max(lower, in.lower[n * in.size + j]);
                    upper = Math.max(upper, in.upper[n * in.size + j]);
                    magnitudes += in.magnitude(n * in.size + j);
                }
                out.lower[at] = lower;
                out.upper[at] = upper;
                // slopes are at most 1; the intercept of the upper line is at most the sum of the magnitudes and g
                out.error[at] = Rounding.up(Rounding.gamma(size() + 8L * windows[i].length) * 4 * magnitudes);
            }
        }
        return out;
    }

    @Override
    void markUndecided(NodeBounds in, boolean[] wanted) {
        for (int n = 0; n < wanted.length / in.size; n++) {
            for (int[] window : windows) {
                int first = largestLower(window, in, n);
                if (!decided(window, first, in, n)) {
                    for (int j : window) {
                        int at = n * in.size + j;
                        wanted[at] |= in.lower[at] < in.upper[at] && in.upper[at] > in.lower[n * in.size + first];
                    }
                }
            }
        }
    }

    private static int largestLower(int[] window, NodeBounds in, int n) {
        int best = window[0];
        for (int j : window) {
            best = in.lower[n * in.size + j] > in.lower[n * in.size + best] ? j : best;
        }
        return best;
    }

    private static boolean decided(int[] window, int first, NodeBounds in, int n) {
        for (int j : window) {
            if (j != first && in.upper[n * in.size + j] > in.lower[n * in.size + first]) {
                return false;
            }
        }
        return true;
    }

    /** The larger of the third largest upper bound and the largest lower bound. */
    private static double pivot(int[] window, double largestLower, NodeBounds in, int n) {
        double first = Double.NEGATIVE_INFINITY;
        double second = Double.NEGATIVE_INFINITY;
        double third = Double.NEGATIVE_INFINITY;
        for (int j : window) {
            double u = in.upper[n * in.size + j];
            if (u > first) {
                third = second;
                second = first;
                first = u;
            } else if (u > second) {
                third = second;
                second = u;
            } else if (u > third) {
                third = u;
            }
        }
        return Math.max(third, largestLower);
    }

    @Override
    void backward(Functionals functionals, double[] coefficients, Pass pass) {
        NodeBounds in = pass.bounds(input(0));
        double[] result = new double[Math.multiplyExact(functionals.rows, in.size)];
        MatrixProducts.forRows(functionals.rows, 8L * size(), r -> {
            double sum = 0;
            for (int i = 0; i < size(); i++) {
                double c = coefficients[r * size() + i];
                if (c != 0) {
                    sum += carry(c, windows[i], in, functionals.sample[r], result, r * in.size);
                }
            }
            functionals.addConstant(r, sum);
        });
        functionals.add(input(0), result, in);
    }

    /** The maximum itself, which lies between the lines: what follows is a direction of search, not a bound. */
    @Override
    double[] follow(double[][] values, Functionals functionals, SlopeChoice choice, Pass pass) {
        int width = pass.bounds(input(0)).size;
        double[] y = new double[functionals.rows * size()];
        for (int i = 0; i < y.length; i++) {
            double largest = Double.NEGATIVE_INFINITY;
            for (int j : windows[i % size()]) {
                largest = Math.max(largest, values[0][i / size() * width + j]);
            }
            y[i] = largest;
        }
        return y;
    }

    /** Adds one window's coefficients to those of the input; gives the constant. */
    private static double carry(double c, int[] window, NodeBounds in, int n, double[] result, int offset) {
        int first = largestLower(window, in, n);
        if (c > 0 || decided(window, first, in, n)) {
            result[offset + first] += c;
            return 0;
        }
        double pivot = pivot(window, in.lower[n * in.size + first], in, n);
        double intercept = pivot;
        for (int j : window) {
            double l = in.lower[n * in.size + j];
            double u = in.upper[n * in.size + j];
            if (u > pivot) {
                double slope = (u - pivot) / (u - l);
                result[offset + j] += c * slope;
                intercept -= slope * l;
            }
        }
        return c * intercept;
    }

    /** The entries of a window that may be its maximum somewhere. */
    int[] candidates(int i, NodeBounds in, int n) {
        double least = in.lower[n * in.size + largestLower(windows[i], in, n)];
        return Arrays.stream(windows[i])
                .filter(j -> in.upper[n * in.size + j] >= least)
                .toArray();
    }

    @Override
    void addTo(Fingerprint fingerprint) {
        fingerprint.add("maximum");
        for (int[] window : windows) {
            fingerprint.add(window);
        }
    }
}
