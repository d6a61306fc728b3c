package org.jacreg.examples.certification;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.complete.CompleteVerifier;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.examples.experiment.ExperimentListener;
import org.jacreg.examples.runs.ProcessorTime;

/** All methods side by side on a small network. */
final class LadderMeasuring {

    private final CertificationSettings settings;
    private final long nodes;
    private final ExperimentListener listener;

    LadderMeasuring(Ladder ladder, ExperimentListener listener) {
        this.settings = ladder.settings();
        this.nodes = ladder.nodes();
        this.listener = listener;
    }

    LadderRun measure(Way way, ExamDigits digits) {
        listener.stage(way.label() + ": all methods on a small network", BoundMethod.values().length + 2);
        Map<String, List<Double>> radii = new LinkedHashMap<>();
        Map<String, Double> seconds = new LinkedHashMap<>();
        CertificateCheck check = digits.check(way.label() + ", small");
        double[] below = new double[digits.labels().length];
        Arrays.fill(below, -1);
        int done = 0;
        for (BoundMethod method : BoundMethod.values()) {
            double start = ProcessorTime.seconds();
            List<Certificate> certificates = digits.proofs()
                    .bounds(method, BallNorm.LINF, settings.linf().largest(), settings.bisections());
            seconds.put(method.name(), ProcessorTime.seconds() - start);
            keep(method.name(), certificates, radii, check, 0);
            for (int n = 0; n < below.length; n++) {
                below[n] = Math.max(below[n], certificates.get(n).radius());
            }
            listener.progress(++done);
        }
        attack(check, 0);
        listener.progress(++done);
        CompleteVerifier verifier = CompleteVerifier.of(LayeredNetwork.of(digits.graph()), nodes);
        double start = ProcessorTime.seconds();
        CompleteRadii complete = digits.proofs().complete(verifier, below, above(check), settings.bisections());
        seconds.put("COMPLETE", ProcessorTime.seconds() - start);
        // proved in real arithmetic; a small float32 network errs by less than this
        keep("COMPLETE", complete.certificates(), radii, check, 1e-5);
        attack(check, 1);
        listener.done(check.violations().size() + " violations");
        return new LadderRun(
                way,
                radii,
                Arrays.stream(check.nearestErrors(BallNorm.LINF))
                        .mapToObj(d -> Math.min(d, Double.MAX_VALUE))
                        .toList(),
                complete.open(),
                complete.nodes(),
                check.violations(),
                seconds);
    }

    /** No radius from here on can be proved, or is looked for. */
    private double[] above(CertificateCheck check) {
        return Arrays.stream(check.nearestErrors(BallNorm.LINF))
                .map(d -> Math.min(d, 2 * settings.linf().largest()))
                .toArray();
    }

    private void attack(CertificateCheck check, int round) {
        new StrongAttacks(settings.effort(), settings.training().seed() + round).run(check, BallNorm.LINF, 1);
    }

    private static void keep(
            String name,
            List<Certificate> certificates,
            Map<String, List<Double>> radii,
            CertificateCheck check,
            double slack) {
        radii.put(name, certificates.stream().map(Certificate::radius).toList());
        check.claim(certificates, slack);
    }
}
