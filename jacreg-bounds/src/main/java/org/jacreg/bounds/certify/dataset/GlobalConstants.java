package org.jacreg.bounds.certify.dataset;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jacreg.bounds.certify.lipschitz.LipschitzCertifier;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.classifier.InputBox;

/** {@link LipschitzCertifier} as a {@link DatasetCertifier}. */
final class GlobalConstants implements DatasetCertifier {

    private static final int CHUNK = 64;

    private final LipschitzCertifier certifier;
    private final Procedure procedure;

    GlobalConstants(LipschitzCertifier certifier) {
        this.certifier = certifier;
        this.procedure = new Procedure(
                certifier.method().name(),
                certifier.constants().norm(),
                new Guarantee.Proof(certifier.arithmetic()),
                InputBox.unbounded(),
                Map.of(),
                network(certifier.network()));
    }

    static Procedure.Network network(LayeredNetwork network) {
        return new Procedure.Network("layers", network.fingerprint(), network.inputs(), network.classes());
    }

    @Override
    public Procedure procedure() {
        return procedure;
    }

    @Override
    public int preferredChunk() {
        return CHUNK;
    }

    @Override
    public List<SampleResult> certify(double[][] x, int[] labels, RadiusSearch search) {
        return IntStream.range(0, x.length)
                .mapToObj(n -> SampleResult.of(
                        labels[n], Rows.largest(certifier.network().logits(x[n])), certifier.certify(x[n], labels[n])))
                .toList();
    }
}
