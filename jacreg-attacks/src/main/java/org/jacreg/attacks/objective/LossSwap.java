package org.jacreg.attacks.objective;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.QuietGradients;
import org.jacreg.regularizer.RegularizedGraph;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts an objective's terms in the place of a graph's losses, and back.
 *
 * <p>Replaced are the losses that are computed from the labels. What else the graph minimises stays: losses without labels, such
 * as norms of weights, and the penalties, with their lambdas.
 */
final class LossSwap implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LossSwap.class);

    private final SameDiff sd;
    private final List<String> before;
    private final boolean hadGradients;
    private boolean closed;

    private LossSwap(SameDiff sd, boolean hadGradients) {
        this.sd = sd;
        this.before = List.copyOf(sd.getLossVariables());
        this.hadGradients = hadGradients;
    }

    /**
     * Adds the terms; if that fails the graph is as before.
     *
     * @param hadGradients whether the graph is to have a gradient function when the terms are taken away
     */
    static LossSwap of(RobustLoss loss, GraphModel model, Branches branches, boolean hadGradients) {
        return with(model, hadGradients, swap -> swap.emit(loss, model, branches));
    }

    /** As {@link #of}, but for a single term beside the losses that there are, penalties included. */
    static LossSwap adding(String name, LossTerm term, GraphModel model, Branches branches, boolean hadGradients) {
        return with(model, hadGradients, swap -> swap.add(name, term, model, branches));
    }

    private static LossSwap with(GraphModel model, boolean hadGradients, Predicate<LossSwap> emission) {
        SameDiff sd = model.sameDiff();
        if (sd.currentNameScope() != null) {
            throw new IllegalArgumentException("close the name scope '" + sd.currentNameScope() + "' before training");
        }
        if (GraphDecoration.isUsed(sd, Branches.SCOPE)) {
            throw new IllegalArgumentException("the graph already has names under '" + Branches.SCOPE
                    + "': another objective of this package is in use on it, or it was saved while one was");
        }
        LossSwap swap = new LossSwap(sd, hadGradients);
        try {
            GraphDecoration.addUnder(sd, Branches.SCOPE, () -> emission.test(swap));
        } catch (RuntimeException e) {
            putBack(sd, swap.before, hadGradients);
            throw e;
        }
        return swap;
    }

    private boolean emit(RobustLoss loss, GraphModel model, Branches branches) {
        List<String> losses = new ArrayList<>();
        for (LossTerm term : loss.terms()) {
            losses.add(sd.identity(term.name(), term.emit(branches)).name());
        }
        List<String> replaced = new ArrayList<>();
        for (String name : before.isEmpty() ? model.lossVariables() : RegularizedGraph.lossesOf(sd)) {
            boolean labelled = model.label().isPresent()
                    && GraphModel.needs(sd, name, model.label().get());
            (labelled ? replaced : losses).add(name);
        }
        for (RegularizedGraph.Term term : RegularizedGraph.termsOf(sd)) {
            SDVariable scaled = term.penalty().mul(term.lambda());
            losses.add(sd.identity("penalty_of/" + term.name(), scaled).name());
        }
        sd.setLossVariables(losses.toArray(String[]::new));
        LOG.info("{} minimises {}, in the place of {}", loss.name(), losses, replaced);
        return true;
    }

    private boolean add(String name, LossTerm term, GraphModel model, Branches branches) {
        List<String> losses = new ArrayList<>(before.isEmpty() ? model.lossVariables() : before);
        String added = sd.identity(term.name(), term.emit(branches)).name();
        losses.add(added);
        sd.setLossVariables(losses.toArray(String[]::new));
        LOG.info("{} minimises {} beside {}", name, added, losses);
        return true;
    }

    /** Sets losses, with a gradient function that suits training if there is to be one. */
    static void putBack(SameDiff sd, List<String> losses, boolean withGradients) {
        sd.setLossVariables(losses.toArray(String[]::new));
        if (withGradients) {
            // A gradient function that SameDiff builds for itself reuses arrays too early (docs/nd4j-bugs.md).
            QuietGradients.create(sd);
        }
    }

    /** Takes the terms away; the graph minimises what it did. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            sd.setLossVariables(before.toArray(String[]::new));
            GraphDecoration.removeUnder(sd, Branches.SCOPE);
            putBack(sd, before, hadGradients);
        }
    }
}
