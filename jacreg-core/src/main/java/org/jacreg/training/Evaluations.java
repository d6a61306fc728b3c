package org.jacreg.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jacreg.runtime.CompiledValues;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.records.EvaluationRecord;
import org.nd4j.evaluation.IEvaluation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** Evaluations of variables against labels, as the training configuration lists them: fresh ones for each pass. */
@SuppressWarnings("rawtypes") // as ND4J declares evaluations
final class Evaluations {

    private final Map<String, List<IEvaluation>> wanted;

    private final Map<String, Integer> labels;

    private Map<String, List<IEvaluation>> current = Map.of();

    Evaluations(@Nullable Map<String, List<IEvaluation>> wanted, @Nullable Map<String, Integer> labels) {
        this.wanted = wanted == null ? Map.of() : wanted;
        this.labels = labels == null ? Map.of() : labels;
    }

    Set<String> variables() {
        return wanted.keySet();
    }

    void begin() {
        current = new LinkedHashMap<>();
        wanted.forEach((variable, evaluations) -> {
            List<IEvaluation> fresh = new ArrayList<>();
            evaluations.forEach(evaluation -> fresh.add(evaluation.newInstance()));
            current.put(variable, fresh);
        });
    }

    void add(MultiDataSet batch, CompiledValues values) {
        current.forEach((variable, evaluations) -> {
            int label = labels.getOrDefault(variable, 0);
            evaluate(batch, label, values.output(variable), evaluations);
        });
    }

    static void evaluate(MultiDataSet batch, int label, INDArray prediction, List<IEvaluation> evaluations) {
        if (label < 0 || label >= batch.numLabelsArrays()) {
            throw new IllegalArgumentException("the data set has " + batch.numLabelsArrays()
                    + " label arrays; there is no number " + label + " to evaluate against");
        }
        INDArray mask = batch.getLabelsMaskArray(label);
        for (IEvaluation evaluation : evaluations) {
            evaluation.eval(batch.getLabels(label), prediction, mask);
        }
    }

    EvaluationRecord record() {
        return new EvaluationRecord(current);
    }
}
