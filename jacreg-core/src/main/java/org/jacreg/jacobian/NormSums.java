package org.jacreg.jacobian;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Sums over the Jacobians of some samples, fed with one piece after the other. */
final class NormSums {

    private final long[] firstColumns;
    private final INDArray columnSquares;
    private final INDArray absolutes;

    NormSums(JacobianShapes shapes, long samples) {
        firstColumns = new long[shapes.inputs().size()];
        for (int input = 1; input < firstColumns.length; input++) {
            firstColumns[input] = firstColumns[input - 1] + shapes.columns(input - 1);
        }
        columnSquares = Nd4j.zeros(DataType.DOUBLE, samples, shapes.columns());
        absolutes = Nd4j.zeros(DataType.DOUBLE, samples);
    }

    void add(JacobianPieces.Piece piece) {
        long from = firstColumns[piece.input()] + piece.columnFrom();
        add(piece.values().castTo(DataType.DOUBLE), from);
    }

    /** Adds rows in float64, {@code [samples, rows, columns]}. */
    void add(INDArray values, long firstColumn) {
        long samples = values.size(0);
        columnSquares
                .get(NDArrayIndex.all(), NDArrayIndex.interval(firstColumn, firstColumn + values.size(2)))
                .addi(values.mul(values).sum(1));
        absolutes.addi(Transforms.abs(values, true).sum(1, 2).reshape(samples));
    }

    INDArray frobenius() {
        return Transforms.sqrt(columnSquares.sum(1).reshape(columnSquares.size(0)), false);
    }

    INDArray l11() {
        return absolutes;
    }

    INDArray l21() {
        return Transforms.sqrt(columnSquares, true).sum(1).reshape(columnSquares.size(0));
    }
}
