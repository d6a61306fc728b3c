package org.jacreg.jacobian;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Jacobians from function values alone, for graphs with any number of placeholders and outputs of any rank, in float64. */
final class Oracle {

    /** Truncation and rounding are both about 1e-10 for values and derivatives of order one. */
    static final double TOLERANCE = 1e-9;

    private static final double STEP = 1e-5;

    private Oracle() {}

    /** {@code [N, C, D]} by one placeholder. */
    static INDArray jacobian(SameDiff sd, Map<String, INDArray> placeholders, String input, String output) {
        INDArray x = placeholders.get(input);
        int n = (int) x.size(0);
        int d = (int) (x.length() / n);
        int c = (int) (values(sd, placeholders, output).length() / n);
        INDArray result = Nd4j.create(DataType.DOUBLE, n, c, d);
        for (int i = 0; i < d; i++) {
            INDArray up = values(sd, moved(placeholders, input, i, STEP), output);
            INDArray down = values(sd, moved(placeholders, input, i, -STEP), output);
            for (int sample = 0; sample < n; sample++) {
                for (int row = 0; row < c; row++) {
                    long at = (long) sample * c + row;
                    result.putScalar(new int[] {sample, row, i}, (up.getDouble(at) - down.getDouble(at)) / (2 * STEP));
                }
            }
        }
        return result;
    }

    private static Map<String, INDArray> moved(
            Map<String, INDArray> placeholders, String input, int column, double by) {
        Map<String, INDArray> moved = new LinkedHashMap<>(placeholders);
        INDArray x = placeholders.get(input).dup('c');
        int d = (int) (x.length() / x.size(0));
        for (int n = 0; n < x.size(0); n++) {
            long at = (long) n * d + column;
            x.putScalar(at, x.getDouble(at) + by);
        }
        moved.put(input, x);
        return moved;
    }

    private static INDArray values(SameDiff sd, Map<String, INDArray> placeholders, String output) {
        return sd.output(placeholders, output).get(output).dup('c').reshape(-1);
    }

    static void close(INDArray actual, INDArray expected, double tolerance) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        INDArray difference = Transforms.abs(actual.castTo(DataType.DOUBLE).sub(expected.castTo(DataType.DOUBLE)));
        // NaN is not less than anything.
        assertThat(difference.maxNumber().doubleValue()).isLessThanOrEqualTo(tolerance);
        assertThat(difference.isNaN().any()).isFalse();
    }
}
