package org.jacreg.vjp;

import java.util.Map;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Inverses, determinants and linear systems of square matrices {@code X}, which are the last two axes.
 *
 * <p>{@code Y = X^-1}: {@code dX = -Y^T dY Y^T}; {@code y = det X}: {@code dX = dy y X^-T}; {@code y = log det X}: {@code dX = dy
 * X^-T}. {@code Y = X^-1 B}: {@code dB = X^-T dY} and {@code dX = -dB Y^T}. (Giles, "Collected matrix derivative results for
 * forward and reverse mode algorithmic differentiation", 2008.)
 */
final class SolverRules {

    private SolverRules() {}

    static void register(VjpRules.Builder rules) {
        rules.rule("matrix_inverse", SolverRules::inverse)
                .rule("matrix_determinant", (context, ct) -> determinant(context, context.scale(ct, context.output())))
                .rule("logdet", SolverRules::determinant)
                .rules("solve", OpKind.BESPOKE, Map.of(0, SolverRules::matrix, 1, SolverRules::rightSide))
                .unsupported("triangular_solve", "which triangle is used is not settled; use solve")
                .unsupported("cholesky", "ND4J cannot train it; a rule is not written yet");
    }

    private static SDVariable inverse(VjpContext context, SDVariable ct) {
        SDVariable y = context.repeat(context.output(), context.outputSpec());
        SameDiff sd = context.graph();
        return sd.mmul(sd.mmul(y, ct, true, false, false), y, false, true, false)
                .neg();
    }

    private static SDVariable determinant(VjpContext context, SDVariable ct) {
        SameDiff sd = context.graph();
        TensorSpec in = context.inputSpec(0);
        int rank = in.rank();
        long[] scalars = in.toArray();
        scalars[rank - 2] = 1;
        scalars[rank - 1] = 1;
        int[] swap = new int[rank];
        for (int axis = 0; axis < rank; axis++) {
            swap[axis] = axis;
        }
        swap[rank - 2] = rank - 1;
        swap[rank - 1] = rank - 2;
        SDVariable inverse = sd.permute(sd.math().matrixInverse(context.input(0)), swap);
        return context.perCotangent(sd.reshape(ct, scalars), scalars, in.toArray(), c -> c.mul(inverse));
    }

    private static SDVariable rightSide(VjpContext context, SDVariable ct) {
        return context.once("right side", () -> {
            boolean[] flags = ((DynamicCustomOp) context.function()).bArgs();
            if (flags.length > 0 && flags[0]) {
                throw new IllegalArgumentException(
                        context.describe() + " solves with the adjoint matrix; permute the matrix instead");
            }
            SDVariable matrix = context.repeat(context.input(0), context.inputSpec(0));
            SameDiff sd = context.graph();
            return sd.mmul(sd.math().matrixInverse(matrix), ct, true, false, false);
        });
    }

    private static SDVariable matrix(VjpContext context, SDVariable ct) {
        SDVariable y = context.repeat(context.output(), context.outputSpec());
        return context.graph()
                .mmul(rightSide(context, ct), y, false, true, false)
                .neg();
    }
}
