package org.jacreg.bounds.network;

import java.util.function.DoubleUnaryOperator;
import org.jacreg.bounds.rounding.ComputedSums;
import org.jacreg.report.Fingerprint;

/** A dense layer {@code x -> W x + b}. */
public final class Affine implements LinearLayer {

    private final String name;
    private final double[][] rows;
    private final double[] bias;
    private final long biasCount;

    /**
     * Makes a dense layer with as many free biases as outputs.
     *
     * @param name the layer's name
     * @param weights {@code W} of shape [outputs, inputs]; copied
     * @param bias {@code b}, one number for every output; copied
     * @throws IllegalArgumentException if a side is empty, rows differ in length, the bias does not fit, or a number is not
     *     finite
     */
    public Affine(String name, double[][] weights, double[] bias) {
        this(name, copy(weights), bias.clone(), bias.length);
    }

    /** Takes the arrays over. */
    Affine(String name, double[][] rows, double[] bias, long biasCount) {
        if (rows.length == 0 || rows[0].length == 0 || bias.length != rows.length) {
            throw new IllegalArgumentException("layer '" + name + "': got " + rows.length + " rows and " + bias.length
                    + " biases, wanted at least one row, at least one column, and one bias for every row");
        }
        for (double[] row : rows) {
            if (row.length != rows[0].length) {
                throw new IllegalArgumentException("layer '" + name + "': got rows of " + rows[0].length + " and "
                        + row.length + " numbers, wanted equally many");
            }
            Finite.require(name, "weights", row);
        }
        Finite.require(name, "bias", bias);
        this.name = name;
        this.rows = rows;
        this.bias = bias;
        this.biasCount = biasCount;
    }

    private static double[][] copy(double[][] rows) {
        double[][] copy = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            copy[i] = rows[i].clone();
        }
        return copy;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int inputs() {
        return rows[0].length;
    }

    @Override
    public int outputs() {
        return rows.length;
    }

    /**
     * One row of the matrix.
     *
     * @param output in [0, outputs)
     * @return {@code W_output}, a fresh array
     */
    public double[] row(int output) {
        return rows[output].clone();
    }

    @Override
    public double[] bias() {
        return bias.clone();
    }

    @Override
    public double[] multiply(double[] x) {
        double[] y = new double[rows.length];
        for (int i = 0; i < y.length; i++) {
            double[] row = rows[i];
            double sum = 0;
            for (int j = 0; j < row.length; j++) {
                sum += row[j] * x[j];
            }
            y[i] = sum;
        }
        return y;
    }

    @Override
    public double[] multiplyTransposed(double[] y) {
        double[] x = new double[inputs()];
        for (int i = 0; i < rows.length; i++) {
            double factor = y[i];
            double[] row = rows[i];
            for (int j = 0; j < x.length; j++) {
                x[j] += factor * row[j];
            }
        }
        return x;
    }

    @Override
    public LinearLayer absolute() {
        double[][] result = copy(rows);
        for (double[] row : result) {
            for (int j = 0; j < row.length; j++) {
                row[j] = Math.abs(row[j]);
            }
        }
        return new Affine(name, result, new double[rows.length], 0);
    }

    @Override
    public LinearLayer minus(LinearLayer other) {
        if (!(other instanceof Affine that) || that.inputs() != inputs() || that.outputs() != outputs()) {
            throw Mismatch.of(this, other);
        }
        double[][] result = copy(rows);
        double[] b = bias.clone();
        for (int i = 0; i < result.length; i++) {
            b[i] -= that.bias[i];
            for (int j = 0; j < result[i].length; j++) {
                result[i][j] -= that.rows[i][j];
            }
        }
        return new Affine(name, result, b, biasCount);
    }

    @Override
    public LinearLayer squared() {
        double[][] result = copy(rows);
        for (double[] row : result) {
            Elements.square(row);
        }
        return new Affine(name, result, Elements.square(bias.clone()), biasCount);
    }

    @Override
    public LinearLayer changed(DoubleUnaryOperator change) {
        double[][] result = copy(rows);
        for (double[] row : result) {
            Elements.change(row, change);
        }
        double[] b = bias.clone();
        return new Affine(name, result, biasCount == 0 ? b : Elements.change(b, change), biasCount);
    }

    /** {@code s . (W x + b) + t}. */
    Affine scaledOutputs(double[] s, double[] t) {
        double[][] result = copy(rows);
        double[] b = new double[bias.length];
        for (int i = 0; i < b.length; i++) {
            b[i] = s[i] * bias[i] + t[i];
            for (int j = 0; j < result[i].length; j++) {
                result[i][j] *= s[i];
            }
        }
        return new Affine(name, result, b, b.length);
    }

    /** {@code W (s . x + t) + b}. */
    Affine scaledInputs(double[] s, double[] t) {
        double[] b = multiply(t);
        double[][] result = copy(rows);
        for (int i = 0; i < b.length; i++) {
            b[i] += bias[i];
            for (int j = 0; j < s.length; j++) {
                result[i][j] *= s[j];
            }
        }
        return new Affine(name, result, b, biasCount);
    }

    /** {@code [[W, b], [0, 1]]}, or {@code [W, b]}. */
    Affine homogeneous(boolean withLastRow) {
        int n = inputs();
        double[][] result = new double[rows.length + (withLastRow ? 1 : 0)][n + 1];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, result[i], 0, n);
            result[i][n] = bias[i];
        }
        if (withLastRow) {
            result[rows.length][n] = 1;
        }
        return new Affine(name, result, new double[result.length], 0);
    }

    @Override
    public long weightCount() {
        return (long) rows.length * inputs();
    }

    @Override
    public long biasCount() {
        return biasCount;
    }

    @Override
    public double[] rowL2() {
        double[] norms = new double[rows.length];
        for (int i = 0; i < norms.length; i++) {
            norms[i] = ComputedSums.norm(rows[i]);
        }
        return norms;
    }

    @Override
    public double[] rowL1() {
        double[] norms = new double[rows.length];
        for (int i = 0; i < norms.length; i++) {
            norms[i] = ComputedSums.absoluteSum(rows[i]);
        }
        return norms;
    }

    @Override
    public double[] columnL1() {
        double[] sums = new double[inputs()];
        for (double[] row : rows) {
            for (int j = 0; j < sums.length; j++) {
                sums[j] += Math.abs(row[j]);
            }
        }
        for (int j = 0; j < sums.length; j++) {
            sums[j] = ComputedSums.above(sums[j], rows.length);
        }
        return sums;
    }

    @Override
    public double operatorNorm() {
        return DenseGram.operatorNorm(rows);
    }

    @Override
    public void addTo(Fingerprint fingerprint) {
        fingerprint.add("affine").add(bias);
        for (double[] row : rows) {
            fingerprint.add(row);
        }
    }
}
