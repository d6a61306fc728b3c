package org.jacreg.vjp;

import java.util.Map;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.MatrixDiag;
import org.nd4j.linalg.api.ops.impl.transforms.custom.MatrixDiagPart;
import org.nd4j.linalg.factory.Nd4j;

/** Diagonals and triangles of matrices, which are the last two axes. */
final class DiagonalRules {

    private DiagonalRules() {}

    /** Says which elements of a matrix are meant. */
    @FunctionalInterface
    private interface Pattern {
        boolean holds(long row, long column);
    }

    static void register(VjpRules.Builder rules) {
        rules.linear("matrix_diag", (context, ct) -> new MatrixDiagPart(context.graph(), ct, false).outputVariable())
                .linear("matrix_diag_part", DiagonalRules::placeDiagonal)
                .rules(
                        "matrix_set_diag",
                        OpKind.LINEAR,
                        Map.of(
                                0,
                                (context, ct) -> masked(context, ct, (row, column) -> row != column),
                                1,
                                (context, ct) -> new MatrixDiagPart(context.graph(), ct, false).outputVariable()))
                .linear("triu", DiagonalRules::upper)
                .linear("matrix_band_part", DiagonalRules::band)
                .linear("trace", DiagonalRules::trace)
                .linear("diag", (context, ct) -> {
                    context.requireNotBatchAxis(0);
                    return context.graph().math().diagPart(ct);
                })
                .linear("diag_part", (context, ct) -> {
                    context.requireNotBatchAxis(0);
                    return context.graph().math().diag(ct);
                });
    }

    private static SDVariable placeDiagonal(VjpContext context, SDVariable ct) {
        TensorSpec in = context.inputSpec(0);
        SameDiff sd = context.graph();
        long rows = in.dim(in.rank() - 2);
        long columns = in.dim(in.rank() - 1);
        long size = Math.min(rows, columns);
        long[] behind = new long[in.rank()];
        behind[in.rank() - 2] = rows - size;
        behind[in.rank() - 1] = columns - size;
        SDVariable square = new MatrixDiag(sd, ct, false).outputVariable();
        return EdgeRules.pad(sd, square, new long[in.rank()], behind);
    }

    private static SDVariable upper(VjpContext context, SDVariable ct) {
        long[] arguments = context.integerArguments();
        long first = arguments.length == 0 ? 0 : arguments[0];
        return masked(context, ct, (row, column) -> column - row >= first);
    }

    private static SDVariable band(VjpContext context, SDVariable ct) {
        boolean given = context.inputCount() > 1;
        long[] arguments = context.integerArguments();
        long lower = given ? StaticArguments.number(context, 1, "lower width") : arguments[0];
        long upper = given ? StaticArguments.number(context, 2, "upper width") : arguments[1];
        return masked(
                context,
                ct,
                (row, column) -> (lower < 0 || row - column <= lower) && (upper < 0 || column - row <= upper));
    }

    private static SDVariable trace(VjpContext context, SDVariable ct) {
        TensorSpec in = context.inputSpec(0);
        long[] column = in.toArray();
        column[in.rank() - 2] = 1;
        column[in.rank() - 1] = 1;
        return masked(context, context.graph().reshape(ct, column), (row, other) -> row == other);
    }

    private static SDVariable masked(VjpContext context, SDVariable ct, Pattern pattern) {
        TensorSpec in = context.inputSpec(0);
        requireMatricesWithinSamples(context, in);
        long rows = in.dim(in.rank() - 2);
        long columns = in.dim(in.rank() - 1);
        INDArray ones = Nd4j.zeros(DataType.DOUBLE, rows, columns);
        for (long row = 0; row < rows; row++) {
            for (long column = 0; column < columns; column++) {
                ones.putScalar(row, column, pattern.holds(row, column) ? 1 : 0);
            }
        }
        return ct.mul(context.graph().constant(ones.castTo(in.dataType())));
    }

    private static void requireMatricesWithinSamples(VjpContext context, TensorSpec in) {
        if (in.batchAxis() >= in.rank() - 2) {
            throw new IllegalArgumentException(
                    context.describe() + " takes the batch axis as an axis of matrices, so samples are coupled");
        }
    }
}
