package org.jacreg.jacobian;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jacreg.runtime.kernel.Workers;

/** The Jacobians of some samples as matrices in float64, inputs side by side. */
final class SampleMatrices {

    /** Sees the matrix of a sample; called for several samples at the same time. */
    interface Visitor {
        void visit(int sample, SampleMatrix matrix);
    }

    private final JacobianPieces pieces;
    private final JacobianShapes shapes;

    SampleMatrices(JacobianPieces pieces, JacobianShapes shapes) {
        this.pieces = pieces;
        this.shapes = shapes;
    }

    /** Shows every sample once, in no promised order. */
    void each(JacobianFeed.Batch slice, Visitor visitor) {
        List<double[][]> assembled = new ArrayList<>();
        pieces.each(slice, piece -> {
            Optional<NativeRows> rows = NativeRows.of(piece.values());
            if (rows.isPresent() && isWhole(piece)) {
                share((int) slice.size(), n -> visitor.visit(n, read(rows.get(), n)));
                return true;
            }
            while (assembled.size() < slice.size()) {
                assembled.add(new double[shapes.rows()][(int) shapes.columns()]);
            }
            add(piece, assembled);
            return true;
        });
        share(assembled.size(), n -> visitor.visit(n, new SampleMatrix(assembled.get(n))));
    }

    private static void share(int samples, IntConsumer body) {
        Workers.shared().parallel(samples, body);
    }

    private boolean isWhole(JacobianPieces.Piece piece) {
        return piece.values().size(1) == shapes.rows() && piece.values().size(2) == shapes.columns();
    }

    private SampleMatrix read(NativeRows rows, int sample) {
        double[][] entries = new double[shapes.rows()][(int) shapes.columns()];
        for (int row = 0; row < entries.length; row++) {
            rows.read(sample, row, entries[row], 0);
        }
        return new SampleMatrix(entries);
    }

    private void add(JacobianPieces.Piece piece, List<double[][]> assembled) {
        int columns = (int) piece.values().size(2);
        int rows = (int) piece.values().size(1);
        int at = (int) (shapes.firstColumns()[piece.input()] + piece.columnFrom());
        double[] entries = NormSums.entries(piece.values());
        for (int n = 0; n < assembled.size(); n++) {
            for (int row = 0; row < rows; row++) {
                double[] to = assembled.get(n)[(int) piece.rowFrom() + row];
                System.arraycopy(entries, (n * rows + row) * columns, to, at, columns);
            }
        }
    }
}
