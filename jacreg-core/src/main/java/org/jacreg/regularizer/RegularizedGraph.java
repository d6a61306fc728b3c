package org.jacreg.regularizer;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.graph.QuietGradients;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.Listener;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A user's graph with a Jacobian penalty in its loss.
 *
 * <p>The graph itself is the user's own: {@code fit}, {@code save}, {@code evaluate} and {@code output} work on it as ever.
 */
public final class RegularizedGraph {

    /** The name, within the prefix, of the penalty where there is one only. */
    static final String SINGLE = "penalty";

    static final String PENALTY = GraphDecoration.PREFIX + SINGLE;
    static final String TOTAL = GraphDecoration.PREFIX + "total";

    private static final Pattern SUMMAND = Pattern.compile(GraphDecoration.PREFIX + "loss_of/(\\d+)/(.*)");

    private static final String PENALTIES = "penalty_of/";
    private static final String LAMBDAS = "lambda_of/";

    private final SameDiff sd;
    private final SDVariable total;
    private final List<String> lossesBefore;
    private final @Nullable Listener schedule;

    private RegularizedGraph(SameDiff sd, List<String> lossesBefore, @Nullable Listener schedule) {
        this.sd = sd;
        this.total = sd.getVariable(TOTAL);
        this.lossesBefore = List.copyOf(lossesBefore);
        this.schedule = schedule;
    }

    /**
     * One of the penalties of a graph.
     *
     * @param name what it was called, by default its kind
     * @param penalty its value, not weighted by lambda: a scalar, the mean over the batch
     * @param lambda its weight in the total loss: a scalar constant of the graph, which may be assigned to between calls of fit
     */
    public record Term(String name, SDVariable penalty, SDVariable lambda) {}

    static RegularizedGraph attached(SameDiff sd, List<String> lossesBefore, List<PenaltySchedule.Entry> schedules) {
        if (schedules.isEmpty()) {
            return new RegularizedGraph(sd, lossesBefore, null);
        }
        PenaltySchedule listener = new PenaltySchedule(schedules);
        sd.addListeners(listener);
        return new RegularizedGraph(sd, lossesBefore, listener);
    }

    /** The name, within the prefix, of a penalty. */
    static String penaltyName(String term) {
        return PENALTIES + term;
    }

    /** The name, within the prefix, of a penalty's weight. */
    static String lambdaName(String term) {
        return LAMBDAS + term;
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
        QuietGradients.create(sd);
        return new RegularizedGraph(sd, summands(sd), null);
    }

    /** The losses that the total adds up. */
    private static List<String> summands(SameDiff sd) {
        Map<Integer, String> losses = new TreeMap<>();
        for (SDVariable variable : sd.variables()) {
            Matcher matcher = SUMMAND.matcher(variable.name());
            if (matcher.matches()) {
                losses.put(Integer.valueOf(matcher.group(1)), matcher.group(2));
            }
        }
        return List.copyOf(losses.values());
    }

    /**
     * The losses of a graph without its penalties.
     *
     * @param sd a graph; not modified
     * @return its loss variables, with the losses that were added up in the place of the total; of a graph without penalty its
     *     loss variables as they are
     */
    public static List<String> lossesOf(SameDiff sd) {
        return sd.getLossVariables().stream()
                .flatMap(name -> name.equals(TOTAL) ? summands(sd).stream() : Stream.of(name))
                .toList();
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
     * @throws IllegalStateException if the penalty has been detached, or the graph has several: see {@link #terms()}
     */
    public SDVariable penalty() {
        requireAttached();
        if (!sd.hasVariable(PENALTY)) {
            throw new IllegalStateException("the graph has several penalties; choose one of terms(): "
                    + terms().stream().map(Term::name).toList());
        }
        return sd.getVariable(PENALTY);
    }

    /**
     * All penalties of the graph.
     *
     * @return in the order in which they were given, at least one
     * @throws IllegalStateException if the penalty has been detached
     */
    public List<Term> terms() {
        requireAttached();
        return termsOf(sd);
    }

    /**
     * The penalties of a graph that may have none.
     *
     * @param sd a graph; not modified
     * @return in the order in which they were given; empty if the graph has no penalty
     */
    public static List<Term> termsOf(SameDiff sd) {
        String prefix = GraphDecoration.PREFIX + PENALTIES;
        return sd.variables().stream()
                .map(SDVariable::name)
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .map(name -> new Term(
                        name, sd.getVariable(prefix + name), sd.getVariable(GraphDecoration.PREFIX + LAMBDAS + name)))
                .toList();
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
        sd.getListeners().remove(schedule);
    }

    private void requireAttached() {
        if (!isAttached()) {
            throw new IllegalStateException("the penalty has been detached from the graph; attach a new one");
        }
    }
}
