package org.jacreg.bounds.certify;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.jacreg.classifier.InputBox;

/** A rectifier network, with the intervals of its units' derivatives over a box, by plain interval arithmetic. */
record Rectifiers(double[][][] weights, double[][] biases, double[] x, double radius, double[][] low, double[][] high) {

    static Rectifiers random(long seed, int sign, double radius, int... widths) {
        Random random = new Random(seed);
        double[][][] w = new double[widths.length - 1][][];
        double[][] b = new double[w.length][];
        for (int l = 0; l < w.length; l++) {
            w[l] = TestNet.weights(random, widths[l + 1], widths[l], 1.3 / Math.sqrt(widths[l]));
            b[l] = TestNet.vector(random, widths[l + 1], 0.3);
            for (double[] row : w[l]) {
                for (int j = 0; l > 0 && sign > 0 && j < row.length; j++) {
                    row[j] = Math.abs(row[j]);
                }
            }
        }
        return of(w, b, TestNet.vector(random, widths[0], 1), radius);
    }

    /** Of given weights; takes the arrays over. */
    static Rectifiers of(double[][][] w, double[][] b, double[] x, double radius) {
        double[][] low = new double[w.length - 1][];
        double[][] high = new double[w.length - 1][];
        double[] below = x.clone();
        double[] above = x.clone();
        for (int i = 0; i < x.length; i++) {
            below[i] -= radius;
            above[i] += radius;
        }
        for (int l = 0; l < low.length; l++) {
            double[] nextBelow = b[l].clone();
            double[] nextAbove = b[l].clone();
            for (int i = 0; i < nextBelow.length; i++) {
                for (int j = 0; j < below.length; j++) {
                    nextBelow[i] += Math.min(w[l][i][j] * below[j], w[l][i][j] * above[j]);
                    nextAbove[i] += Math.max(w[l][i][j] * below[j], w[l][i][j] * above[j]);
                }
            }
            low[l] = new double[nextBelow.length];
            high[l] = new double[nextBelow.length];
            for (int i = 0; i < nextBelow.length; i++) {
                low[l][i] = nextBelow[i] > 0 ? 1 : 0;
                high[l][i] = nextAbove[i] > 0 ? 1 : 0;
                nextBelow[i] = Math.max(0, nextBelow[i]);
                nextAbove[i] = Math.max(0, nextAbove[i]);
            }
            below = nextBelow;
            above = nextAbove;
        }
        return new Rectifiers(w, b, x, radius, low, high);
    }

    JacobianBounds bounds(JacobianMethod method) {
        BoundGraphBuilder builder = BoundGraph.builder(x.length);
        int h = 0;
        for (int l = 0; l < weights.length; l++) {
            h = builder.dense(
                    l == 0 ? 0 : builder.activation(h, ActivationFunction.of(Kind.RELU)), weights[l], biases[l]);
        }
        BoundGraph graph = builder.build(h, Arithmetic.REAL);
        double[][] rows = new double[graph.classes()][graph.classes()];
        for (int c = 0; c < rows.length; c++) {
            rows[c][c] = 1;
        }
        return JacobianBounds.of(
                        graph,
                        BoundMethod.INTERVAL,
                        method,
                        BallNorm.LINF,
                        InputBox.unbounded(),
                        Arithmetic.REAL,
                        x,
                        new double[] {radius},
                        rows)
                .get(0);
    }

    int openUnits() {
        int open = 0;
        for (int l = 0; l < low.length; l++) {
            for (int i = 0; i < low[l].length; i++) {
                open += low[l][i] < high[l][i] ? 1 : 0;
            }
        }
        return open;
    }

    /** The largest entries [class, input] of the product of layers over all patterns of open units, times {@code sign}. */
    double[][] extremes(int sign) {
        double[][] most = new double[weights[weights.length - 1].length][x.length];
        for (double[] row : most) {
            Arrays.fill(row, Double.NEGATIVE_INFINITY);
        }
        for (int pattern = 0; pattern < 1 << openUnits(); pattern++) {
            double[][] product = weights[0];
            int bit = 0;
            for (int l = 0; l < low.length; l++) {
                double[][] next = new double[weights[l + 1].length][x.length];
                for (int i = 0; i < low[l].length; i++) {
                    boolean open = low[l][i] < high[l][i];
                    double d = open ? pattern >> bit++ & 1 : low[l][i];
                    for (int c = 0; c < next.length; c++) {
                        for (int j = 0; j < x.length; j++) {
                            next[c][j] += weights[l + 1][c][i] * d * product[i][j];
                        }
                    }
                }
                product = next;
            }
            for (int c = 0; c < most.length; c++) {
                for (int j = 0; j < x.length; j++) {
                    most[c][j] = Math.max(most[c][j], sign * product[c][j]);
                }
            }
        }
        return most;
    }

