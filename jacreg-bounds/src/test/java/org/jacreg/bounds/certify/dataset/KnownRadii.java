package org.jacreg.bounds.certify.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.classifier.InputBox;

/** A certifier whose answers are written in the samples: the first number is the radius, negative for a wrong answer. */
final class KnownRadii implements DatasetCertifier {

    final List<Double> asked = new ArrayList<>();
    final String model;
    final Map<String, String> settings;

    KnownRadii(String model, Map<String, String> settings) {
        this.model = model;
        this.settings = settings;
    }

    KnownRadii() {
        this("model", Map.of());
    }

    @Override
    public Procedure procedure() {
        return new Procedure(
                "KNOWN",
                BallNorm.L1,
                new Guarantee.Proof(Arithmetic.REAL),
                InputBox.unbounded(),
                settings,
                new Procedure.Network("test", model, 1, 3));
    }

    @Override
    public int preferredChunk() {
        return 2;
    }

    @Override
    public List<SampleResult> certify(double[][] x, int[] labels, RadiusSearch search) {
        List<SampleResult> results = new ArrayList<>();
        for (int n = 0; n < x.length; n++) {
            asked.add(x[n][0]);
            results.add(
                    x[n][0] < 0
                            ? new SampleResult.Refused(
                                    labels[n], (labels[n] + 1) % 3, SampleResult.Reason.MISCLASSIFIED, "wrong")
                            : new SampleResult.Proved(labels[n], labels[n], x[n][0], 1));
        }
        return results;
    }
}
