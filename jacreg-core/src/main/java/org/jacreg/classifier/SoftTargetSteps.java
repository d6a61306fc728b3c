package org.jacreg.classifier;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Cross-entropy with distributions for any classifier, by its logits and their vector-Jacobian product. */
record SoftTargetSteps(Classifier model, INDArray targets) implements CrossEntropySteps {

    @Override
    public LossGradient at(INDArray x) {
        double[] losses = new double[(int) targets.size(0)];
        LogitsGradient answer = model.logitsAndVjp(x, logits -> cotangents(logits, losses));
        INDArray loss = Nd4j.createFromArray(losses).castTo(model.dataType());
        return new LossGradient(loss, answer.logits(), answer.gradient());
    }

    private INDArray cotangents(INDArray logits, double[] losses) {
        double[][] z = logits.castTo(DataType.DOUBLE).toDoubleMatrix();
        double[][] t = targets.castTo(DataType.DOUBLE).toDoubleMatrix();
        for (int n = 0; n < losses.length; n++) {
            double logSum = logSumOfExponentials(z[n]);
            for (int c = 0; c < z[n].length; c++) {
                double logProbability = z[n][c] - logSum;
                losses[n] -= t[n][c] == 0 ? 0 : t[n][c] * logProbability;
                z[n][c] = Math.exp(logProbability) - t[n][c];
            }
        }
        return Nd4j.createFromArray(z).castTo(model.dataType());
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