    /** The least and the largest exact entry of a class and an input over all patterns. */
    BigDecimal[] exactRange(int c, int j) {
        BigDecimal[] range = {exactProduct(0)[c][j], exactProduct(0)[c][j]};
        for (int pattern = 1; pattern < 1 << openUnits(); pattern++) {
            BigDecimal entry = exactProduct(pattern)[c][j];
            range[0] = range[0].min(entry);
            range[1] = range[1].max(entry);
        }
        return range;
    }

    BigDecimal[][] exactProduct(int pattern) {
        BigDecimal[][] product = new BigDecimal[weights[0].length][x.length];
        for (int i = 0; i < product.length; i++) {
            int row = i;
            Arrays.setAll(product[i], j -> new BigDecimal(weights[0][row][j]));
        }
        int bit = 0;
        for (int l = 0; l < low.length; l++) {
            BigDecimal[][] next = new BigDecimal[weights[l + 1].length][x.length];
            for (BigDecimal[] row : next) {
                Arrays.fill(row, BigDecimal.ZERO);
            }
            for (int i = 0; i < low[l].length; i++) {
                boolean open = low[l][i] < high[l][i];
                double d = open ? pattern >> bit++ & 1 : low[l][i];
                for (int c = 0; c < next.length && d > 0; c++) {
                    for (int j = 0; j < x.length; j++) {
                        next[c][j] = next[c][j].add(new BigDecimal(weights[l + 1][c][i]).multiply(product[i][j]));
                    }
                }
            }
            product = next;
        }
        return product;
    }

    /**
     * Bounds of the derivative of logit c by the values in front of weights k, [unit][lower, upper], as the paper has it, and never
     * looser than the product of intervals.
     */
    double[][] recursion(int c, int k) {
        double[][] y = new double[weights[k][0].length][];
        if (k == weights.length - 1) {
            for (int i = 0; i < y.length; i++) {
                y[i] = new double[] {weights[k][c][i], weights[k][c][i]};
            }
            return y;
        }
        double[][][] behind = new double[weights.length][][];
        for (int l = k + 1; l < weights.length; l++) {
            behind[l] = recursion(c, l);
        }
        for (int j = 0; j < y.length; j++) {
            double[] interval = new double[2];
            for (int i = 0; i < weights[k].length; i++) {
                double[] g = behind[k + 1][i];
                double w = weights[k][i][j];
                double[] products = {
                    w * low[k][i] * g[0], w * low[k][i] * g[1], w * high[k][i] * g[0], w * high[k][i] * g[1]
                };
                interval[0] += Arrays.stream(products).min().orElseThrow();
                interval[1] += Arrays.stream(products).max().orElseThrow();
            }
            int column = j;
            double upper = deeper(c, k, behind, i -> weights[k][i][column]);
            double lower = -deeper(c, k, behind, i -> -weights[k][i][column]);
            boolean sure = k > 0 && (interval[0] >= 0 || interval[1] <= 0 || low[k - 1][j] == high[k - 1][j]);
            y[j] = sure ? interval : new double[] {Math.max(lower, interval[0]), Math.min(upper, interval[1])};
        }
        return y;
    }

    /** An upper bound of {@code sum_i w_i D_i g_i}, g the derivatives behind the units of layer k. */
    private double deeper(int c, int k, double[][][] behind, IntToDoubleFunction w) {
        if (k == low.length) {
            return w.applyAsDouble(c);
        }
        double[] merged = new double[low[k].length];
        double constant = 0;
        for (int i = 0; i < merged.length; i++) {
            double v = w.applyAsDouble(i);
            double[] g = behind[k + 1][i];
            if (low[k][i] == high[k][i]) {
                merged[i] = v * low[k][i];
            } else if (g[0] >= 0) {
                merged[i] = v * (v > 0 ? high[k][i] : low[k][i]);
            } else if (g[1] <= 0) {
                merged[i] = v * (v > 0 ? low[k][i] : high[k][i]);
            } else {
                constant += Math.max(v * high[k][i] * g[0], v * high[k][i] * g[1]);
            }
        }
        return constant
                + deeper(c, k + 1, behind, m -> {
                    double sum = 0;
                    for (int i = 0; i < merged.length; i++) {
                        sum += weights[k + 1][m][i] * merged[i];
                    }
                    return sum;
                });
    }
}
