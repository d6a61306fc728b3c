package org.jacreg.bounds.certify.dataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.Certifier;
import org.jacreg.bounds.certify.lipschitz.LipschitzCertifier;
import org.jacreg.bounds.certify.lipschitz.LipschitzMethod;
import org.jacreg.bounds.certify.lipschitz.LocalLipschitzCertifier;
import org.jacreg.classifier.InputBox;

/**
 * A certifier that answers with {@link Certificate}s as a {@link DatasetCertifier}.
 *
 * @param procedure how radii are found
 * @param preferredChunk how many samples are best asked for together
 * @param logits of a sample
 * @param prover makes the certificates
 */
record Certificates(Procedure procedure, int preferredChunk, UnaryOperator<double[]> logits, Prover prover)
        implements DatasetCertifier {

    /** As many as bounds are computed for together. */
    private static final int CHUNK = 64;

    /** Makes certificates, one for every sample in order. */
    @FunctionalInterface
    interface Prover {
        List<? extends Certificate> prove(double[][] x, int[] labels, RadiusSearch search);
    }

    /** Bounds propagated through the graph. */
    static DatasetCertifier propagated(Certifier certifier) {
        Certifier.Options options = certifier.options();
        Procedure procedure = new Procedure(
                options.method().name(),
                options.norm(),
                new Guarantee.Proof(options.arithmetic()),
                options.box(),
                Map.of(),
                Procedure.Network.of(certifier.graph()));
        return new Certificates(
                procedure,
                CHUNK,
                certifier.graph()::logits,
                (x, labels, search) -> search instanceof RadiusSearch.Bisection bisection
                        ? certifier.largestRadii(x, labels, bisection.largest(), bisection.steps())
                        : onGrid(certifier, x, labels, ((RadiusSearch.Grid) search).radii()));
    }

    private static List<Certificate> onGrid(Certifier certifier, double[][] x, int[] labels, List<Double> radii) {
        List<Certificate> best = new ArrayList<>(certifier.certify(x, labels, radii.get(0)));
        int[] open = IntStream.range(0, x.length)
                .filter(n -> best.get(n).certified())
                .toArray();
        for (int k = 1; k < radii.size() && open.length > 0; k++) {
            List<Certificate> next = certifier.certify(Rows.chosen(x, open), Rows.chosen(labels, open), radii.get(k));
            int left = 0;
            for (int i = 0; i < next.size(); i++) {
                if (next.get(i).certified()) {
                    best.set(open[i], next.get(i));
                    open[left++] = open[i];
                }
            }
            open = Arrays.copyOf(open, left);
        }
        return best;
    }

    /** Lipschitz constants of the whole input space. */
    static DatasetCertifier global(LipschitzCertifier certifier) {
        Procedure procedure = new Procedure(
                certifier.method().name(),
                certifier.constants().norm(),
                new Guarantee.Proof(certifier.arithmetic()),
                InputBox.unbounded(),
                Map.of(),
                Procedure.Network.of(certifier.network()));
        return new Certificates(
                procedure,
                CHUNK,
                certifier.network()::logits,
                (x, labels, search) -> IntStream.range(0, x.length)
                        .mapToObj(n -> certifier.certify(x[n], labels[n]))
                        .toList());
    }

    /** Lipschitz constants of balls. */
    static DatasetCertifier local(LocalLipschitzCertifier certifier) {
        Certifier.Options options = certifier.options();
        Procedure procedure = new Procedure(
                LipschitzMethod.LOCAL.name(),
                options.norm(),
                new Guarantee.Proof(options.arithmetic()),
                options.box(),
                Map.of("activationBounds", options.method().name()),
                Procedure.Network.of(certifier.graph()));
        return new Certificates(
                procedure,
                1,
                certifier.graph()::logits,
                (x, labels, search) -> IntStream.range(0, x.length)
                        .mapToObj(n -> certifier.certify(x[n], labels[n], search.largest()))
                        .toList());
    }

    @Override
    public List<SampleResult> certify(double[][] x, int[] labels, RadiusSearch search) {
        List<? extends Certificate> certificates = prover.prove(x, labels, search);
        return IntStream.range(0, x.length)
                .mapToObj(n -> SampleResult.of(labels[n], Rows.largest(logits.apply(x[n])), certificates.get(n)))
                .toList();
    }
}
