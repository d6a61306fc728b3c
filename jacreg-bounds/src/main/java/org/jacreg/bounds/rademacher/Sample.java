package org.jacreg.bounds.rademacher;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A checked copy of a sample in float64, multiplied by a power of two that brings its largest entry into [1, 2), so
 * that squares neither overflow nor vanish. {@code value = scaled * 2^exponent}.
 *
 * <p>An entry below {@code 2^-1022} of the largest one may be rounded to zero; its share in any norm is then below
 * {@code 2^-1000} of that norm.
 */
final class Sample {

    private final double[][] rows;
    private final int width;
    private final int exponent;

    private Sample(double[][] rows, int width, int exponent) {
        this.rows = rows;
        this.width = width;
        this.exponent = exponent;
    }

    /** Copies {@code x}, shape [n, d]; {@code name} stands in error messages. */
    static Sample of(String name, INDArray x) {
        return of(name, x, 0);
    }

    /** Copies {@code x}, shape [n, d]; the scale also covers {@code largest}, a checked nonnegative number. */
    static Sample of(String name, INDArray x, double largest) {
        requireMatrix(name, x);
        int n = Math.toIntExact(x.size(0));
        int d = Math.toIntExact(x.size(1));
        double[] flat = x.castTo(DataType.DOUBLE).dup('c').data().asDouble();
        double max = largest;
        for (int k = 0; k < n * d; k++) {
            if (!Double.isFinite(flat[k])) {
                throw new IllegalArgumentException(name + "[" + k / d + ", " + k % d + "]: got " + flat[k]
                        + ", wanted a finite number; remove or repair that row");
            }
            max = Math.max(max, Math.abs(flat[k]));
        }
        int exponent = max == 0 ? 0 : Math.getExponent(max);
        double[][] rows = new double[n][d];
        for (int k = 0; k < n * d; k++) {
            rows[k / d][k % d] = Math.scalb(flat[k], -exponent);
        }
        return new Sample(rows, d, exponent);
    }

    private static void requireMatrix(String name, INDArray x) {
        if (x.rank() != 2) {
            throw new IllegalArgumentException(name + ": got shape " + Arrays.toString(x.shape())
                    + ", wanted a matrix [n, d]; flatten each input to one row");
        }
        if (x.isEmpty() || x.size(0) < 1 || x.size(1) < 1) {
            throw new IllegalArgumentException(name + ": got an empty array of shape " + Arrays.toString(x.shape())
                    + ", wanted [n, d] with n >= 1 and d >= 1");
        }
        if (!x.dataType().isNumerical()) {
            throw new IllegalArgumentException(name + ": got type " + x.dataType() + ", wanted numbers");
        }
        if (x.length() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    name + ": got " + x.length() + " entries, wanted at most " + Integer.MAX_VALUE);
        }
    }

    /** Row i becomes {@code y_i x_i}; labels of shape [n] or [n, 1], each -1 or +1. Returns a new sample. */
    Sample signedBy(INDArray labels) {
        int n = size();
        boolean column = labels.rank() == 1 || (labels.rank() == 2 && labels.size(1) == 1);
        if (!column || labels.size(0) != n) {
            throw new IllegalArgumentException("labels: got shape " + Arrays.toString(labels.shape())
                    + ", wanted one label a row: [" + n + "] or [" + n + ", 1]");
        }
        double[] y = labels.castTo(DataType.DOUBLE).dup('c').data().asDouble();
        double[][] signed = new double[n][width];
        for (int i = 0; i < n; i++) {
            if (!(Math.abs(y[i]) == 1)) {
                throw new IllegalArgumentException(
                        "labels[" + i + "]: got " + y[i] + ", wanted -1 or +1; map labels 0 and 1 to 2 y - 1");
            }
            for (int j = 0; j < width; j++) {
                signed[i][j] = y[i] * rows[i][j];
            }
        }
        return new Sample(signed, width, exponent);
    }

    int size() {
        return rows.length;
    }

    int width() {
        return width;
    }

    int exponent() {
        return exponent;
    }

    /** The scaled row i itself, not a copy: read only. */
    double[] row(int i) {
        return rows[i];
    }

    /** The Euclidean norms of the scaled columns, length d, fresh array. */
    double[] columnNorms() {
        double[] squares = new double[width];
        for (double[] row : rows) {
            for (int j = 0; j < width; j++) {
                squares[j] += row[j] * row[j];
            }
        }
        for (int j = 0; j < width; j++) {
            squares[j] = Math.sqrt(squares[j]);
        }
        return squares;
    }

    /** Undoes the scale. */
    double unscale(double scaled) {
        return Math.scalb(scaled, exponent);
    }
}
