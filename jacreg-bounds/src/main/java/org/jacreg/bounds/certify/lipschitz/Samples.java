package org.jacreg.bounds.certify.lipschitz;

import java.util.Arrays;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.bounds.rounding.ComputedSums;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Batches of a classifier as flat samples, checked. */
final class Samples {

    private Samples() {}

    static void check(double[] x, int label, LayeredNetwork network) {
        if (x.length != network.inputs()) {
            throw new IllegalArgumentException("sample: got " + x.length + " numbers, wanted " + network.inputs());
        }
        for (double value : x) {
            if (!(Math.abs(value) < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("sample: got " + value + ", wanted finite numbers");
            }
        }
        requireClass(label, network.classes());
    }

    static void requireClass(int label, int classes) {
        if (label < 0 || label >= classes) {
            throw new IllegalArgumentException("label: got " + label + ", wanted a class in [0, " + classes + ")");
        }
    }

    /** The rows of a batch as the classifier sees them, in its type, checked against the classifier's shape, its box and the network. */
    static double[][] of(Classifier model, INDArray x, int[] labels, LayeredNetwork network) {
        double[][] samples = of(model, x);
        if (labels.length != samples.length) {
            throw new IllegalArgumentException(
                    "labels: got " + labels.length + " for " + samples.length + " samples, wanted one for each");
        }
        for (int n = 0; n < samples.length; n++) {
            check(samples[n], labels[n], network);
        }
        return samples;
    }

    static double[][] of(Classifier model, INDArray x) {
        long[] shape = model.inputShape();
        boolean fits = x.rank() == shape.length + 1
                && !x.isEmpty()
                && Arrays.equals(shape, Arrays.copyOfRange(x.shape(), 1, x.rank()));
        if (!fits) {
            throw new IllegalArgumentException("batch: got shape " + Arrays.toString(x.shape()) + ", wanted [N, *"
                    + Arrays.toString(shape) + "] with N of at least 1");
        }
        double[][] samples = rows(x.castTo(model.dataType()));
        for (int n = 0; n < samples.length; n++) {
            for (double value : samples[n]) {
                if (!model.box().contains(value) || Double.isInfinite(value)) {
                    throw new IllegalArgumentException("sample " + n + " holds " + value
                            + ", wanted finite numbers in the classifier's " + model.box());
                }
            }
        }
        return samples;
    }

    static double[][] rows(INDArray x) {
        return x.castTo(DataType.DOUBLE)
                .dup('c')
                .reshape('c', x.size(0), x.length() / x.size(0))
                .toDoubleMatrix();
    }

    /** A certificate must speak of the arithmetic that the classifier uses, or of a coarser one. */
    static void requireCovered(Arithmetic arithmetic, Classifier model) {
        Arithmetic used = Arithmetic.of(model.dataType());
        if (arithmetic != Arithmetic.REAL && arithmetic.unit() < used.unit()) {
            throw new IllegalArgumentException("classifier computes in " + used + ", the certifier covers " + arithmetic
                    + "; make it with arithmetic " + used);
        }
    }

    /** Refuses a classifier whose logits are not those of the network. */
    static void requireSame(int n, double[] evaluated, SampleErrors at, Arithmetic arithmetic) {
        for (int c = 0; c < evaluated.length; c++) {
            double difference = Math.abs(evaluated[c] - at.logit(c));
            double rounding = ComputedSums.aboveUnderflow(at.own(c) + at.evaluated(c), 2);
            boolean same = arithmetic == Arithmetic.REAL
                    ? difference <= 1e-3 * (1 + Math.abs(at.logit(c)))
                    : difference <= rounding;
            if (!same && at.reach() > 0) {
                throw new IllegalArgumentException("sample " + n + ", logit " + c + ": the classifier gives "
                        + evaluated[c]
                        + ", the network " + at.logit(c) + ", further apart than rounding explains (" + rounding
                        + "). Read the network from this classifier's graph after its last change; normalisation"
                        + " outside the graph belongs into it");
            }
        }
    }
}
