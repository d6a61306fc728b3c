package org.jacreg.examples.comparison;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything a comparison is told but which methods and seeds: runs of one folder agree in these.
 *
 * @param budget what every method may spend
 * @param exam how it is measured
 * @param arowLambda ARoW's lambda where a Jacobian penalty is added to it
 */
public record ComparisonSettings(Budget budget, Exam exam, double arowLambda) {

    /**
     * Checks.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public ComparisonSettings {
        Need.that(arowLambda >= 0 && arowLambda < Double.POSITIVE_INFINITY, "arow-lambda: at least 0", arowLambda);
    }

    /**
     * What to run where nothing else is said.
     *
     * @return settings that two cores finish in about half an hour
     */
    public static ComparisonSettings standard() {
        return new ComparisonSettings(
                new Budget(List.of(16, 32), 100, 20_000, 5, 2, 128, 2e-3, 0.2, 10),
                new Exam(Exam.Split.TEST, 1_000, 100, List.of(0.1, 0.2, 0.3), 40),
                3);
    }

    /**
     * Strengths to use where none were chosen.
     *
     * @return one strength for each method: the middle of its candidates
     */
    public static Map<Method, Double> middleStrengths() {
        Map<Method, Double> strengths = new LinkedHashMap<>();
        for (Method method : Method.values()) {
            strengths.put(method, method.candidates().get(method.candidates().size() / 2));
        }
        return strengths;
    }
}
