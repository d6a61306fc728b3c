package org.jacreg.vjp;

import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Local response normalisation. ND4J computes, whatever the layout is called, along the last axis {@code y_i = x_i s_i^-beta}
 * with {@code s_i = bias + alpha sum_j x_j^2} over {@code |j - i| <= depth}.
 *
 * <p>With {@code B} the band matrix of ones for {@code |j - i| <= depth}, which is symmetric: {@code dx = c s^-beta - 2 alpha
 * beta x ((c y / s) B)}.
 */
final class LocalResponseRules {

    private LocalResponseRules() {}

    static SDVariable image(VjpContext context, SDVariable ct) {
        SameDiff sd = context.graph();
        double[] numbers = ((DynamicCustomOp) context.function()).tArgs();
        double bias = numbers[0];
        double alpha = numbers[1];
        double beta = numbers[2];
        TensorSpec in = context.inputSpec(0);
        SDVariable x = context.input(0);
        SDVariable band = sd.constant(band(in, context.integerArguments()[0]));
        SDVariable s = times(context, sd.math().square(x), band).mul(alpha).add(bias);
        SDVariable power = sd.math().exp(sd.math().log(s).mul(-beta));
        SDVariable mixed = times(context, context.scale(ct, x.mul(power).div(s)), band);
        return context.scale(ct, power).sub(context.scale(mixed, x.mul(2 * alpha * beta)));
    }

    /** A product with a matrix along the last axis. */
    private static SDVariable times(VjpContext context, SDVariable values, SDVariable matrix) {
        SameDiff sd = context.graph();
        TensorSpec in = context.inputSpec(0);
        SDVariable rows = sd.reshape(values, -1, in.dim(in.rank() - 1));
        return sd.reshape(rows.mmul(matrix), in.toArray());
    }

    private static INDArray band(TensorSpec in, long depth) {
        long size = in.dim(in.rank() - 1);
        INDArray ones = Nd4j.zeros(DataType.DOUBLE, size, size);
        for (long i = 0; i < size; i++) {
            for (long j = Math.max(0, i - depth); j <= Math.min(size - 1, i + depth); j++) {
                ones.putScalar(i, j, 1.0);
            }
        }
        return ones.castTo(in.dataType());
    }
}
