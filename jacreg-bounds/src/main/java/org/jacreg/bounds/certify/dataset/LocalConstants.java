package org.jacreg.bounds.certify.dataset;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jacreg.bounds.certify.Certifier;
import org.jacreg.bounds.certify.lipschitz.LipschitzMethod;
import org.jacreg.bounds.certify.lipschitz.LocalLipschitzCertifier;

/** {@link LocalLipschitzCertifier} as a {@link DatasetCertifier}. */
final class LocalConstants implements DatasetCertifier {

    private final LocalLipschitzCertifier certifier;
    private final Procedure procedure;

    LocalConstants(LocalLipschitzCertifier certifier) {
        this.certifier = certifier;
        Certifier.Options options = certifier.options();
        this.procedure = new Procedure(
                LipschitzMethod.LOCAL.name(),
                options.norm(),
                new Guarantee.Proof(options.arithmetic()),
                options.box(),
                Map.of("activationBounds", options.method().name()),
                PropagatedBounds.network(certifier.graph()));
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
        return IntStream.range(0, x.length)
                .mapToObj(n -> SampleResult.of(
                        labels[n],
                        Rows.largest(certifier.graph().logits(x[n])),
                        certifier.certify(x[n], labels[n], search.largest())))
                .toList();
    }
}
