package org.jacreg.bounds.network;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jacreg.bounds.rounding.ComputedSums;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An upper bound of a convolution's operator norm from its symbol.
 *
 * <p>Zeros around the image and a result cut out of an endless one have norm at most 1, so the convolution on all of Z^2 is a
 * bound. A stride s there is no stride on the s^2 subsampled images side by side: tap {@code t dilation} of the window is
 * tap {@code p} of subsample {@code r}, {@code t dilation = p s + r}. Without stride, Fourier series turn the convolution
 * into the matrices {@code A(theta) = sum_p A_p e^{i <p, theta>}}, and its norm is {@code sup_theta ||A(theta)||_op}.
 *
 * <p>The supremum is taken over a grid and then corrected: {@code f(theta) = Re e^{i alpha} u^* A(theta) v}, in one coordinate
 * and with the window centred, has exponential type {@code (P - 1)/2}, P the taps along that axis, so around a maximum M it
 * stays above {@code M cos((P - 1)/2 |theta - theta*|)} (Duffin and Schaeffer 1938), and a grid of N points has one within
 * {@code pi / N}. One axis after the other: {@code sup <= max over the grid / prod cos((P - 1) pi / (2 N))}.
 *
 * <p>On the grid, {@code A(theta) A(theta)^*}, a matrix of the smaller side, is written as a real one of twice the side and
 * tested by {@link LargestEigenvalue}.
 */
final class SymbolBound {

    /** Floating-point operations for which the grid is as fine as it gets: about two seconds. */
    private static final double BUDGET = 4e9;

    /** Points of the grid for every tap but the first; 1/cos is then 1.08 and 1.0001 along each axis. */
    private static final int COARSEST = 4;

    private static final int FINEST = 96;

    /** Points where the matrix's eigenvalue is sought before all others are compared with it. */
    private static final int PROBES = 24;

    /** How far above an eigenvalue found the others are tested: a margin that saves rounds. */
    private static final double MARGIN = 1e-4;

    private final int side;
    private final int inner;
    private final int rowTaps;
    private final int columnTaps;

    /** {@code A_p}, or all of them transposed, whichever is lower than wide; of shape [side, inner] each. */
    private final double[][][] blocks;

    private final int exponent;

    /** {@code R_d = sum_p A_{p+d} A_p^T}, by {@code (d1 + rowTaps - 1) (2 columnTaps - 1) + d2 + columnTaps - 1}. */
    private final double[][][] correlations;

