package org.jacreg.attacks.onnx;

import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The function of {@link ImportedNetwork}'s file in loops, after the definitions of ONNX. */
final class WrittenOut {

    private WrittenOut() {}

    static double[] logits(SameDiff sd, INDArray x, int n) {
        double[] flat = features(sd, x, n);
        double[] hidden = new double[16];
        for (int h = 0; h < hidden.length; h++) {
            double sum = weight(sd, "b1").getDouble(h);
            for (int i = 0; i < flat.length; i++) {
                sum += flat[i] * weight(sd, "W1").getDouble(h, i);
            }
            hidden[h] = Math.max(sum, 0);
        }
        double[] logits = new double[ImportedNetwork.CLASSES];
        for (int c = 0; c < logits.length; c++) {
            logits[c] = weight(sd, "b2").getDouble(c);
            for (int h = 0; h < hidden.length; h++) {
                logits[c] += hidden[h] * weight(sd, "W2").getDouble(h, c);
            }
        }
        return logits;
    }

    /** Convolution, relu and pooling; channels outermost. */
    private static double[] features(SameDiff sd, INDArray x, int n) {
        double[] flat = new double[36];
        for (int channel = 0; channel < 4; channel++) {
            for (int row = 0; row < 6; row++) {
                for (int column = 0; column < 6; column++) {
                    int at = 9 * channel + 3 * (row / 2) + column / 2;
                    flat[at] = Math.max(flat[at], convolution(sd, x, n, channel, row, column));
                }
            }
        }
        return flat;
    }

    private static double convolution(SameDiff sd, INDArray x, int n, int channel, int row, int column) {
        double sum = weight(sd, "c").getDouble(channel);
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                sum += weight(sd, "K").getDouble(channel, 0, i, j) * x.getDouble(n, 0, row + i, column + j);
            }
        }
        return sum;
    }

    private static INDArray weight(SameDiff sd, String name) {
        return sd.getVariable(name).getArr();
    }
}
