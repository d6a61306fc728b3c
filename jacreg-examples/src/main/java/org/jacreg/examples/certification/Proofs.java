package org.jacreg.examples.certification;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.Certified;
import org.jacreg.bounds.certify.Certifier;
import org.jacreg.bounds.certify.NotCertified;
import org.jacreg.bounds.certify.NotCertified.Reason;
import org.jacreg.bounds.certify.ProofMethod;
import org.jacreg.bounds.certify.complete.CompleteVerifier;
import org.jacreg.bounds.certify.complete.Verdict;
import org.jacreg.bounds.certify.lipschitz.LipschitzCertifier;
import org.jacreg.bounds.certify.lipschitz.LipschitzMethod;
import org.jacreg.bounds.certify.lipschitz.LocalLipschitzCertifier;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.classifier.InputBox;

/** Largest certified radii of samples by every way there is. */
final class Proofs {

    private final BoundGraph graph;
    private final InputBox box;
    private final double[][] x;
    private final int[] labels;

    /** Radii that branch and bound proves. */
    enum Complete implements ProofMethod {
        /** By {@link CompleteVerifier}, in real arithmetic. */
        COMPLETE
    }

    Proofs(BoundGraph graph, InputBox box, double[][] x, int[] labels) {
        this.graph = graph;
        this.box = box;
        this.x = x;
        this.labels = labels;
    }

    List<Certificate> bounds(BoundMethod method, BallNorm norm, double largest, int steps) {
        return Certifier.of(graph)
                .method(method)
                .norm(norm)
                .bounds(box.lower(), box.upper())
                .build()
                .largestRadii(x, labels, largest, steps);
    }

    List<Certificate> lipschitz(LayeredNetwork network, LipschitzMethod method, BallNorm norm) {
        LipschitzCertifier certifier = LipschitzCertifier.of(network, norm, method, graph.arithmetic());
        return IntStream.range(0, x.length)
                .mapToObj(n -> certifier.certify(x[n], labels[n]))
                .toList();
    }

    List<Certificate> local(BallNorm norm, double largest) {
        LocalLipschitzCertifier certifier =
                LocalLipschitzCertifier.of(graph, norm, box, BoundMethod.CROWN, graph.arithmetic());
        return IntStream.range(0, x.length)
                .mapToObj(n -> certifier.certify(x[n], labels[n], largest))
                .toList();
    }

    /**
     * Largest l_inf radii that branch and bound proves, by bisection.
     *
     * @param below radii known to be proved, to start from; negative where the label does not win
     * @param above radii known to be too large, or where to stop
     */
    CompleteRadii complete(CompleteVerifier verifier, double[] below, double[] above, int steps) {
        List<Certificate> certificates = new ArrayList<>();
        int open = 0;
        long nodes = 0;
        for (int n = 0; n < x.length; n++) {
            double low = below[n];
            double high = above[n];
            boolean undecided = false;
            for (int step = 0; low >= 0 && step < steps; step++) {
                double middle = (low + high) / 2;
                Verdict verdict = verifier.verify(x[n], labels[n], middle, box);
                nodes += verdict.nodes();
                boolean proved = verdict instanceof Verdict.Proved;
                undecided = proved ? undecided : verdict instanceof Verdict.Unknown;
                low = proved ? middle : low;
                high = proved ? high : middle;
            }
            open += undecided ? 1 : 0;
            certificates.add(certificate(n, low));
        }
        return new CompleteRadii(certificates, open, nodes);
    }

    private Certificate certificate(int n, double radius) {
        return radius < 0
                ? new NotCertified(Reason.MISCLASSIFIED, "not known to win at the sample itself")
                : new Certified(radius, BallNorm.LINF, labels[n], Double.MIN_VALUE, Complete.COMPLETE, Arithmetic.REAL);
    }
}
