package org.jacreg.bounds.certify;

import org.jacreg.report.Fingerprint;

/** A matrix with all its entries. */
final class DenseMap extends LinearMap {

    private final double[] weights;

    /** Takes the row-major array over. */
    DenseMap(double[] weights, int outputs, int inputs) {
        super(inputs, outputs);
        this.weights = weights;
    }

    @Override
    long terms() {
        return Math.max(inputs(), outputs());
    }

    @Override
    double largest() {
        double largest = 0;
        for (double w : weights) {
            largest = Math.max(largest, Math.abs(w));
        }
        return largest;
    }

    @Override
    double[] forward(double[] x, int batch) {
        return MatrixProducts.multiplyTransposed(x, weights, batch, outputs(), inputs());
    }

    @Override
    double[] columns(int[] unit, double[] sign) {
        double[] result = new double[Math.multiplyExact(unit.length, outputs())];
        MatrixProducts.forRows(unit.length, 4L * outputs(), r -> {
            for (int i = 0; i < outputs(); i++) {
                result[r * outputs() + i] = sign[r] * weights[i * inputs() + unit[r]];
            }
        });
        return result;
    }

    @Override
    double[] backward(double[] coefficients, int rows) {
        return MatrixProducts.multiply(coefficients, weights, rows, inputs(), outputs());
    }

    @Override
    void addRow(int output, double factor, double[] target, int offset) {
        int from = output * inputs();
        for (int j = 0; j < inputs(); j++) {
            target[offset + j] += factor * weights[from + j];
        }
    }

    @Override
    LinearMap absolute() {
        double[] result = new double[weights.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = Math.abs(weights[i]);
        }
        return new DenseMap(result, outputs(), inputs());
    }

    @Override
    LinearMap scaledOutputs(double[] s) {
        double[] result = new double[weights.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = s[i / inputs()] * weights[i];
        }
        return new DenseMap(result, outputs(), inputs());
    }

    @Override
    void addTo(Fingerprint fingerprint) {
        fingerprint.add("dense").add(weights);
    }
}
