package org.jacreg.training;

import java.util.LinkedHashMap;
import java.util.Map;

/** Means of named numbers over the steps of a pass: summed in order and divided at the end, as SameDiff does. */
final class Means {

    private final Map<String, Double> sums = new LinkedHashMap<>();
    private int count;

    void add(Map<String, Double> values) {
        values.forEach((name, value) -> sums.merge(name, value, Double::sum));
        count++;
    }

    int count() {
        return count;
    }

    Map<String, Double> get() {
        Map<String, Double> means = new LinkedHashMap<>();
        sums.forEach((name, sum) -> means.put(name, sum / count));
        return means;
    }
}
