package org.jacreg.examples.result;

import java.util.ArrayList;
import java.util.List;

/**
 * One run of the experiment: told, ran on, found.
 *
 * @param format the version of this record's JSON form, now 5
 * @param startedAt when, as an ISO-8601 instant
 * @param wallSeconds how long, data loading to the last measurement
 * @param command the command that repeats the run
 * @param settings what it was told
 * @param environment what it ran on
 * @param data what it worked on
 * @param models what it found, in the order of the table
 * @param sweep gaps and bounds of the penalties at other weights, by penalty and weight
 */
public record ExperimentResult(
        int format,
        String startedAt,
        double wallSeconds,
        String command,
        Settings settings,
        Environment environment,
        DataSummary data,
        List<ModelResult> models,
        List<LambdaPoint> sweep) {

    /** The version of the JSON form that this class reads and writes. */
    public static final int FORMAT = 5;

    /** Copies the lists. */
    public ExperimentResult {
        models = List.copyOf(models);
        sweep = List.copyOf(sweep);
    }

    /**
     * Certificates that attacks contradict: digits attacked within their certified radius.
     *
     * @return model, norm and number of digits, a phrase each; empty if all is well
     */
    public List<String> contradictions() {
        List<String> found = new ArrayList<>();
        for (ModelResult model : models) {
            for (Bracket bracket : model.brackets()) {
                long digits = bracket.violations();
                if (digits > 0) {
                    found.add(model.kind().label() + ", " + bracket.norm()
                            + ": attacks succeeded within the radii certified by "
                            + bracket.method() + " on " + digits + " of "
                            + bracket.certified().size() + " digits");
                }
            }
        }
        return found;
    }
}
