package org.jacreg.examples.gaps;

import java.util.ArrayList;
import java.util.List;
import org.jacreg.bounds.generalization.FrobeniusMargin;
import org.jacreg.bounds.generalization.GeneralizationBound;
import org.jacreg.bounds.generalization.PacBayesSpectral;
import org.jacreg.bounds.generalization.RobustGap;
import org.jacreg.bounds.generalization.SpectralMargin;
import org.jacreg.bounds.rademacher.LpNorm;

/** What theorems say about the gaps of a network. */
public final class GapBounds {

    /** The name of the bound of the gap of the cross-entropy without attack. */
    public static final String STANDARD = "loss gap";
    /** The name of the bound of the gap of {@code l + eps ||J||_1,1}. */
    public static final String LINF = "surrogate gap, l_inf";
    /** The name of the bound of the gap of {@code l + eps sqrt(2) ||J||_F}. */
    public static final String L2 = "surrogate gap, l2";

    private GapBounds() {}

    /**
     * The gap of the loss and of the two surrogates, by the theorem on the Jacobian-regularized risk: every term.
     *
     * @param net the network
     * @param threat the radii
     * @param delta the probability with which each may fail
     * @return {@link #STANDARD}, {@link #LINF} and {@link #L2}
     * @throws IllegalArgumentException if the theorem does not cover the network
     */
    public static List<BoundFigure> gaps(TrainedNet net, Threat threat, double delta) {
        return List.of(
                figure(STANDARD, gap(RobustGap.l2(0), net, delta)),
                figure(LINF, gap(RobustGap.linf(threat.linf()), net, delta)),
                figure(L2, gap(RobustGap.l2(threat.l2()), net, delta)));
    }

    /**
     * The probability of error without attack, by the margin bounds that cover the network.
     *
     * @param net the network
     * @param delta the probability with which each may fail
     * @return the bounds
     */
    public static List<BoundFigure> errors(TrainedNet net, double delta) {
        List<BoundFigure> bounds = new ArrayList<>();
        PacBayesSpectral pacBayes = PacBayesSpectral.delta(delta);
        bounds.add(figure(
                "error, spectral margin",
                SpectralMargin.delta(delta).bound(net.facts(), net.sampleNorm(), net.margins())));
        if (!net.smooth()) {
            bounds.add(figure(
                    "error, Frobenius margin",
                    FrobeniusMargin.delta(delta).bound(net.facts(), net.sampleNorm(), net.margins())));
        }
        bounds.add(figure("error, PAC-Bayes", pacBayes.bound(net.facts(), net.largestInput(), net.margins())));
        return bounds;
    }

    /**
     * The probability of error under attack, by the PAC-Bayes bound: margins in the ball are bounded below by the clean ones less the
     * network's Lipschitz constant times the ball's l2 radius.
     *
     * @param net the network
     * @param threat the radii
     * @param delta the probability with which each may fail
     * @return the bounds, l_inf and l2
     */
    public static List<BoundFigure> robustErrors(TrainedNet net, Threat threat, double delta) {
        return List.of(
                robustError(
                        "robust error l_inf, PAC-Bayes", net, LpNorm.LINF, threat.linf(), net.largestInput(), delta),
                robustError("robust error l2, PAC-Bayes", net, LpNorm.L2, threat.l2(), 1, delta));
    }

    private static BoundFigure robustError(
            String name, TrainedNet net, LpNorm norm, double epsilon, double overL2, double delta) {
        // A difference of two logits changes by at most sqrt(2) times what the logits do.
        double loss = Math.sqrt(2) * net.norms().lipschitz() * epsilon * overL2 * (1 + 1e-12);
        return figure(
                name,
                PacBayesSpectral.delta(delta)
                        .attack(norm, epsilon)
                        .bound(net.facts(), net.largestInput(), net.marginsLess(loss)));
    }

    private static GeneralizationBound gap(RobustGap.Builder theorem, TrainedNet net, double delta) {
        return theorem.delta(delta).build().bound(net.facts(), net.largestInput(), net.size());
    }

    private static BoundFigure figure(String name, GeneralizationBound bound) {
        return new BoundFigure(
                name,
                bound.value(),
                bound.vacuous(),
                bound.terms().stream()
                        .map(term -> new BoundFigure.Part(term.name(), term.value(), term.meaning()))
                        .toList());
    }
}
