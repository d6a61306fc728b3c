package org.jacreg.jacobian;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Sums in float64 over the Jacobians of some samples, fed with one piece after the other. */
final class NormSums {

    private final long[] firstColumns;
    private final double[][] columnSquares;
    private final double[] absolutes;

    NormSums(JacobianShapes shapes, long samples) {
        firstColumns = shapes.firstColumns();
        columnSquares = new double[(int) samples][(int) shapes.columns()];
        absolutes = new double[(int) samples];
    }

    void add(JacobianPieces.Piece piece) {
        INDArray values = piece.values();
        int columns = (int) values.size(2);
        int first = (int) (firstColumns[piece.input()] + piece.columnFrom());
        for (long row = 0; row < values.size(1); row++) {
            double[] entries = entries(values, row);
            for (int n = 0; n < absolutes.length; n++) {
                add(n, entries, n * columns, first, columns);
            }
        }
    }

    void add(int sample, SampleMatrix matrix) {
        for (double[] row : matrix.rows()) {
            add(sample, row, 0, 0, row.length);
        }
    }

    private void add(int sample, double[] entries, int from, int firstColumn, int count) {
        double[] squares = columnSquares[sample];
        double total = 0;
        for (int i = 0; i < count; i++) {
            double entry = entries[from + i];
            squares[firstColumn + i] += entry * entry;
            total += Math.abs(entry);
        }
        absolutes[sample] += total;
    }

    /** One row of every sample, {@code [samples, columns]} in C order, a fresh array. */
    static double[] entries(INDArray values, long row) {
        INDArray copy = values.get(NDArrayIndex.all(), NDArrayIndex.point(row), NDArrayIndex.all())
                .reshape(values.size(0), values.size(2))
                .dup('c');
        double[] entries = copy.data().asDouble();
        copy.close();
        return entries;
    }

    double frobenius(int sample) {
        double total = 0;
        for (double square : columnSquares[sample]) {
            total += square;
        }
        return Math.sqrt(total);
    }

    double l11(int sample) {
        return absolutes[sample];
    }

    double l21(int sample) {
        double total = 0;
        for (double square : columnSquares[sample]) {
            total += Math.sqrt(square);
        }
        return total;
    }
}
