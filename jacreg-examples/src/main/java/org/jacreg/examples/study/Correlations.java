package org.jacreg.examples.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Rank correlations of the measures of runs with their gaps. */
final class Correlations {

    private static final long SEED = 20_260_102;

    private Correlations() {}

    /** Every measure with every gap; nothing where there are not yet two points. */
    static List<Correlation> of(List<StudyRun> runs) {
        Map<Integer, List<StudyPoint>> bySize = new TreeMap<>();
        for (StudyPoint point : StudyPoint.of(runs)) {
            bySize.computeIfAbsent(point.size(), size -> new ArrayList<>()).add(point);
        }
        bySize.values().removeIf(points -> points.size() < 2);
        if (bySize.isEmpty()) {
            return List.of();
        }
        List<Correlation> correlations = new ArrayList<>();
        for (String measure : runs.get(0).measures().keySet()) {
            for (GapKind gap : GapKind.values()) {
                correlations.add(correlation(measure, gap, bySize));
            }
        }
        return correlations;
    }

    private static Correlation correlation(String measure, GapKind gap, Map<Integer, List<StudyPoint>> bySize) {
        List<KendallTau.Points> groups = new ArrayList<>();
        List<StudyPoint> all = new ArrayList<>();
        for (List<StudyPoint> points : bySize.values()) {
            groups.add(variables(measure, gap, points));
            all.addAll(points);
        }
        return new Correlation(
                measure,
                gap,
                KendallTau.of(List.of(variables(measure, gap, all)), SEED),
                KendallTau.of(groups, SEED),
                groups.stream()
                        .map(group -> KendallTau.of(List.of(group), SEED))
                        .toList());
    }

    private static KendallTau.Points variables(String measure, GapKind gap, List<StudyPoint> points) {
        return new KendallTau.Points(
                points.stream().mapToDouble(point -> point.measure(measure)).toArray(),
                points.stream()
                        .mapToDouble(point -> point.mean(run -> gap.of(run.risks())))
                        .toArray());
    }
}
