package org.jacreg.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.QuietGradients;
import org.jacreg.regularizer.RegularizedGraph;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts an objective's terms in the place of a graph's losses while it trains, or beside them, and takes them away again.
 *
 * <p>Replaced are the losses that are computed from the labels. What else the graph minimises stays: losses without labels, such
 * as norms of weights, and the penalties, with their lambdas. Everything added is named under {@value #SCOPE}; one objective at a
 * time has its terms in a graph.
 *
 * <pre>{@code
 * public Session start(SameDiff graph) {
 *     return LossReplacement.start(graph, hadGradients -> {
 *         GraphModel model = names.in(graph);
 *         LossReplacement terms = LossReplacement.of("MyLoss", model, hadGradients, () -> List.of(emit(model)));
 *         return new MySession(model, terms);                    // closes the terms when it is closed
 *     });
 * }
 * }</pre>
 */
public final class LossReplacement implements AutoCloseable {

    /** The name scope of what objectives add to a graph. */
    public static final String SCOPE = GraphDecoration.PREFIX + "objective";

    private static final Logger LOG = LoggerFactory.getLogger(LossReplacement.class);

    private final SameDiff sd;
    private final List<String> before;
    private final boolean hadGradients;
    private boolean closed;

    private LossReplacement(SameDiff sd, boolean hadGradients) {
        this.sd = sd;
        this.before = List.copyOf(sd.getLossVariables());
        this.hadGradients = hadGradients;
    }

    /**
     * Runs the start of an objective so that a graph is as before if it fails.
     *
     * @param graph the graph; modified by the construction alone
     * @param construction is told whether the graph has a gradient function, which copying ops drops, and has it restored
     * @param <T> what is made
     * @return what the construction returned
     */
    public static <T> T start(SameDiff graph, Function<Boolean, T> construction) {
        boolean hadGradients = graph.getFunction("grad") != null;
        try {
            return construction.apply(hadGradients);
        } catch (RuntimeException e) {
            putBack(graph, graph.getLossVariables(), hadGradients);
            throw e;
        }
    }

    /**
     * Puts terms in the place of the losses that depend on the labels.
     *
     * @param who the objective's name
     * @param model the graph; gains the terms and has other loss variables, or is as before when this throws
     * @param hadGradients whether the graph is to have a gradient function when the terms are taken away
     * @param terms adds the terms, scalars, and gives them with the names that their loss variables are to have in the scope
     * @return what takes them away
     * @throws IllegalArgumentException if a name scope is open, or another objective's terms are in the graph
     */
    public static LossReplacement of(
            String who, GraphModel model, boolean hadGradients, Supplier<List<NamedTerm>> terms) {
        return with(model, hadGradients, replacement -> replacement.replace(who, model, terms.get()));
    }

    /**
     * Adds a term beside the losses that there are, penalties included.
     *
     * @param who the objective's name
     * @param model the graph; gains the term and a loss variable, or is as before when this throws
     * @param hadGradients whether the graph is to have a gradient function when the term is taken away
     * @param term adds the term, a scalar
     * @return what takes it away
     * @throws IllegalArgumentException as for {@link #of}
     */
    public static LossReplacement beside(String who, GraphModel model, boolean hadGradients, Supplier<NamedTerm> term) {
        return with(model, hadGradients, replacement -> replacement.add(who, model, term.get()));
    }

    /**
     * A summand of an objective.
     *
     * @param name the name of its loss variable, within the scope
     * @param value a scalar
     */
    public record NamedTerm(String name, SDVariable value) {}

    private static LossReplacement with(
            GraphModel model, boolean hadGradients, Function<LossReplacement, Boolean> emission) {
        SameDiff sd = model.sameDiff();
        if (sd.currentNameScope() != null) {
            throw new IllegalArgumentException("close the name scope '" + sd.currentNameScope() + "' before training");
        }
        if (GraphDecoration.isUsed(sd, SCOPE)) {
            throw new IllegalArgumentException("the graph already has names under '" + SCOPE
                    + "': another objective is in use on it, or it was saved while one was");
        }
        LossReplacement replacement = new LossReplacement(sd, hadGradients);
        try {
            GraphDecoration.addUnder(sd, SCOPE, () -> emission.apply(replacement));
        } catch (RuntimeException e) {
            putBack(sd, replacement.before, hadGradients);
            throw e;
        }
        return replacement;
    }

    private boolean replace(String who, GraphModel model, List<NamedTerm> terms) {
        List<String> losses = new ArrayList<>();
        for (NamedTerm term : terms) {
            losses.add(sd.identity(term.name(), term.value()).name());
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
        LOG.info("{} minimises {}, in the place of {}", who, losses, replaced);
        return true;
    }

    private boolean add(String who, GraphModel model, NamedTerm term) {
        List<String> losses = new ArrayList<>(before.isEmpty() ? model.lossVariables() : before);
        String added = sd.identity(term.name(), term.value()).name();
        losses.add(added);
        sd.setLossVariables(losses.toArray(String[]::new));
        LOG.info("{} minimises {} beside {}", who, added, losses);
        return true;
    }

    /** Sets losses, with a gradient function that suits training if there is to be one. */
    private static void putBack(SameDiff sd, List<String> losses, boolean withGradients) {
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
            GraphDecoration.removeUnder(sd, SCOPE);
            putBack(sd, before, hadGradients);
        }
    }
}
