package org.jacreg.bounds.certify.dataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.Certifier;

/** {@link Certifier} as a {@link DatasetCertifier}. */
final class PropagatedBounds implements DatasetCertifier {

    /** As many as the certifier computes together. */
    private static final int CHUNK = 64;

    private final Certifier certifier;
    private final Procedure procedure;

    PropagatedBounds(Certifier certifier) {
        this.certifier = certifier;
        Certifier.Options options = certifier.options();
        this.procedure = new Procedure(
                options.method().name(),
                options.norm(),
                new Guarantee.Proof(options.arithmetic()),
                options.box(),
                Map.of(),
                network(certifier.graph()));
    }

    static Procedure.Network network(BoundGraph graph) {
        return new Procedure.Network("graph of bounds", graph.fingerprint(), graph.inputs(), graph.classes());
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
        Certificate[] best = search instanceof RadiusSearch.Bisection bisection
                ? certifier
                        .largestRadii(x, labels, bisection.largest(), bisection.steps())
                        .toArray(Certificate[]::new)
                : onGrid(x, labels, ((RadiusSearch.Grid) search).radii());
        List<SampleResult> results = new ArrayList<>();
        for (int n = 0; n < x.length; n++) {
            results.add(
                    SampleResult.of(labels[n], Rows.largest(certifier.graph().logits(x[n])), best[n]));
        }
        return results;
    }

    private Certificate[] onGrid(double[][] x, int[] labels, List<Double> radii) {
        Certificate[] best = certifier.certify(x, labels, radii.get(0)).toArray(Certificate[]::new);
        int[] open =
                IntStream.range(0, x.length).filter(n -> best[n].certified()).toArray();
        for (int k = 1; k < radii.size() && open.length > 0; k++) {
            List<Certificate> next = certifier.certify(Rows.chosen(x, open), Rows.chosen(labels, open), radii.get(k));
            int left = 0;
            for (int i = 0; i < next.size(); i++) {
                if (next.get(i).certified()) {
                    best[open[i]] = next.get(i);
                    open[left++] = open[i];
                }
            }
            open = Arrays.copyOf(open, left);
        }
        return best;
    }
}
