package org.jacreg.bounds.certify;

import org.jacreg.report.Fingerprint;

/** A diagonal matrix. */
final class DiagonalMap extends LinearMap {

    private final double[] scale;

    /** Takes the array over. */
    DiagonalMap(double[] scale) {
        super(scale.length, scale.length);
        this.scale = scale;
    }

    /** The factor of all numbers, NaN if there is none. */
    double uniform() {
        double first = scale[0];
        for (double s : scale) {
            first = s == first ? first : Double.NaN;
        }
        return first;
    }

    @Override
    long terms() {
        return 1;
    }

    @Override
    double largest() {
        double largest = 0;
        for (double s : scale) {
            largest = Math.max(largest, Math.abs(s));
        }
        return largest;
    }

    @Override
    double[] forward(double[] x, int batch) {
        double[] y = new double[x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = scale[i % scale.length] * x[i];
        }
        return y;
    }

    @Override
    double[] backward(double[] coefficients, int rows) {
        return forward(coefficients, rows);
    }

    @Override
    void addRow(int output, double factor, double[] target, int offset) {
        target[offset + output] += factor * scale[output];
    }

    @Override
    LinearMap absolute() {
        double[] result = new double[scale.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = Math.abs(scale[i]);
        }
        return new DiagonalMap(result);
    }

    @Override
    LinearMap scaledOutputs(double[] s) {
        double[] result = new double[scale.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = s[i] * scale[i];
        }
        return new DiagonalMap(result);
    }

    @Override
    void addTo(Fingerprint fingerprint) {
        fingerprint.add("diagonal").add(scale);
    }
}
