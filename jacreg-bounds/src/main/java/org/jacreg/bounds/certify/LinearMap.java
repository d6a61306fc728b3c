package org.jacreg.bounds.certify;

import org.jacreg.report.Fingerprint;

/** A matrix {@code W} of shape [outputs, inputs], applied to the rows of row-major arrays. Immutable. */
abstract sealed class LinearMap permits DenseMap, SparseMap, DiagonalMap {

    private final int inputs;
    private final int outputs;

    LinearMap(int inputs, int outputs) {
        this.inputs = inputs;
        this.outputs = outputs;
    }

    final int inputs() {
        return inputs;
    }

    final int outputs() {
        return outputs;
    }

    /** The largest number of terms in a sum, along rows or columns. */
    abstract long terms();

    /** Whether every output is a copy of one input. */
    boolean copies() {
        return false;
    }

    /** The largest absolute value of an entry. */
    abstract double largest();

    /** {@code X W^T}: the map applied to {@code batch} rows of length {@link #inputs}. */
    abstract double[] forward(double[] x, int batch);

    /** The columns {@code unit_r} of W times {@code sign_r}, as rows. */
    double[] columns(int[] unit, double[] sign) {
        double[] x = new double[Math.multiplyExact(unit.length, inputs)];
        for (int r = 0; r < unit.length; r++) {
            x[r * inputs + unit[r]] = sign[r];
        }
        return forward(x, unit.length);
    }

    /** {@code L W}: what functionals of the outputs, as {@code rows} rows, are as functionals of the inputs. */
    abstract double[] backward(double[] coefficients, int rows);

    /** Adds a multiple of one row of W. */
    abstract void addRow(int output, double factor, double[] target, int offset);

    /** Adds the entries and how they are held to a hash. */
    abstract void addTo(Fingerprint fingerprint);

    /** {@code |W|}. */
    abstract LinearMap absolute();

    /** {@code diag(s) W}. */
    abstract LinearMap scaledOutputs(double[] s);
}
