package org.jacreg.examples.certification;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.complete.CompleteVerifier;
import org.jacreg.bounds.certify.complete.Verdict;
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
        double[] above = Arrays.stream(check.nearestErrors(BallNorm.LINF))
                .map(d -> Math.min(d, 2 * settings.linf().largest()))
                .toArray();
        CompleteVerifier verifier = CompleteVerifier.of(LayeredNetwork.of(digits.graph()), nodes);
        double start = ProcessorTime.seconds();
        List<Certificate> complete = digits.proofs().complete(verifier, below, above, settings.bisections());
        seconds.put("COMPLETE", ProcessorTime.seconds() - start);
        // proved in real arithmetic; a small float32 network errs by less than this
        keep("COMPLETE", complete, radii, check, 1e-5);
        attack(check, 1);
        listener.done(check.violations().size() + " violations");
        return new LadderRun(
                way,
                radii,
                Arrays.stream(check.nearestErrors(BallNorm.LINF))
                        .mapToObj(d -> Math.min(d, Double.MAX_VALUE))
                        .toList(),
                open(verifier, digits, complete),
                check.violations(),
                seconds);
    }

    private void attack(CertificateCheck check, int round) {
        new StrongAttacks(settings.effort(), settings.training().seed() + round).run(check, BallNorm.LINF, 1);
    }

    /** At how many radii just above the proved ones the limit of nodes, and no counterexample, ended the search. */
    private static int open(CompleteVerifier verifier, ExamDigits digits, List<Certificate> complete) {
        double[][] x = digits.rows();
        return (int) IntStream.range(0, x.length)
                .filter(n -> complete.get(n).certified())
                .filter(n -> verifier.verify(
                                x[n], digits.labels()[n], complete.get(n).radius() * 1.01 + 1e-6, digits.box())
                        instanceof Verdict.Unknown)
                .count();
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
