package org.jacreg.runtime;

import java.nio.FloatBuffer;
import org.jacreg.runtime.NativeOperation.CrossEntropy;
import org.nd4j.autodiff.loss.LossReduce;

/**
 * {@code -sum_c t_c log softmax(z)_c} of every sample, with {@code t = (1 - s) y + s / C}, or its gradient
 * {@code softmax(z) sum_c t_c - t}; in float64, one sample after the other.
 */
final class CrossEntropyStep implements Runnable {

    private final CrossEntropy operation;
    private final FloatBuffer logits;
    private final FloatBuffer weight;
    private final FloatBuffer labels;
    private final FloatBuffer output;
    private final int samples;
    private final int classes;
    private final double[] logProbabilities;
    private final double[] targets;

    CrossEntropyStep(CrossEntropy operation, Native instruction, Storage storage) {
        this.operation = operation;
        Value z = instruction.inputs().get(0);
        this.samples = Math.toIntExact(z.size(0));
        this.classes = Math.toIntExact(z.size(1));
        this.logits = Memory.floats(storage.array(z));
        this.weight = Memory.floats(storage.array(instruction.inputs().get(1)));
        this.labels = Memory.floats(storage.array(instruction.inputs().get(2)));
        this.output = Memory.floats(storage.array(instruction.outputs().get(0)));
        this.logProbabilities = new double[classes];
        this.targets = new double[classes];
    }

    @Override
    public void run() {
        double scale = scale();
        double sum = 0;
        for (int n = 0; n < samples; n++) {
            read(n);
            double mass = 0;
            double loss = 0;
            for (int c = 0; c < classes; c++) {
                mass += targets[c];
                loss -= targets[c] * logProbabilities[c];
            }
            sum += loss;
            if (operation.gradient()) {
                for (int c = 0; c < classes; c++) {
                    double gradient = Math.exp(logProbabilities[c]) * mass - targets[c];
                    output.put(n * classes + c, (float) (gradient * scale));
                }
            } else if (operation.reduction() == LossReduce.NONE) {
                output.put(n, (float) (loss * scale));
            }
        }
        if (!operation.gradient() && operation.reduction() != LossReduce.NONE) {
            output.put(0, (float) (sum * scale));
        }
    }

    /** What a sample's loss is multiplied with; a weight of 0 counts for nothing in every mean. */
    private double scale() {
        double w = weight.get(0);
        return switch (operation.reduction()) {
            case NONE, SUM -> w;
            case MEAN_BY_WEIGHT -> w == 0 ? 0 : 1.0 / samples;
            case MEAN_BY_NONZERO_WEIGHT_COUNT -> w == 0 ? 0 : w / samples;
        };
    }

    private void read(int n) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            logProbabilities[c] = logits.get(n * classes + c);
            largest = Math.max(largest, logProbabilities[c]);
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            sum += Math.exp(logProbabilities[c] - largest);
        }
        double logSum = largest + Math.log(sum);
        for (int c = 0; c < classes; c++) {
            logProbabilities[c] -= logSum;
            double label = labels.get(n * classes + c);
            targets[c] = label * (1 - operation.smoothing()) + operation.smoothing() / classes;
        }
    }
}
