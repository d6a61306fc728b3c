package org.jacreg.vjp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Derivatives by central differences in float64. With step 1e-5 and values and third derivatives of order 1, truncation is
 * about 1e-10 and rounding 1e-11: far inside the 1e-6 that tests ask for.
 */
final class CentralDifferences {

    static final double STEP = 1e-5;

    /** Relative to the largest derivative, so that entries near zero are not asked for digits they cannot have. */
    static final double TOLERANCE = 1e-6;

    private static final int FEW = 6;

    private CentralDifferences() {}

    /**
     * How far a gradient is from central differences along every entry, or along a few random directions where there are many
     * entries: a wrong entry shows in every direction.
     */
    static double distanceByWeight(
            SameDiff sd, Map<String, INDArray> fed, String scalar, String weight, INDArray gradient) {
        INDArray values = sd.getVariable(weight).getArr();
        if (!java.util.Arrays.equals(gradient.shape(), values.shape())) {
            return Double.POSITIVE_INFINITY;
        }
        INDArray kept = values.dup();
        double scale = Math.max(gradient.normmaxNumber().doubleValue(), 0.01);
        double worst = 0;
        for (INDArray direction : directions(values)) {
            values.assign(kept.add(direction.mul(STEP)));
            double above = sd.outputSingle(fed, scalar).getDouble(0);
            values.assign(kept.sub(direction.mul(STEP)));
            double below = sd.outputSingle(fed, scalar).getDouble(0);
            values.assign(kept);
            double expected = (above - below) / (2 * STEP);
            double error = Math.abs(gradient.mul(direction).sumNumber().doubleValue() - expected) / scale;
            worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : Math.max(worst, error);
        }
        return worst;
    }

    private static List<INDArray> directions(INDArray values) {
        List<INDArray> result = new ArrayList<>();
        boolean few = values.length() <= FEW;
        for (int i = 0; i < (few ? values.length() : FEW); i++) {
            INDArray direction = Nd4j.zerosLike(values);
            if (few) {
                direction.putScalar(i, 1.0);
            } else {
                direction = OpSpec.random(new Random(i), -1, 1, values.shape());
                direction.divi(direction.norm2Number().doubleValue());
            }
            result.add(direction);
        }
        return result;
    }

    /** The Jacobian {@code [N, C, D]} of logits {@code [N, C]} by the input. */
    static INDArray jacobian(SameDiff sd, INDArray x, String logits) {
        long n = x.size(0);
        long d = x.length() / n;
        INDArray point = x.dup('c').reshape('c', n, d);
        INDArray shaped = point.reshape('c', x.shape());
        INDArray first = sd.outputSingle(Map.of("x", shaped), logits);
        INDArray result = Nd4j.create(x.dataType(), n, first.size(1), d);
        for (int i = 0; i < d; i++) {
            INDArray column = point.getColumn(i);
            INDArray kept = column.dup();
            column.assign(kept.add(STEP));
            INDArray above = sd.outputSingle(Map.of("x", shaped), logits).dup();
            column.assign(kept.sub(STEP));
            INDArray below = sd.outputSingle(Map.of("x", shaped), logits).dup();
            column.assign(kept);
            result.tensorAlongDimension(i, 0, 1).assign(above.sub(below).divi(2 * STEP));
        }
        return result;
    }

    /** The largest difference relative to the largest value; NaN counts as infinitely far. */
    static double distance(INDArray actual, INDArray expected) {
        double scale = Math.max(expected.normmaxNumber().doubleValue(), 0.01);
        double difference = actual.sub(expected).normmaxNumber().doubleValue() / scale;
        return Double.isNaN(difference) || Double.isNaN(actual.sumNumber().doubleValue())
                ? Double.POSITIVE_INFINITY
                : difference;
    }
}
