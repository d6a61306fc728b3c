package org.jacreg.regularizer;

import java.util.List;
import org.jacreg.graph.GraphDecoration;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A user's graph with a Jacobian penalty in its loss.
 *
 * <p>The graph itself is the user's own: {@code fit}, {@code save}, {@code evaluate} and {@code output} work on it as ever.
 */
public final class RegularizedGraph {

    static final String PENALTY = GraphDecoration.PREFIX + "penalty";
    static final String LAMBDA = GraphDecoration.PREFIX + "lambda";
    static final String TOTAL = GraphDecoration.PREFIX + "total";

    private final SameDiff sd;
    private final List<String> lossesBefore;
    private final SDVariable total;

    RegularizedGraph(SameDiff sd, List<String> lossesBefore) {
        this.sd = sd;
        this.lossesBefore = List.copyOf(lossesBefore);
        this.total = sd.getVariable(TOTAL);
    }

    /**
     * The decorated graph.
     *
     * @return the user's own graph
     */
    public SameDiff graph() {
        return sd;
    }

    /**
     * The penalty, not weighted by lambda: a scalar, the mean over the batch.
     *
     * @return the variable {@code jacreg/penalty} of the graph; for example {@code penalty().eval(placeholders)}
     * @throws IllegalStateException if the penalty has been detached
     */
    public SDVariable penalty() {
        requireAttached();
        return sd.getVariable(PENALTY);
    }

    /**
     * What the graph minimizes: the user's loss plus lambda times the penalty.
     *
     * @return the variable {@code jacreg/total} of the graph, a scalar
     * @throws IllegalStateException if the penalty has been detached
     */
    public SDVariable total() {
        requireAttached();
        return total;
    }

    /**
     * Whether this penalty is still in the graph.
     *
     * @return false after {@link #detach()}, even if another penalty has been attached since
     */
    @SuppressWarnings("ReferenceEquality") // A later penalty has a variable of the same name.
    public boolean isAttached() {
        return sd.hasVariable(TOTAL) && sd.getVariable(TOTAL) == total;
    }

    /**
     * Takes the penalty out of the graph again: the graph has its own ops, variables and loss as before {@code attach()}, and
     * the weights that training has given it. Does nothing the second time.
     *
     * @throws IllegalStateException if ops of the user's consume variables of the penalty; the graph stays decorated
     */
    public void detach() {
        if (!isAttached()) {
            return;
        }
        List<String> decorated = List.copyOf(sd.getLossVariables());
        sd.setLossVariables(lossesBefore.toArray(new String[0]));
        try {
            GraphDecoration.removeChecked(sd);
        } catch (IllegalStateException e) {
            sd.setLossVariables(decorated.toArray(new String[0]));
            throw e;
        }
    }

    private void requireAttached() {
        if (!isAttached()) {
            throw new IllegalStateException("the penalty has been detached from the graph; attach a new one");
        }
    }
}
