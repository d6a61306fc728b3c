package org.jacreg.bounds.certify.dataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.smoothing.RandomizedSmoothing;
import org.jacreg.bounds.certify.smoothing.SmoothedRadius;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.nd4j.linalg.factory.Nd4j;

/** {@link RandomizedSmoothing} as a {@link DatasetCertifier}. */
final class Smoothing implements DatasetCertifier {

    /** In the place of a hash, for models that have none. */
    static final String UNKNOWN = "unknown";

    private final RandomizedSmoothing smoothing;
    private final Procedure procedure;

    Smoothing(RandomizedSmoothing smoothing) {
        this.smoothing = smoothing;
        Classifier model = smoothing.model();
        RandomizedSmoothing.Options options = smoothing.options();
        int inputs = (int) Arrays.stream(model.inputShape()).reduce(1, Math::multiplyExact);
        this.procedure = new Procedure(
                "RANDOMIZED_SMOOTHING",
                BallNorm.L2,
                new Guarantee.Confidence(
                        options.alpha(),
                        options.sigma(),
                        options.samples(),
                        options.selectionSamples(),
                        options.seed()),
                InputBox.unbounded(),
                Map.of(
                        "batchSize",
                        Integer.toString(options.batchSize()),
                        "dataType",
                        model.dataType().name()),
                new Procedure.Network("classifier", model.fingerprint().orElse(UNKNOWN), inputs, model.classes()));
    }

    @Override
    public Procedure procedure() {
        return procedure;
    }

    @Override
    public int preferredChunk() {
        return 1;
    }

    @Override
    public List<SampleResult> certify(double[][] x, int[] labels, RadiusSearch search) {
        long[] sample = smoothing.model().inputShape();
        long[] shape = new long[sample.length + 1];
        shape[0] = x.length;
        System.arraycopy(sample, 0, shape, 1, sample.length);
        List<SmoothedRadius> answers = smoothing.certify(Nd4j.createFromArray(x).reshape('c', shape));
        List<SampleResult> results = new ArrayList<>();
        for (int n = 0; n < labels.length; n++) {
            results.add(SampleResult.of(labels[n], answers.get(n)));
        }
        return results;
    }
}
