package org.jacreg.bounds.certify.complete;

/**
 * An affine function of the input that lies below a functional of some layer's arguments wherever the rectifiers before it obey their
 * bounds, with a bound of what rounding has done to it.
 */
final class AffineBelow {

    double[] slope;
    double intercept;

    /** What slope and intercept are made of, in absolute values: rounding is a small multiple of {@code |x| . slope + intercept}. */
    double[] slopeMagnitude;

    double interceptMagnitude;

    /** The undecided rectifier that costs most; layer -1 if there is none. */
    int worstLayer = -1;

    int worstUnit = -1;

    private double worst;

    /** Carries {@code row . a_layer + constant} back, a the arguments of the rectifiers, or the logits. */
    AffineBelow(DenseRectifiers net, Intervals bounds, int layer, double[] row, double constant) {
        slope = row.clone();
        slopeMagnitude = absolute(row);
        intercept = constant;
        interceptMagnitude = Math.abs(constant);
        for (int l = layer; l >= 0; l--) {
            for (int i = 0; i < slope.length; i++) {
                intercept += slope[i] * net.biases[l][i];
                interceptMagnitude += slopeMagnitude[i] * Math.abs(net.biases[l][i]);
            }
            slopeMagnitude = times(slopeMagnitude, net.weights[l], true);
            slope = times(slope, net.weights[l], false);
            for (int i = 0; l > 0 && i < slope.length; i++) {
                throughRectifier(l - 1, i, bounds.lower[l - 1][i], bounds.upper[l - 1][i]);
            }
        }
    }

    private void throughRectifier(int layer, int i, double lower, double upper) {
        if (lower >= 0) {
            return;
        }
        if (upper <= 0) {
            slope[i] = 0;
            slopeMagnitude[i] = 0;
            return;
        }
        double chord = upper / (upper - lower) * (1 + 0x1p-50);
        double gap = -chord * lower;
        if (slopeMagnitude[i] * gap > worst) {
            worst = slopeMagnitude[i] * gap;
            worstLayer = layer;
            worstUnit = i;
        }
        if (slope[i] >= 0) {
            slope[i] = upper > -lower ? slope[i] : 0;
        } else {
            intercept += slope[i] * gap;
            slope[i] *= chord;
        }
        // also of the line that was not taken: the sign of the slope may be a matter of rounding
        interceptMagnitude += slopeMagnitude[i] * gap;
    }

    private static double[] absolute(double[] row) {
        double[] result = new double[row.length];
        for (int i = 0; i < row.length; i++) {
            result[i] = Math.abs(row[i]);
        }
        return result;
    }

    private static double[] times(double[] row, double[][] matrix, boolean absolute) {
        double[] result = new double[matrix[0].length];
        for (int i = 0; i < row.length; i++) {
            for (int k = 0; k < result.length && row[i] != 0; k++) {
                result[k] += row[i] * (absolute ? Math.abs(matrix[i][k]) : matrix[i][k]);
            }
        }
        return result;
    }
}
