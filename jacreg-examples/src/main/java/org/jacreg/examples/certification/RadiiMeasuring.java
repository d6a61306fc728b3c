package org.jacreg.examples.certification;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.lipschitz.LipschitzMethod;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.examples.experiment.ExperimentListener;
import org.jacreg.examples.runs.ProcessorTime;

/** Computes all kinds of radii for some digits. */
final class RadiiMeasuring {

    private final CertificationSettings settings;
    private final ExperimentListener listener;

    RadiiMeasuring(CertificationSettings settings, ExperimentListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    RadiiRun measure(Way way, int from, ExamDigits digits) {
        listener.stage(way.label() + ": radii from digit " + from, RadiusKind.values().length);
        ExamDigits few = digits.first(settings.few());
        Map<String, List<Double>> radii = new TreeMap<>();
        Map<String, Double> seconds = new TreeMap<>();
        int done = 0;
        for (RadiusKind kind : RadiusKind.values()) {
            double start = ProcessorTime.seconds();
            List<Certificate> certificates = certificates(kind, kind.slow() ? few : digits);
            seconds.put(kind.name(), ProcessorTime.seconds() - start);
            radii.put(
                    kind.name(), certificates.stream().map(Certificate::radius).toList());
            listener.progress(++done);
        }
        List<Boolean> correct = new ArrayList<>();
        for (boolean c : digits.correct()) {
            correct.add(c);
        }
        listener.done(radii.size() + " kinds of radii for " + correct.size() + " digits");
        return new RadiiRun(way, from, correct, radii, seconds);
    }

    private List<Certificate> certificates(RadiusKind kind, ExamDigits digits) {
        double largest = settings.radii(kind.norm()).largest();
        return switch (kind) {
            case INTERVAL, FAST_LIN, CROWN, ALPHA_CROWN ->
                digits.proofs().bounds(BoundMethod.valueOf(kind.name()), kind.norm(), largest, settings.bisections());
            case CROWN_L2, CROWN_L1 ->
                digits.proofs().bounds(BoundMethod.CROWN, kind.norm(), largest, settings.bisections());
            case LOCAL, LOCAL_L2, LOCAL_L1 -> digits.proofs().local(kind.norm(), largest);
            case PAIRWISE_L2, PAIRWISE_L1 ->
                digits.proofs().lipschitz(LayeredNetwork.of(digits.graph()), LipschitzMethod.PAIRWISE, kind.norm());
        };
    }
}
