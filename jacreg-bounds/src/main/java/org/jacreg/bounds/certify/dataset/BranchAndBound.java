package org.jacreg.bounds.certify.dataset;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.complete.CompleteMethod;
import org.jacreg.bounds.certify.complete.CompleteVerifier;
import org.jacreg.bounds.certify.complete.Verdict;
import org.jacreg.bounds.certify.dataset.SampleResult.Proved;
import org.jacreg.bounds.certify.dataset.SampleResult.Reason;
import org.jacreg.bounds.certify.dataset.SampleResult.Refused;
import org.jacreg.classifier.InputBox;

/** {@link CompleteVerifier} as a {@link DatasetCertifier}. */
final class BranchAndBound implements DatasetCertifier {

    private final CompleteVerifier verifier;
    private final InputBox box;
    private final Procedure procedure;

    BranchAndBound(CompleteVerifier verifier, InputBox box) {
        this.verifier = verifier;
        this.box = box;
        this.procedure = new Procedure(
                CompleteMethod.BRANCH_AND_BOUND.name(),
                BallNorm.LINF,
                new Guarantee.Proof(Arithmetic.REAL),
                box,
                Map.of("largestNodes", Long.toString(verifier.largestNodes())),
                Procedure.Network.of(verifier.network()));
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
                .mapToObj(n -> search instanceof RadiusSearch.Bisection bisection
                        ? bisect(x[n], labels[n], bisection)
                        : walk(x[n], labels[n], ((RadiusSearch.Grid) search).radii()))
                .toList();
    }

    private SampleResult bisect(double[] x, int label, RadiusSearch.Bisection search) {
        Verdict atCentre = verifier.verify(x, label, 0, box);
        if (!(atCentre instanceof Verdict.Proved)) {
            return refusal(x, label, 0, atCentre);
        }
        double proved = 0;
        double failed = search.largest();
        if (verifier.verify(x, label, failed, box) instanceof Verdict.Proved) {
            return proof(label, failed);
        }
        for (int step = 0; step < search.steps(); step++) {
            double middle = proved / 2 + failed / 2;
            if (verifier.verify(x, label, middle, box) instanceof Verdict.Proved) {
                proved = middle;
            } else {
                failed = middle;
            }
        }
        return proof(label, proved);
    }

    private SampleResult walk(double[] x, int label, List<Double> radii) {
        double proved = -1;
        for (double radius : radii) {
            Verdict verdict = verifier.verify(x, label, radius, box);
            if (!(verdict instanceof Verdict.Proved)) {
                return proved < 0 ? refusal(x, label, radius, verdict) : proof(label, proved);
            }
            proved = radius;
        }
        return proof(label, proved);
    }

    /** The verifier's bounds are positive float64 numbers, but it does not say which. */
    private static Proved proof(int label, double radius) {
        return new Proved(label, label, radius, Double.MIN_VALUE);
    }

    private Refused refusal(double[] x, int label, double radius, Verdict verdict) {
        double[] logits = verifier.network().logits(x);
        int predicted = Rows.largest(logits);
        if (predicted != label) {
            return new Refused(
                    label,
                    predicted,
                    Reason.MISCLASSIFIED,
                    "class " + predicted + " leads class " + label + " by " + (logits[predicted] - logits[label]));
        }
        if (radius == 0) {
            return new Refused(label, predicted, Reason.TIE, "the margin is 0 up to rounding");
        }
        return verdict instanceof Verdict.Refuted refuted
                ? new Refused(
                        label,
                        predicted,
                        Reason.REFUTED,
                        "within radius " + radius + " class " + refuted.rival() + " wins somewhere")
                : new Refused(
                        label,
                        predicted,
                        Reason.UNDECIDED,
                        "within radius " + radius + ": " + ((Verdict.Unknown) verdict).reason());
    }
}
