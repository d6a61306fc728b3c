package org.jacreg.regularizer;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.graph.QuietGradients;
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

    private static final Pattern SUMMAND = Pattern.compile(GraphDecoration.PREFIX + "loss_of/(\\d+)/(.*)");

    private final SameDiff sd;
    private final SDVariable total;
    private final List<String> lossesBefore;

    RegularizedGraph(SameDiff sd, List<String> lossesBefore) {
        this.sd = sd;
        this.total = sd.getVariable(TOTAL);
        this.lossesBefore = List.copyOf(lossesBefore);
    }

    /**
     * Finds the penalty in a graph that was decorated, saved and loaded again, and makes the graph ready to train on: a
     * gradient function that SameDiff builds for itself reuses arrays too early (docs/nd4j-bugs.md).
     *
     * @param sd a graph with a penalty; gains its gradient function, and is otherwise not modified
     * @return its handle
     * @throws IllegalArgumentException if the graph has no penalty
     */
    public static RegularizedGraph of(SameDiff sd) {
        if (!sd.hasVariable(TOTAL)) {
            throw new IllegalArgumentException("the graph has no Jacobian penalty (no variable '" + TOTAL
                    + "'); attach one with JacobianRegularizer.frobenius(sd).attach()");
        }
        Map<Integer, String> losses = new TreeMap<>();
        for (SDVariable variable : sd.variables()) {
            Matcher matcher = SUMMAND.matcher(variable.name());
            if (matcher.matches()) {
                losses.put(Integer.valueOf(matcher.group(1)), matcher.group(2));
            }
        }
        QuietGradients.create(sd);
        return new RegularizedGraph(sd, List.copyOf(losses.values()));
    }

    /** The name, within the prefix, of the sum over one of the user's loss variables. */
    static String summand(int index, String loss) {
        return "loss_of/" + index + "/" + loss;
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
