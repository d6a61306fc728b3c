package org.jacreg.vjp;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.transforms.custom.MatrixDiag;
import org.nd4j.linalg.api.ops.impl.transforms.custom.MatrixDiagPart;
import org.nd4j.linalg.api.ops.impl.transforms.custom.MatrixSetDiag;
import org.nd4j.linalg.factory.Nd4j;

/** Rows of the table: matrix products and linear algebra. */
final class MatrixSpecs {

    private MatrixSpecs() {}

    static List<OpSpec> rows() {
        List<OpSpec> rows = new ArrayList<>();
        rows.addAll(dense());
        rows.addAll(diagonals());
        rows.addAll(solvers());
        return rows;
    }

    private static List<OpSpec> diagonals() {
        // ND4J has no gradient of matrix_diag, matrix_diag_part and matrix_band_part.
        return List.of(
                OpSpec.firstOrder(
                        "matrix diag", "matrix_diag", (sd, x) -> sd.math().tanh(diagonal(sd, x)), 3),
                OpSpec.firstOrder(
                        "matrix diag part",
                        "matrix_diag_part",
                        (sd, x) -> sd.math().tanh(part(sd, x)),
                        3,
                        3),
                OpSpec.firstOrder(
                        "matrix diag part, wide",
                        "matrix_diag_part",
                        (sd, x) -> sd.math().tanh(part(sd, x)),
                        2,
                        3),
                OpSpec.firstOrder(
                        "matrix diag part, high",
                        "matrix_diag_part",
                        (sd, x) -> sd.math().tanh(part(sd, x)),
                        3,
                        2),
                OpSpec.firstOrder("matrix set diag", "matrix_set_diag", MatrixSpecs::setDiagonal, 3, 3),
                OpSpec.of(
                        "upper triangle",
                        "triu",
                        (sd, x) -> sd.math().tanh(sd.linalg().triu(x, 0)),
                        3,
                        3),
                OpSpec.of(
                        "above the diagonal",
                        "triu",
                        (sd, x) -> sd.math().tanh(sd.linalg().triu(x, 1)),
                        3,
                        2),
                OpSpec.of(
                        "below the diagonal too",
                        "triu",
                        (sd, x) -> sd.math().tanh(sd.linalg().triu(x, -1)),
                        2,
                        3),
                OpSpec.firstOrder("band", "matrix_band_part", (sd, x) -> band(sd, x, 0, 1), 3, 3),
                OpSpec.firstOrder("band, open below", "matrix_band_part", (sd, x) -> band(sd, x, -1, 0), 3, 4),
                OpSpec.of("scaling by a diagonal", "diag", MatrixSpecs::diagonalWeights, 3),
                OpSpec.of("diagonal of weights", "diag_part", MatrixSpecs::weightsDiagonal, 3),
                OpSpec.of(
                        "trace", "trace", (sd, x) -> sd.math().square(sd.math().trace(x)), 3, 3));
    }

    private static SDVariable diagonalWeights(SameDiff sd, SDVariable x) {
        return sd.math().tanh(x.mmul(sd.math().diag(OpSpecs.weight(sd, "d", 3))));
    }

    private static SDVariable weightsDiagonal(SameDiff sd, SDVariable x) {
        return sd.math().tanh(x.mul(sd.math().diagPart(OpSpecs.weight(sd, "m", 3, 3))));
    }

    private static SDVariable diagonal(SameDiff sd, SDVariable x) {
        return new MatrixDiag(sd, x, false).outputVariable();
    }

    private static SDVariable part(SameDiff sd, SDVariable x) {
        return new MatrixDiagPart(sd, x, false).outputVariable();
    }

    private static SDVariable setDiagonal(SameDiff sd, SDVariable x) {
        SDVariable diagonal = sd.math().sin(sd.sum(x, 1));
        return sd.math().tanh(new MatrixSetDiag(sd, x, diagonal, false).outputVariable());
    }

