package org.jacreg.examples.comparison;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.examples.result.Environment;

/**
 * What is known of a comparison so far.
 *
 * @param format the version of this record's JSON form
 * @param settings what it was told
 * @param environment what it runs on
 * @param runs what it found, by method, strength and seed
 */
public record ComparisonResult(int format, ComparisonSettings settings, Environment environment, List<MethodRun> runs) {

    /** The version of the JSON form that this class reads and writes. */
    public static final int FORMAT = 1;

    /** Copies and sorts. */
    public ComparisonResult {
        List<MethodRun> sorted = new ArrayList<>(runs);
        sorted.sort(Comparator.comparing(MethodRun::method)
                .thenComparingDouble(MethodRun::strength)
                .thenComparingLong(MethodRun::seed));
        runs = List.copyOf(sorted);
    }

    /**
     * For each method, the strength whose mean over the seeds of clean accuracy and accuracy under PGD at the greatest radius
     * that does not exceed that of training is the highest; the smallest such strength in a tie.
     *
     * @return strengths of the methods that were run
     */
    public Map<Method, Double> bestStrengths() {
        Map<Method, Double> best = new LinkedHashMap<>();
        Map<Method, Double> highest = new LinkedHashMap<>();
        groups().forEach((key, group) -> {
            double score = group.stream()
                    .mapToDouble(run -> (run.clean() + run.pgd().get(trainingRadius())) / 2)
                    .average()
                    .orElseThrow();
            if (score > highest.getOrDefault(key.method(), Double.NEGATIVE_INFINITY)) {
                highest.put(key.method(), score);
                best.put(key.method(), key.strength());
            }
        });
        return best;
    }

    private int trainingRadius() {
        int place = 0;
        List<Double> epsilons = settings.exam().epsilons();
        for (int i = 0; i < epsilons.size(); i++) {
            place = epsilons.get(i) <= settings.budget().trainEpsilon() ? i : place;
        }
        return place;
    }

    /** The runs that differ in their seeds only, in the order of the runs. */
    Map<Key, List<MethodRun>> groups() {
        Map<Key, List<MethodRun>> groups = new LinkedHashMap<>();
        for (MethodRun run : runs) {
            groups.computeIfAbsent(new Key(run.method(), run.strength()), key -> new ArrayList<>())
                    .add(run);
        }
        return groups;
    }

    /**
     * What a row of the table is about.
     *
     * @param method how it was trained
     * @param strength of the method
     */
    record Key(Method method, double strength) {}
}
