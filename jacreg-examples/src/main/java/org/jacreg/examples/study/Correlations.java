package org.jacreg.examples.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jacreg.examples.result.ModelKind;

/** Rank correlations of the measures of runs with their gaps. */
final class Correlations {

    private static final long SEED = 20_260_102;

    private Correlations() {}

    /** Every measure with every gap; nothing where there are not yet two points. */
    static List<Correlation> of(List<StudyRun> runs) {
        Map<Integer, List<List<StudyRun>>> points = new TreeMap<>();
        points(runs).forEach((key, seeds) -> points.computeIfAbsent(key.size(), size -> new ArrayList<>()).add(seeds));
        points.values().removeIf(ofSize -> ofSize.size() < 2);
        if (points.isEmpty()) {
            return List.of();
        }
        List<Correlation> correlations = new ArrayList<>();
        for (String measure : runs.get(0).measures().keySet()) {
            for (GapKind gap : GapKind.values()) {
                correlations.add(correlation(measure, gap, points));
            }
        }
        return correlations;
    }

    private static Correlation correlation(String measure, GapKind gap, Map<Integer, List<List<StudyRun>>> points) {
        List<KendallTau.Points> groups = new ArrayList<>();
        List<List<StudyRun>> all = new ArrayList<>();
        for (List<List<StudyRun>> ofSize : points.values()) {
            groups.add(variables(measure, gap, ofSize));
            all.addAll(ofSize);
        }
        return new Correlation(
                measure,
                gap,
                KendallTau.of(List.of(variables(measure, gap, all)), SEED),
                KendallTau.of(groups, SEED),
                groups.stream().map(group -> KendallTau.of(List.of(group), SEED)).toList());
    }

    private static KendallTau.Points variables(String measure, GapKind gap, List<List<StudyRun>> points) {
        return new KendallTau.Points(
                means(points, run -> value(run, measure)), means(points, run -> gap.of(run.risks())));
    }

    private static double value(StudyRun run, String measure) {
        Double value = run.measures().get(measure);
        if (value == null || value.isNaN()) {
            throw new IllegalArgumentException("measure '" + measure + "' of " + run.cell().fileName()
                    + ": expected a number, got " + value + "; make the runs of a folder with one version");
        }
        return value;
    }

    private static double[] means(List<List<StudyRun>> points, ToDoubleFunction<StudyRun> value) {
        return points.stream()
                .mapToDouble(seeds -> seeds.stream().mapToDouble(value).average().orElseThrow())
                .toArray();
    }

    /** The runs that differ in their seeds only. */
    static Map<Key, List<StudyRun>> points(List<StudyRun> runs) {
        Map<Key, List<StudyRun>> points = new LinkedHashMap<>();
        for (StudyRun run : runs) {
            Key key = new Key(run.cell().kind(), run.cell().strength(), run.cell().size());
            points.computeIfAbsent(key, k -> new ArrayList<>()).add(run);
        }
        return points;
    }

    /** What a point is: everything but the seed. */
    record Key(ModelKind kind, double strength, int size) {}
}
