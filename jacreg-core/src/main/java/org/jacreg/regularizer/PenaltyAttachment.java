package org.jacreg.regularizer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jacreg.graph.GradientFailure;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.graph.QuietGradients;
import org.jacreg.graph.WronglyTrainedOps;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/** Adds penalties to a graph and swaps its loss; on failure the graph is as before. */
final class PenaltyAttachment {

    private final SameDiff sd;
    private final List<PenaltyTerm> terms;

    private PenaltyAttachment(SameDiff sd, List<PenaltyTerm> terms) {
        this.sd = sd;
        this.terms = terms;
    }

    @SuppressWarnings("ReferenceEquality") // Graphs have no equality but identity.
    static RegularizedGraph attach(List<JacobianRegularizer> regularizers) {
        SameDiff sd = regularizers.get(0).graph();
        if (regularizers.stream().anyMatch(regularizer -> regularizer.graph() != sd)) {
            throw new IllegalArgumentException("attachAll() takes regularizers of one graph; these are of several");
        }
        if (GraphDecoration.isDecorated(sd)) {
            throw new IllegalStateException("the graph already has a Jacobian penalty (names under '"
                    + GraphDecoration.PREFIX + "', such as '" + GraphDecoration.firstOfOurs(sd)
                    + "'); call detach() on it first, or rename that variable if it is your own");
        }
        List<PenaltyTerm> terms = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JacobianRegularizer regularizer : regularizers) {
            PenaltyTerm term = regularizer.term();
            terms.add(term.named(unique(term.name(), names)));
        }
        return new PenaltyAttachment(sd, terms).attach();
    }

    private static String unique(String wanted, Set<String> taken) {
        String name = wanted;
        for (int i = 2; !taken.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    private RegularizedGraph attach() {
        List<String> before = List.copyOf(sd.getLossVariables());
        List<String> losses = terms.get(0).source().model().lossVariables();
        WronglyTrainedOps.warn(sd, losses);
        return GraphDecoration.add(sd, () -> {
            emit(losses);
            minimize(before);
            return RegularizedGraph.attached(sd, before, schedules());
        });
    }

    private void emit(List<String> losses) {
        SDVariable total = losses(losses);
        for (PenaltyTerm term : terms) {
            SDVariable penalty = sd.identity(RegularizedGraph.penaltyName(term.name()), term.emit());
            if (terms.size() == 1) {
                penalty = sd.identity(RegularizedGraph.SINGLE, penalty);
            }
            // Name scopes do not reach the names of constants.
            SDVariable weight = sd.constant(
                    GraphDecoration.PREFIX + RegularizedGraph.lambdaName(term.name()),
                    Nd4j.scalar(penalty.dataType(), term.lambda()));
            total = total.add(penalty.mul(weight).castTo(total.dataType()));
        }
        TotalLoss.emit(total, RegularizedGraph.TOTAL);
    }

    /** Adds up the user's losses; the names of the summands tell which they are, see {@link RegularizedGraph#of}. */
    private SDVariable losses(List<String> names) {
        return IntStream.range(0, names.size())
                .mapToObj(i -> sd.sum(RegularizedGraph.summand(i, names.get(i)), sd.getVariable(names.get(i))))
                .reduce(SDVariable::add)
                .orElseThrow();
    }

    /** Swaps the loss and builds the gradients at once, so that what SameDiff cannot differentiate shows here. */
    private void minimize(List<String> before) {
        sd.setLossVariables(RegularizedGraph.TOTAL);
        try {
            QuietGradients.create(sd);
        } catch (RuntimeException e) {
            sd.setLossVariables(before.toArray(new String[0]));
            throw new IllegalArgumentException(
                    "SameDiff cannot build the gradients of the graph with its penalty: "
                            + GradientFailure.explain(sd, e),
                    e);
        }
    }

    private List<PenaltySchedule.Entry> schedules() {
        List<PenaltySchedule.Entry> entries = new ArrayList<>();
        for (PenaltyTerm term : terms) {
            if (term.schedule() != null) {
                SDVariable lambda = sd.getVariable(GraphDecoration.PREFIX + RegularizedGraph.lambdaName(term.name()));
                entries.add(new PenaltySchedule.Entry(lambda, term.schedule()));
            }
        }
        return entries;
    }
}
