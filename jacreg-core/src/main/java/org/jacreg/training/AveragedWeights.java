package org.jacreg.training;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The averages of a run: their arithmetic, and their place in the graph for a time. */
final class AveragedWeights {

    private final WeightAverage rule;
    private final WeightUpdates updates;
    private final Map<String, INDArray> averages = new LinkedHashMap<>();
    private int count;

    /**
     * What a checkpoint holds of averages.
     *
     * @param rule how they are made, to compare; empty if none are
     * @param count how many weights are in them
     * @param arrays by weight; empty if there are none yet
     */
    record State(String rule, int count, Map<String, INDArray> arrays) {

        static State none() {
            return new State("", 0, Map.of());
        }
    }

    AveragedWeights(WeightAverage rule, WeightUpdates updates) {
        this.rule = rule;
        this.updates = updates;
    }

    /** Before the first step of a run that is not resumed. */
    void begin() {
        if (rule instanceof WeightAverage.Ema) {
            take();
        }
    }

    void stepDone() {
        if (rule instanceof WeightAverage.Ema ema) {
            updates.trainedWeights().forEach((name, weight) -> {
                // In this order equal weights keep their value to the bit.
                INDArray average = average(name);
                average.addi(weight.sub(average).muli(1 - ema.decay()));
            });
            count++;
        }
    }

    /** After an epoch, counted from 1 within the run. */
    void epochDone(int epoch) {
        if (rule instanceof WeightAverage.Swa swa && swa.takes(epoch)) {
            take();
        }
    }

    private void take() {
        updates.trainedWeights().forEach((name, weight) -> {
            if (count == 0) {
                averages.put(name, weight.dup());
            } else {
                INDArray average = average(name);
                average.addi(weight.sub(average).divi(count + 1));
            }
        });
        count++;
    }

    private INDArray average(String name) {
        return Objects.requireNonNull(averages.get(name), name);
    }

    /** Whether there were averages after an epoch, counted from 1. */
    boolean isPresentAfter(int epoch) {
        return !(rule instanceof WeightAverage.Swa swa) || epoch >= swa.fromEpoch();
    }

    boolean isPresent() {
        return count > 0;
    }

    /** Leaves the averages in the graph, if there are any. */
    void leave() {
        if (isPresent()) {
            WeightSnapshot.copyAll(averages, updates.trainedWeights());
        }
    }

    /** Does something while the graph has the averages, if there are any. */
    <T> T whileInPlace(Supplier<T> work) {
        WeightSnapshot own = new WeightSnapshot(updates::trainedWeights);
        own.capture();
        leave();
        try {
            return work.get();
        } finally {
            own.restore();
        }
    }

    State state() {
        return new State(rule.toString(), count, averages);
    }

    void continueFrom(State state) {
        count = state.count();
        averages.clear();
        averages.putAll(state.arrays());
    }
}