    private SymbolBound(Convolution c) {
        int strideY = c.rows().stride();
        int strideX = c.columns().stride();
        rowTaps = lastTap(c.rows()) / strideY + 1;
        columnTaps = lastTap(c.columns()) / strideX + 1;
        int outputs = c.features().channels();
        int phases = c.image().channels() * strideY * strideX;
        boolean transposed = phases < outputs;
        side = Math.min(phases, outputs);
        inner = Math.max(phases, outputs);
        blocks = new double[rowTaps * columnTaps][side][inner];
        double largest = 0;
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < c.image().channels(); i++) {
                for (int s = 0; s < c.rows().taps(); s++) {
                    for (int t = 0; t < c.columns().taps(); t++) {
                        int y = tap(c.rows(), s);
                        int x = tap(c.columns(), t);
                        int phase = (i * strideY + y % strideY) * strideX + x % strideX;
                        double[][] block = blocks[y / strideY * columnTaps + x / strideX];
                        block[transposed ? phase : o][transposed ? o : phase] = c.weight(o, i, s, t);
                        largest = Math.max(largest, Math.abs(c.weight(o, i, s, t)));
                    }
                }
            }
        }
        exponent = Math.getExponent(largest);
        for (double[][] block : blocks) {
            for (double[] row : block) {
                for (int j = 0; j < inner; j++) {
                    row[j] = Math.scalb(row[j], -exponent);
                }
            }
        }
        correlations = correlations();
    }

    /** Without stride, dilation changes where the supremum is but not its value. */
    private static int tap(SlidingAxis axis, int tap) {
        return axis.stride() == 1 ? tap : tap * axis.dilation();
    }

    private static int lastTap(SlidingAxis axis) {
        return tap(axis, axis.taps() - 1);
    }

    /** The bound, rounded outward, for a convolution with a weight other than 0. */
    static double of(Convolution convolution) {
        return new SymbolBound(convolution).bound();
    }

    private double[][][] correlations() {
        double[][][] result = new double[(2 * rowTaps - 1) * (2 * columnTaps - 1)][side][side];
        double[][] all = new double[blocks.length * side][];
        for (int p = 0; p < blocks.length; p++) {
            System.arraycopy(blocks[p], 0, all, p * side, side);
        }
        try (INDArray stacked = Nd4j.createFromArray(all)) {
            for (int q = 0; q < blocks.length; q++) {
                try (INDArray block = Nd4j.createFromArray(blocks[q]);
                        INDArray products = stacked.mmul(block.transpose())) {
                    addProducts(result, q, products.toDoubleMatrix());
                }
            }
        }
        return result;
    }

    private void addProducts(double[][][] into, int q, double[][] products) {
        for (int p = 0; p < blocks.length; p++) {
            int dy = p / columnTaps - q / columnTaps + rowTaps - 1;
            int dx = p % columnTaps - q % columnTaps + columnTaps - 1;
            double[][] target = into[dy * (2 * columnTaps - 1) + dx];
            for (int i = 0; i < side; i++) {
                for (int j = 0; j < side; j++) {
                    target[i][j] += products[p * side + i][j];
                }
            }
        }
    }

    private double bound() {
        int ratio = ratio();
        int gridY = rowTaps == 1 ? 1 : ratio * (rowTaps - 1);
        int gridX = columnTaps == 1 ? 1 : ratio * (columnTaps - 1);
        List<int[]> points = new ArrayList<>();
        for (int y = 0; y <= gridY / 2; y++) {
            for (int x = 0; x < gridX; x++) {
                points.add(new int[] {y, x});
            }
        }
        double squared = largestOver(points, gridY, gridX);
        double cosines = cosine(rowTaps, gridY) * cosine(columnTaps, gridX);
        return Math.scalb(ComputedSums.above(Math.sqrt(squared) / cosines, 4), exponent);
    }

    /** The finest grid within the budget; the points with a negative first coordinate are the others' conjugates. */
    private int ratio() {
        double perPoint = Math.pow(2.0 * side, 3) / 3 + 4.0 * correlations.length * side * side;
        double perSquaredRatio = Math.max(rowTaps - 1, 1) * Math.max(columnTaps - 1, 1) / 2.0;
        boolean oneAxis = rowTaps == 1 || columnTaps == 1;
        double ratio = BUDGET / perPoint / perSquaredRatio;
        return (int) Math.max(COARSEST, Math.min(FINEST, oneAxis ? ratio : Math.sqrt(ratio)));
    }

    private static double cosine(int taps, int grid) {
        return taps == 1 ? 1 : Math.cos((taps - 1) * Math.PI / (2 * grid));
    }

    /** An upper bound of the largest eigenvalue of the matrices at some points; the same for any number of threads. */
    private double largestOver(List<int[]> points, int gridY, int gridX) {
        double error = error();
        double bound = 0;
        List<int[]> above = points;
        while (!above.isEmpty()) {
            List<int[]> untested = above;
            int step = Math.max(1, untested.size() / PROBES);
            double found = IntStream.iterate(0, k -> k < untested.size(), k -> k + step)
                    .parallel()
                    .mapToDouble(k -> LargestEigenvalue.bound(gram(untested.get(k), gridY, gridX), error))
                    .max()
                    .orElseThrow();
            double t = Math.max(bound, found * (1 + MARGIN));
            bound = t;
            above = untested.parallelStream()
                    .filter(point -> !LargestEigenvalue.isBelow(gram(point, gridY, gridX), t))
                    .toList();
        }
        return bound + LargestEigenvalue.factorisationError(2 * side, bound) + error;
    }

    /**
     * Sums of {@code inner} products, over at most as many pairs of taps as there are, times cosines that are off by a few
     * 2^-53: relative to {@code (sum_p ||A_p||_F)^2}, which is above the norm of the sum of the terms' absolute values.
     */
    private double error() {
        double norms = 0;
        for (double[][] block : blocks) {
            double squares = 0;
            for (double[] row : block) {
                for (double weight : row) {
                    squares += weight * weight;
                }
            }
            norms += Math.sqrt(squares);
        }
        long terms = inner + 4L * correlations.length + blocks.length + 64;
        return ComputedSums.above(norms * norms, (long) side * inner + blocks.length) * terms * 0x1p-50;
    }

    /** {@code [[Re, -Im], [Im, Re]]} of {@code A(theta) A(theta)^* = sum_d R_d e^{i <d, theta>}}. */
    private double[][] gram(int[] point, int gridY, int gridX) {
        double[][] g = new double[2 * side][2 * side];
        for (int d = 0; d < correlations.length; d++) {
            int dy = d / (2 * columnTaps - 1) - rowTaps + 1;
            int dx = d % (2 * columnTaps - 1) - columnTaps + 1;
            // whole turns are left out before there is anything to round
            double turns = (double) Math.floorMod((long) dy * point[0], (long) gridY) / gridY
                    + (double) Math.floorMod((long) dx * point[1], (long) gridX) / gridX;
            double cos = Math.cos(2 * Math.PI * turns);
            double sin = Math.sin(2 * Math.PI * turns);
            for (int i = 0; i < side; i++) {
                addScaled(g[i], g[i + side], correlations[d][i], cos, sin);
            }
        }
        for (int i = 0; i < side; i++) {
            for (int j = 0; j < side; j++) {
                g[i + side][j + side] = g[i][j];
                g[i][j + side] = -g[i + side][j];
            }
        }
        return g;
    }

    private static void addScaled(double[] real, double[] imaginary, double[] row, double cos, double sin) {
        for (int j = 0; j < row.length; j++) {
            real[j] += cos * row[j];
            imaginary[j] += sin * row[j];
        }
    }
}
