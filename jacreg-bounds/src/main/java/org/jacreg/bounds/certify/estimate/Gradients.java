package org.jacreg.bounds.certify.estimate;

import java.util.Arrays;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Norms of gradients of differences of logits. */
final class Gradients {

    private Gradients() {}

    /** {@code ||grad (z_label - z_rival)||_q} for every row, q dual to the norm of the ball. */
    static double[] norms(Classifier model, INDArray x, int[] labels, int[] rivals, BallNorm norm) {
        double[][] cotangent = new double[labels.length][model.classes()];
        for (int n = 0; n < labels.length; n++) {
            cotangent[n][labels[n]] += 1;
            cotangent[n][rivals[n]] -= 1;
        }
        double[][] gradients = rows(model.vjp(x, Nd4j.createFromArray(cotangent).castTo(model.dataType())));
        return Arrays.stream(gradients).mapToDouble(g -> dual(g, norm)).toArray();
    }

    /** The dual norm; NaN if an entry is. */
    static double dual(double[] g, BallNorm norm) {
        double result = 0;
        for (double v : g) {
            result = switch (norm) {
                case L1 -> Math.max(result, Math.abs(v));
                case L2 -> result + v * v;
                case LINF -> result + Math.abs(v);
            };
        }
        return norm == BallNorm.L2 ? Math.sqrt(result) : result;
    }

    static double[][] rows(INDArray x) {
        return x.castTo(DataType.DOUBLE)
                .dup('c')
                .reshape('c', x.size(0), x.length() / x.size(0))
                .toDoubleMatrix();
    }

    /** The first of the largest entries. */
    static int top(double[] z) {
        int top = 0;
        for (int c = 1; c < z.length; c++) {
            top = z[c] > z[top] ? c : top;
        }
        return top;
    }

    static void check(Classifier model, INDArray x) {
        if (model.classes() < 2) {
            throw new IllegalArgumentException("estimate of a radius: got a model of " + model.classes()
                    + " class, which has no margin; wanted at least 2");
        }
        long[] shape = model.inputShape();
        boolean fits = !x.isEmpty()
                && x.rank() == shape.length + 1
                && Arrays.equals(Arrays.copyOfRange(x.shape(), 1, x.rank()), shape);
        if (!fits) {
            throw new IllegalArgumentException("estimate of a radius: got shape " + Arrays.toString(x.shape())
                    + ", wanted [N, *" + Arrays.toString(shape) + "] with N of at least 1");
        }
    }

    static void requireFinite(double value, int sample) {
        if (!(Math.abs(value) < Double.POSITIVE_INFINITY)) {
            throw new ArithmeticException("sample " + sample + ": a logit or gradient is " + value
                    + "; wanted finite numbers, did training diverge?");
        }
    }
}
