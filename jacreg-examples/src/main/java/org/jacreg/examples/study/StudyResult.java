package org.jacreg.examples.study;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jacreg.examples.result.Environment;

/**
 * What is known of a study so far.
 *
 * @param format the version of this record's JSON form
 * @param settings what it was told
 * @param environment what it runs on
 * @param runs what it found, by way of training, strength, number of digits and seed
 * @param correlations of every measure with every gap
 */
public record StudyResult(
        int format,
        StudySettings settings,
        Environment environment,
        List<StudyRun> runs,
        List<Correlation> correlations) {

    /** The version of the JSON form that this class reads and writes. */
    public static final int FORMAT = 1;

    /** Copies and sorts. */
    public StudyResult {
        List<StudyRun> sorted = new ArrayList<>(runs);
        sorted.sort(Comparator.comparing((StudyRun run) -> run.cell().kind())
                .thenComparingDouble(run -> run.cell().strength())
                .thenComparingInt(run -> run.cell().size())
                .thenComparingLong(run -> run.cell().seed()));
        runs = List.copyOf(sorted);
        correlations = List.copyOf(correlations);
    }
}
