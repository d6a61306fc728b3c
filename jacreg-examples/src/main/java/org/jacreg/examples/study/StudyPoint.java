package org.jacreg.examples.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jacreg.examples.result.ModelKind;
import org.jacreg.examples.runs.Spread;

/**
 * The runs that differ in their seeds only: a point of plots and correlations, a row of tables.
 *
 * @param kind how they were trained
 * @param strength of that
 * @param size training digits
 * @param runs one a seed, at least one
 */
record StudyPoint(ModelKind kind, double strength, int size, List<StudyRun> runs) {

    StudyPoint {
        runs = List.copyOf(runs);
    }

    /** In the order of the runs. */
    static List<StudyPoint> of(List<StudyRun> runs) {
        Map<StudyGrid.Cell, List<StudyRun>> bySeed = new LinkedHashMap<>();
        for (StudyRun run : runs) {
            StudyGrid.Cell cell = run.cell();
            bySeed.computeIfAbsent(
                            new StudyGrid.Cell(cell.kind(), cell.strength(), cell.size(), 0), key -> new ArrayList<>())
                    .add(run);
        }
        return bySeed.entrySet().stream()
                .map(entry -> new StudyPoint(
                        entry.getKey().kind(),
                        entry.getKey().strength(),
                        entry.getKey().size(),
                        entry.getValue()))
                .toList();
    }

    /** The mean over the seeds. */
    double mean(ToDoubleFunction<StudyRun> value) {
        return spread(value).mean();
    }

    /** The mean over the seeds and its standard error. */
    Spread spread(ToDoubleFunction<StudyRun> value) {
        return Spread.of(runs.stream().mapToDouble(value).toArray());
    }

    /** The mean over the seeds of a measure; an {@link IllegalArgumentException} says that a run has no number for it. */
    double measure(String name) {
        return mean(run -> {
            Double value = run.measures().get(name);
            if (value == null || value.isNaN()) {
                throw new IllegalArgumentException(
                        "measure '" + name + "' of " + run.cell().fileName() + ": expected a number, got " + value
                                + "; make the runs of a folder with one version");
            }
            return value;
        });
    }
}
