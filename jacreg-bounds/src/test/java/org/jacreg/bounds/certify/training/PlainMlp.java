package org.jacreg.bounds.certify.training;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SameDiff;

/** A ReLU network of {@link Nets#mlp(long, int...)} in plain Java loops, with interval and CROWN-IBP bounds written down anew. */
final class PlainMlp {

    private final List<double[][]> weights = new ArrayList<>();
    private final List<double[]> biases = new ArrayList<>();

    static PlainMlp of(SameDiff sd) {
        PlainMlp plain = new PlainMlp();
        for (int layer = 1; sd.hasVariable("W" + layer); layer++) {
            plain.weights.add(sd.getVariable("W" + layer).getArr().toDoubleMatrix());
            plain.biases.add(sd.getVariable("b" + layer).getArr().toDoubleMatrix()[0]);
        }
        return plain;
    }

    int layers() {
        return weights.size();
    }

    double[][] weight(int layer) {
        return weights.get(layer);
    }

    /** Lower and upper ends of every pre-activation, the logits last: [layer][end][unit]. */
    private double[][][] ends(double[] x, double epsilon, double lower, double upper) {
        double[] l = new double[x.length];
        double[] u = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            l[i] = Math.max(lower, x[i] - epsilon);
            u[i] = Math.min(upper, x[i] + epsilon);
        }
        double[][][] result = new double[layers()][][];
        for (int k = 0; k < layers(); k++) {
            double[][] w = weights.get(k);
            double[] nextL = biases.get(k).clone();
            double[] nextU = biases.get(k).clone();
            for (int j = 0; j < nextL.length; j++) {
                for (int i = 0; i < l.length; i++) {
                    nextL[j] += Math.min(w[i][j] * l[i], w[i][j] * u[i]);
                    nextU[j] += Math.max(w[i][j] * l[i], w[i][j] * u[i]);
                }
            }
            result[k] = new double[][] {nextL, nextU};
            l = relu(nextL);
            u = relu(nextU);
        }
        return result;
    }

    double[][] logitEnds(double[] x, double epsilon, double lower, double upper) {
        return ends(x, epsilon, lower, upper)[layers() - 1];
    }

    private static double[] relu(double[] a) {
        double[] h = new double[a.length];
        for (int i = 0; i < h.length; i++) {
            h[i] = Math.max(a[i], 0);
        }
        return h;
    }

    /** The lower bound of {@code z_y - z_j} by lines and intercepts, biases and all, from the last layer to the input. */
    double crownIbpMargin(double[] x, double epsilon, double lower, double upper, int y, int j) {
        double[][][] ends = ends(x, epsilon, lower, upper);
        int last = layers() - 1;
        double[] a = new double[weights.get(last)[0].length];
        a[y] += 1;
        a[j] -= 1;
        double constant = 0;
        for (int k = last; k >= 0; k--) {
            double[][] w = weights.get(k);
            for (int m = 0; m < a.length; m++) {
                constant += a[m] * biases.get(k)[m];
            }
            double[] before = new double[w.length];
            for (int i = 0; i < w.length; i++) {
                for (int m = 0; m < a.length; m++) {
                    before[i] += w[i][m] * a[m];
                }
            }
            a = before;
            if (k > 0) {
                for (int i = 0; i < a.length; i++) {
                    double l = ends[k - 1][0][i];
                    double u = ends[k - 1][1][i];
                    if (u <= 0) {
                        a[i] = 0;
                    } else if (l < 0 && a[i] < 0) {
                        double slope = u / (u - l);
                        constant -= a[i] * slope * l;
                        a[i] *= slope;
                    } else if (l < 0 && u <= -l) {
                        a[i] = 0;
                    }
                }
            }
        }
        for (int i = 0; i < a.length; i++) {
            double l = Math.max(lower, x[i] - epsilon);
            double u = Math.min(upper, x[i] + epsilon);
            constant += Math.min(a[i] * l, a[i] * u);
        }
        return constant;
    }
}
