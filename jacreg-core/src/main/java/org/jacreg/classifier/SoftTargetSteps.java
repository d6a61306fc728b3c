package org.jacreg.classifier;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Cross-entropy with distributions for any classifier, by logits and vector-Jacobian product. */
record SoftTargetSteps(Classifier model, INDArray targets) implements CrossEntropySteps {

    @Override
    public LossGradient at(INDArray x) {
        INDArray logits = model.logits(x);
        double[][] z = logits.castTo(DataType.DOUBLE).toDoubleMatrix();
        double[][] t = targets.castTo(DataType.DOUBLE).toDoubleMatrix();
        double[] loss = new double[z.length];
        double[][] cotangent = new double[z.length][];
        for (int n = 0; n < z.length; n++) {
            cotangent[n] = z[n].clone();
            double logSum = logSumOfExponentials(z[n]);
            for (int c = 0; c < z[n].length; c++) {
                double logProbability = z[n][c] - logSum;
                loss[n] -= t[n][c] * logProbability;
                cotangent[n][c] = Math.exp(logProbability) - t[n][c];
            }
        }
        INDArray gradient = model.vjp(x, Nd4j.createFromArray(cotangent).castTo(model.dataType()));
        return new LossGradient(Nd4j.createFromArray(loss).castTo(model.dataType()), logits, gradient);
    }

    private static double logSumOfExponentials(double[] z) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double value : z) {
            largest = Math.max(largest, value);
        }
        double sum = 0;
        for (double value : z) {
            sum += Math.exp(value - largest);
        }
        return largest + Math.log(sum);
    }
}
