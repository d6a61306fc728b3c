package org.jacreg.examples.experiment;

import org.nd4j.autodiff.samediff.SameDiff;

/** The network of the experiment with one hidden layer, in plain Java and double precision: the oracle of its tests. */
final class PlainNetwork {

    private final double[][] w0;
    private final double[] b0;
    private final double[][] w1;
    private final double[] b1;

    private PlainNetwork(double[][] w0, double[] b0, double[][] w1, double[] b1) {
        this.w0 = w0;
        this.b0 = b0;
        this.w1 = w1;
        this.b1 = b1;
    }

    static PlainNetwork of(SameDiff graph) {
        return new PlainNetwork(
                graph.getArrForVarName("w0").toDoubleMatrix(),
                graph.getArrForVarName("b0").toDoubleVector(),
                graph.getArrForVarName("w1").toDoubleMatrix(),
                graph.getArrForVarName("b1").toDoubleVector());
    }

    private double[] preActivations(float[] x) {
        double[] a = b0.clone();
        for (int i = 0; i < x.length; i++) {
            for (int h = 0; h < a.length; h++) {
                a[h] += x[i] * w0[i][h];
            }
        }
        return a;
    }

    int predict(float[] x) {
        double[] a = preActivations(x);
        int best = 0;
        double[] z = b1.clone();
        for (int c = 0; c < z.length; c++) {
            for (int h = 0; h < a.length; h++) {
                z[c] += Math.max(0, a[h]) * w1[h][c];
            }
            best = z[c] > z[best] ? c : best;
        }
        return best;
    }

    /** {@code J_ci = sum_h W0_ih [a_h > 0] W1_hc}. */
    double[][] jacobian(float[] x) {
        double[] a = preActivations(x);
        double[][] jacobian = new double[b1.length][x.length];
        for (int c = 0; c < b1.length; c++) {
            for (int h = 0; h < a.length; h++) {
                for (int i = 0; a[h] > 0 && i < x.length; i++) {
                    jacobian[c][i] += w0[i][h] * w1[h][c];
                }
            }
        }
        return jacobian;
    }
}
