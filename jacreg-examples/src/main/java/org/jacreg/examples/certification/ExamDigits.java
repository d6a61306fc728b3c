package org.jacreg.examples.certification;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.jacreg.examples.data.LabelledImages;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Some test digits and a network that looks at them. */
final class ExamDigits {

    private final SameDiff graph;
    private final Classifier model;
    private final INDArray x;
    private final int[] labels;

    private ExamDigits(SameDiff graph, Classifier model, INDArray x, int[] labels) {
        this.graph = graph;
        this.model = model;
        this.x = x;
        this.labels = labels;
    }

    static ExamDigits of(SameDiff graph, LabelledImages test, int from, int to) {
        int[] indices = IntStream.range(from, to).toArray();
        return new ExamDigits(
                graph, Classifier.of(graph).bounds(0, 1).build(), test.features(indices), test.labels(indices));
    }

    ExamDigits first(int count) {
        int kept = Math.min(count, labels.length);
        return new ExamDigits(
                graph, model, x.get(NDArrayIndex.interval(0, kept)).dup('c'), Arrays.copyOf(labels, kept));
    }

    SameDiff graph() {
        return graph;
    }

    int[] labels() {
        return labels.clone();
    }

    InputBox box() {
        return model.box();
    }

    double[][] rows() {
        return x.castTo(DataType.DOUBLE).toDoubleMatrix();
    }

    Proofs proofs() {
        return new Proofs(BoundGraph.of(graph), model.box(), rows(), labels);
    }

    boolean[] correct() {
        double[][] z = model.logits(x).castTo(DataType.DOUBLE).toDoubleMatrix();
        boolean[] result = new boolean[labels.length];
        for (int n = 0; n < result.length; n++) {
            result[n] = Logits.margin(z[n], labels[n]) > 0;
        }
        return result;
    }

    CertificateCheck check(String network) {
        return new CertificateCheck(network, model, x, labels);
    }
}
