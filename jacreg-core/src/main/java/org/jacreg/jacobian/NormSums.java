package org.jacreg.jacobian;

import org.nd4j.linalg.api.ndarray.INDArray;

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
        int rows = (int) values.size(1);
        double[] entries = entries(values);
        for (int row = 0; row < rows; row++) {
            for (int n = 0; n < absolutes.length; n++) {
                add(n, entries, (n * rows + row) * columns, first, columns);
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

    /**
     * The numbers of a piece, {@code [samples, rows, columns]} in C order, a fresh array. Copied at once: ND4J's {@code get} of a
     * part of a view gives an empty array where the part begins behind the view's length (docs/nd4j-bugs.md).
     */
    static double[] entries(INDArray values) {
        INDArray copy = values.dup('c');
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
