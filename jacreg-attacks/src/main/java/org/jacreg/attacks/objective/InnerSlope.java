package org.jacreg.attacks.objective;

import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.LogitsGradient;
import org.jacreg.classifier.LossGradient;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The logits and the gradient of an {@link InnerLoss} at one batch of points after another. */
@FunctionalInterface
interface InnerSlope {

    /** As {@link org.jacreg.classifier.CrossEntropySteps#at}; the loss is exact up to a constant of every sample. */
    LossGradient at(INDArray points);

    /**
     * Readies an inner loss.
     *
     * @throws ArithmeticException if the logits at the input are needed and not finite
     */
    static InnerSlope of(InnerLoss loss, Classifier model, INDArray x, INDArray targets) {
        if (loss == InnerLoss.CROSS_ENTROPY) {
            return model.crossEntropySteps(targets)::at;
        }
        double[][] clean = Rows.logSoftmax(finite(QuietOps.call(() -> Rows.of(model.logits(x)))));
        if (loss == InnerLoss.KL) {
            // KL(p || p') is the cross-entropy of p' with targets p, less the entropy of p, which does not move.
            double[][] p = new double[clean.length][];
            for (int n = 0; n < p.length; n++) {
                p[n] = java.util.Arrays.stream(clean[n]).map(Math::exp).toArray();
            }
            return model.crossEntropySteps(Rows.array(p, model.dataType()))::at;
        }
        return points -> {
            double[] values = new double[clean.length];
            LogitsGradient answer =
                    model.logitsAndVjp(points, logits -> cotangents(loss, clean, logits, values, model.dataType()));
            INDArray losses = Nd4j.createFromArray(values).castTo(model.dataType());
            return new LossGradient(losses, answer.logits(), answer.gradient());
        };
    }

    private static INDArray cotangents(
            InnerLoss loss, double[][] clean, INDArray logits, double[] values, DataType type) {
        double[][] moved = Rows.logSoftmax(finite(Rows.of(logits)));
        for (int n = 0; n < values.length; n++) {
            values[n] = loss == InnerLoss.REVERSE_KL ? reverse(clean[n], moved[n]) : jensenShannon(clean[n], moved[n]);
        }
        return Rows.array(moved, type);
    }

    private static double[][] finite(double[][] logits) {
        for (int n = 0; n < logits.length; n++) {
            for (double value : logits[n]) {
                if (!Double.isFinite(value)) {
                    throw new ArithmeticException("the network's logits at row " + n + " of the batch are not finite");
                }
            }
        }
        return logits;
    }

    /** {@code KL(p' || p)}; {@code ln p'} becomes the gradient by the logits, {@code p'_c (ln p'_c - ln p_c - KL)}. */
    private static double reverse(double[] logClean, double[] logMoved) {
        double divergence = 0;
        for (int c = 0; c < logMoved.length; c++) {
            divergence += Math.exp(logMoved[c]) * (logMoved[c] - logClean[c]);
        }
        for (int c = 0; c < logMoved.length; c++) {
            logMoved[c] = Math.exp(logMoved[c]) * (logMoved[c] - logClean[c] - divergence);
        }
        return divergence;
    }

    /**
     * Jensen-Shannon; {@code ln p'} becomes the gradient by the logits, {@code p'_c (ln(p'_c / m_c) - KL(p' || m)) / 2} with {@code
     * m = (p + p') / 2}.
     */
    private static double jensenShannon(double[] logClean, double[] logMoved) {
        double fromClean = 0;
        double fromMoved = 0;
        double[] ratio = new double[logMoved.length];
        for (int c = 0; c < ratio.length; c++) {
            double p = Math.exp(logClean[c]);
            double moved = Math.exp(logMoved[c]);
            double logMean = Math.log((p + moved) / 2);
            ratio[c] = moved > 0 ? logMoved[c] - logMean : 0;
            fromMoved += moved * ratio[c];
            fromClean += p > 0 ? p * (logClean[c] - logMean) : 0;
        }
        for (int c = 0; c < ratio.length; c++) {
            logMoved[c] = Math.exp(logMoved[c]) * (ratio[c] - fromMoved) / 2;
        }
        return (fromClean + fromMoved) / 2;
    }
}