    private static SDVariable band(SameDiff sd, SDVariable x, int lower, int upper) {
        return sd.math().tanh(sd.linalg().matrixBandPart(x, lower, upper)[0]);
    }

    private static List<OpSpec> solvers() {
        // ND4J's gradient of the inverse is wrong, and those of the others do not exist.
        return List.of(
                OpSpec.firstOrder(
                        "inverse", "matrix_inverse", (sd, x) -> sd.math().matrixInverse(regular(sd, x)), 3, 3),
                OpSpec.firstOrder("determinant", "matrix_determinant", MatrixSpecs::determinant, 3, 3),
                OpSpec.firstOrder("log determinant", "logdet", MatrixSpecs::logDeterminant, 3, 3),
                OpSpec.firstOrder(
                        "solve",
                        "solve",
                        (sd, x) -> sd.linalg().solve(regular(sd, x), sd.math().tanh(x)),
                        3,
                        3));
    }

    /** A matrix that is far from singular. */
    private static SDVariable regular(SameDiff sd, SDVariable x) {
        return sd.math()
                .tanh(x)
                .add(sd.constant(Nd4j.eye(3).castTo(DataType.DOUBLE).mul(4)));
    }

    private static SDVariable determinant(SameDiff sd, SDVariable x) {
        return sd.math().matrixDeterminant(regular(sd, x));
    }

    private static SDVariable logDeterminant(SameDiff sd, SDVariable x) {
        return sd.linalg().logdet(regular(sd, sd.mmul(x, x, true, false, false)));
    }

    private static List<OpSpec> dense() {
        return List.of(
                // ND4J's gradients of these fail.
                OpSpec.firstOrder("matrix times vector", "matmul", MatrixSpecs::timesVector, 4),
                OpSpec.firstOrder(
                        "tensor product, last axis", "tensordot", (sd, x) -> tensorProduct(sd, x, 2, 0, 4, 5), 3, 4),
                OpSpec.firstOrder(
                        "tensor product, a middle axis",
                        "tensordot",
                        (sd, x) -> tensorProduct(sd, x, 1, 1, 2, 3, 2),
                        3,
                        4),
                OpSpec.of("relu layer", "relu_layer", MatrixSpecs::reluLayer, 4),
                OpSpec.of("bias add, channels last", "biasadd", MatrixSpecs::biasLast, 2, 3),
                OpSpec.of("bias add of features", "biasadd", (sd, x) -> biasFeatures(sd, x, true), 3),
                OpSpec.of("bias add of features, last", "biasadd", (sd, x) -> biasFeatures(sd, x, false), 3));
    }

    private static SDVariable timesVector(SameDiff sd, SDVariable x) {
        return sd.math().tanh(sd.reshape(sd.mmul(sd.math().sin(x), OpSpecs.weight(sd, "v", 4)), -1, 1));
    }

    private static SDVariable tensorProduct(SameDiff sd, SDVariable x, int axis, int other, long... shape) {
        SDVariable weights = OpSpecs.weight(sd, "t", shape);
        return sd.math().tanh(sd.tensorMmul(sd.math().sin(x), weights, new int[] {axis}, other));
    }

    private static SDVariable reluLayer(SameDiff sd, SDVariable x) {
        SDVariable bias = OpSpecs.weight(sd, "b", 5);
        return sd.math().sin(sd.nn().reluLayer(sd.math().tanh(x), OpSpecs.weight(sd, "w", 4, 5), bias));
    }

    private static SDVariable biasLast(SameDiff sd, SDVariable x) {
        return sd.math().tanh(sd.nn().biasAdd(x, OpSpecs.weight(sd, "b", 3), false));
    }

    private static SDVariable biasFeatures(SameDiff sd, SDVariable x, boolean channelsFirst) {
        return sd.math().tanh(sd.nn().biasAdd(x, OpSpecs.weight(sd, "b", 3), channelsFirst));
    }
}
