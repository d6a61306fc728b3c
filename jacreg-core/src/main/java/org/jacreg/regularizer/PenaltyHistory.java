package org.jacreg.regularizer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jacreg.graph.ScalarListener;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.ListenerResponse;
import org.nd4j.autodiff.listeners.records.LossCurve;
import org.nd4j.autodiff.samediff.SameDiff;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records what every penalty was at every iteration of {@code fit}, and logs the means of every epoch.
 *
 * <pre>{@code
 * PenaltyHistory history = PenaltyHistory.of(regularized);
 * sd.fit(iterator, epochs, history);
 * history.values("frobenius");
 * }</pre>
 */
public final class PenaltyHistory extends ScalarListener {

    private static final Logger LOG = LoggerFactory.getLogger(PenaltyHistory.class);

    /** The key of the total loss. */
    public static final String TOTAL = "total";

    private final Map<String, String> termOfVariable;
    private final Map<String, List<Double>> values = new LinkedHashMap<>();
    private int epochStart;

    private PenaltyHistory(Map<String, String> termOfVariable) {
        super(termOfVariable.keySet());
        this.termOfVariable = termOfVariable;
        termOfVariable.values().forEach(term -> values.put(term, new ArrayList<>()));
    }

    /**
     * A listener for the penalties of a graph.
     *
     * @param graph with penalties attached
     * @return a listener without records
     * @throws IllegalStateException if the penalties have been detached
     */
    public static PenaltyHistory of(RegularizedGraph graph) {
        Map<String, String> terms = new LinkedHashMap<>();
        graph.terms().forEach(term -> terms.put(term.penalty().name(), term.name()));
        terms.put(graph.total().name(), TOTAL);
        return new PenaltyHistory(terms);
    }

    /**
     * What was recorded of a penalty, not weighted by lambda, or of the total loss.
     *
     * @param term the penalty's name, or {@link #TOTAL}
     * @return one value for every iteration, in order; a copy
     * @throws IllegalArgumentException if there is no such penalty
     */
    public List<Double> values(String term) {
        List<Double> recorded = values.get(term);
        if (recorded == null) {
            throw new IllegalArgumentException("no penalty is named '" + term + "'; there are " + values.keySet());
        }
        return List.copyOf(recorded);
    }

    @Override
    public void epochStart(SameDiff sd, At at) {
        epochStart = recorded(TOTAL).size();
    }

    @Override
    protected void computed(String variable, double value) {
        recorded(Objects.requireNonNull(termOfVariable.get(variable))).add(value);
    }

    private List<Double> recorded(String term) {
        return Objects.requireNonNull(values.get(term));
    }

    @Override
    public ListenerResponse epochEnd(SameDiff sd, At at, LossCurve lossCurve, long epochTimeMillis) {
        if (LOG.isInfoEnabled()) {
            Map<String, String> means = new LinkedHashMap<>();
            values.forEach((term, recorded) -> means.put(
                    term,
                    String.format(
                            java.util.Locale.ROOT,
                            "%.5g",
                            recorded.stream()
                                    .skip(epochStart)
                                    .mapToDouble(Double::doubleValue)
                                    .average()
                                    .orElse(Double.NaN))));
            LOG.info("epoch {}: {}", at.epoch(), means);
        }
        return ListenerResponse.CONTINUE;
    }
}
