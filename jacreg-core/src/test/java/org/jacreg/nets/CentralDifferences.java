package org.jacreg.nets;

import java.util.Map;
import java.util.function.DoubleSupplier;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Derivatives from function values alone, in float64: with step 1e-5 the error is about 1e-10 for functions whose values and
 * derivatives are of order one (1e-11 from the third derivative, 1e-11 from rounding).
 */
public final class CentralDifferences {

    private static final double STEP = 1e-5;

    private CentralDifferences() {}

    /** The Jacobian {@code [N, C, D]} of logits of samples that do not see each other; input axes are flattened. */
    public static INDArray jacobian(SameDiff sd, String input, String logits, INDArray x) {
        long n = x.size(0);
        long d = x.length() / n;
        INDArray moved = x.dup('c');
        INDArray flat = moved.reshape(n, d);
        INDArray[] columns = new INDArray[(int) d];
        for (int i = 0; i < d; i++) {
            INDArray column = flat.getColumn(i);
            INDArray original = column.dup();
            column.assign(original.add(STEP));
            INDArray up = value(sd, input, logits, moved);
            column.assign(original.sub(STEP));
            INDArray down = value(sd, input, logits, moved);
            column.assign(original);
            columns[i] = up.sub(down).div(2 * STEP);
        }
        INDArray result = Nd4j.create(DataType.DOUBLE, n, columns[0].size(1), d);
        for (int i = 0; i < d; i++) {
            result.put(
                    new org.nd4j.linalg.indexing.INDArrayIndex[] {
                        NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(i)
                    },
                    columns[i]);
        }
        return result;
    }

    private static INDArray value(SameDiff sd, String input, String logits, INDArray x) {
        return sd.output(Map.of(input, x), logits).get(logits).dup();
    }

    /** The derivative of a number along one direction in which an array is moved; the array is put back. */
    public static double alongDirection(INDArray at, INDArray direction, DoubleSupplier value) {
        INDArray original = at.dup();
        at.assign(original.add(direction.mul(STEP)));
        double up = value.getAsDouble();
        at.assign(original.sub(direction.mul(STEP)));
        double down = value.getAsDouble();
        at.assign(original);
        return (up - down) / (2 * STEP);
    }

    /** The gradient of a number by an array: the array is moved entry by entry, and put back. */
    public static INDArray gradient(INDArray at, DoubleSupplier value) {
        INDArray result = at.like();
        for (long i = 0; i < at.length(); i++) {
            double original = at.getDouble(i);
            at.putScalar(i, original + STEP);
            double up = value.getAsDouble();
            at.putScalar(i, original - STEP);
            double down = value.getAsDouble();
            at.putScalar(i, original);
            result.putScalar(i, (up - down) / (2 * STEP));
        }
        return result;
    }
}
