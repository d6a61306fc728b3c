package org.jacreg.bounds.certify;

import java.util.Arrays;
import org.jacreg.report.Fingerprint;

/** A matrix of which few entries are not zero: convolutions, mean pooling, selections. Held by rows. */
final class SparseMap extends LinearMap {

    private final int[] starts;
    private final int[] columns;
    private final double[] values;
    private final long terms;

    private SparseMap(int inputs, int[] starts, int[] columns, double[] values) {
        super(inputs, starts.length - 1);
        this.starts = starts;
        this.columns = columns;
        this.values = values;
        this.terms = countTerms();
    }

    /** Output i is input {@code source[i]}. */
    static SparseMap selection(int inputs, int[] source) {
        int[] starts = new int[source.length + 1];
        Arrays.setAll(starts, i -> i);
        double[] ones = new double[source.length];
        Arrays.fill(ones, 1);
        return new SparseMap(inputs, starts, source.clone(), ones);
    }

    private long countTerms() {
        int[] perColumn = new int[inputs()];
        long most = 1;
        for (int i = 0; i < outputs(); i++) {
            most = Math.max(most, starts[i + 1] - starts[i]);
        }
        for (int column : columns) {
            most = Math.max(most, ++perColumn[column]);
        }
        return most;
    }

    @Override
    long terms() {
        return terms;
    }

    @Override
    boolean copies() {
        return values.length == outputs()
                && Arrays.stream(values).allMatch(v -> v == 1)
                && starts[outputs()] == outputs()
                && isOneEach();
    }

    private boolean isOneEach() {
        for (int i = 0; i < outputs(); i++) {
            if (starts[i + 1] - starts[i] != 1) {
                return false;
            }
        }
        return true;
    }

    @Override
    double largest() {
        double largest = 0;
        for (double v : values) {
            largest = Math.max(largest, Math.abs(v));
        }
        return largest;
    }

    @Override
    double[] forward(double[] x, int batch) {
        double[] y = new double[Math.multiplyExact(batch, outputs())];
        MatrixProducts.forRows(batch, values.length, n -> {
            int from = n * inputs();
            int to = n * outputs();
            for (int i = 0; i < outputs(); i++) {
                double sum = 0;
                for (int k = starts[i]; k < starts[i + 1]; k++) {
                    sum += values[k] * x[from + columns[k]];
                }
                y[to + i] = sum;
            }
        });
        return y;
    }

    @Override
    double[] backward(double[] coefficients, int rows) {
        double[] result = new double[Math.multiplyExact(rows, inputs())];
        MatrixProducts.forRows(rows, values.length, r -> {
            int from = r * outputs();
            int to = r * inputs();
            for (int i = 0; i < outputs(); i++) {
                double factor = coefficients[from + i];
                if (factor != 0) {
                    addRow(i, factor, result, to);
                }
            }
        });
        return result;
    }

    @Override
    void addRow(int output, double factor, double[] target, int offset) {
        for (int k = starts[output]; k < starts[output + 1]; k++) {
            target[offset + columns[k]] += factor * values[k];
        }
    }

    @Override
    LinearMap absolute() {
        return new SparseMap(
                inputs(), starts, columns, Arrays.stream(values).map(Math::abs).toArray());
    }

    @Override
    LinearMap scaledOutputs(double[] s) {
        double[] result = new double[values.length];
        for (int i = 0; i < outputs(); i++) {
            for (int k = starts[i]; k < starts[i + 1]; k++) {
                result[k] = s[i] * values[k];
            }
        }
        return new SparseMap(inputs(), starts, columns, result);
    }

    /** Collects entries in any order. Two of the same place are both kept, which is their sum. */
    static final class Builder {

        private final int inputs;
        private final int[] counts;
        private int[] rows = new int[1024];
        private int[] columns = new int[1024];
        private double[] values = new double[1024];
        private int size;

        Builder(int outputs, int inputs) {
            this.inputs = inputs;
            this.counts = new int[outputs + 1];
        }

        void add(int output, int input, double value) {
            if (size == rows.length) {
                rows = Arrays.copyOf(rows, 2 * size);
                columns = Arrays.copyOf(columns, 2 * size);
                values = Arrays.copyOf(values, 2 * size);
            }
            rows[size] = output;
            columns[size] = input;
            values[size] = value;
            counts[output + 1]++;
            size++;
        }

        SparseMap build() {
            Arrays.parallelPrefix(counts, Integer::sum);
            int[] next = counts.clone();
            int[] sortedColumns = new int[size];
            double[] sortedValues = new double[size];
            for (int e = 0; e < size; e++) {
                int at = next[rows[e]]++;
                sortedColumns[at] = columns[e];
                sortedValues[at] = values[e];
            }
            return new SparseMap(inputs, counts, sortedColumns, sortedValues);
        }
    }

    @Override
    void addTo(Fingerprint fingerprint) {
        fingerprint.add("sparse").add(starts).add(columns).add(values);
    }
}
