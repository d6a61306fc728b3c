package org.jacreg.bounds.certify.complete;

/**
 * An affine function of the input that lies below a functional of some layer's arguments wherever the rectifiers before it obey their
 * bounds, with a bound of what rounding has done to it.
 */
final class AffineBelow {

    final double[] slope;
    final double intercept;

    /** What slope and intercept are made of, in absolute values: rounding is a small multiple of {@code |x| . slope + intercept}. */
    final double[] slopeMagnitude;

    final double interceptMagnitude;

    /** The undecided rectifier that costs most, as {@code {layer, unit}}; layer -1 if there is none. */
    final int worstLayer;

    final int worstUnit;

    /** Carries {@code row . a_layer + constant} back, a the arguments of the rectifiers, or the logits. */
    AffineBelow(DenseRectifiers net, Intervals bounds, int layer, double[] row, double constant) {
        double[] v = row.clone();
        double[] m = absolute(row);
        double c = constant;
        double cm = Math.abs(constant);
        int worstL = -1;
        int worstU = -1;
        double worst = 0;
        for (int l = layer; l >= 0; l--) {
            for (int i = 0; i < v.length; i++) {
                c += v[i] * net.biases[l][i];
                cm += m[i] * Math.abs(net.biases[l][i]);
            }
            m = times(m, net.weights[l], true);
            v = times(v, net.weights[l], false);
            if (l == 0) {
                break;
            }
            for (int i = 0; i < v.length; i++) {
                double lower = bounds.lower[l - 1][i];
                double upper = bounds.upper[l - 1][i];
                if (lower >= 0) {
                    continue;
                }
                if (upper <= 0) {
                    v[i] = 0;
                    m[i] = 0;
                    continue;
                }
                double chord = upper / (upper - lower) * (1 + 0x1p-50);
                double gap = -chord * lower;
                if (m[i] * gap > worst) {
                    worst = m[i] * gap;
                    worstL = l - 1;
                    worstU = i;
                }
                if (v[i] >= 0) {
                    v[i] = upper > -lower ? v[i] : 0;
                } else {
                    c += v[i] * gap;
                    v[i] *= chord;
                }
                // also of the line that was not taken: the sign of v may be a matter of rounding
                cm += m[i] * gap;
            }
        }
        slope = v;
        intercept = c;
        slopeMagnitude = m;
        interceptMagnitude = cm;
        worstLayer = worstL;
        worstUnit = worstU;
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
