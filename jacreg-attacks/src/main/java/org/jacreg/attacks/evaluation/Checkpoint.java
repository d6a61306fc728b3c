package org.jacreg.attacks.evaluation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.report.JsonFiles;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation that is not finished, or just is.
 *
 * @param kind what the document is
 * @param format the version of its form
 * @param settings what was asked
 * @param norm the norm of the attacks; null if none ran so far
 * @param logits the model's first answers, by which it is known again
 * @param evidence what probes and logits have shown so far
 * @param nanos time spent so far, by attack and epsilon
 * @param batches the batches that are done
 */
record Checkpoint(
        String kind,
        int format,
        EvaluationSettings settings,
        @Nullable Norm norm,
        List<List<Double>> logits,
        Evidence evidence,
        List<List<Long>> nanos,
        List<Batch> batches) {

    private static final String KIND = "jacreg robust evaluation checkpoint";
    private static final int FORMAT = 1;

    Checkpoint {
        logits = List.copyOf(logits);
        nanos = List.copyOf(nanos);
        batches = List.copyOf(batches);
        int epsilons = settings.epsilons().size();
        if (nanos.size() != settings.attacks().size() || nanos.stream().anyMatch(row -> row.size() != epsilons)) {
            throw new IllegalArgumentException("times of " + nanos.size() + " attacks do not fit "
                    + settings.attacks().size() + " attacks at " + epsilons + " epsilons");
        }
    }

    /**
     * A batch that is done.
     *
     * @param fingerprint the hash of its inputs and labels
     * @param examples what was found
     */
    record Batch(String fingerprint, List<ExampleResult> examples) {

        Batch {
            examples = List.copyOf(examples);
        }
    }

    static Checkpoint of(
            EvaluationSettings settings,
            @Nullable Norm norm,
            List<List<Double>> logits,
            Evidence evidence,
            List<List<Long>> nanos,
            List<Batch> batches) {
        return new Checkpoint(KIND, FORMAT, settings, norm, logits, evidence, nanos, batches);
    }

    void write(Path file) throws IOException {
        files().write(this, file);
    }

    private static JsonFiles files() {
        return JsonFiles.of(KIND, FORMAT, ExampleResult.Trial.class);
    }

    static Checkpoint read(Path file) throws IOException {
        JsonFiles files = files();
        return files.part(files.read(file), Checkpoint.class, file);
    }

    /**
     * Refuses to go on with other settings, naming each that differs. Confidence may differ: it changes no result.
     *
     * @throws IllegalArgumentException if a setting differs
     */
    void requireSame(EvaluationSettings now, Path file) {
        List<String> differences = new ArrayList<>();
        compare("epsilons", settings.epsilons(), now.epsilons(), differences);
        compare(
                "everyAttackOnEveryExample",
                settings.everyAttackOnEveryExample(),
                now.everyAttackOnEveryExample(),
                differences);
        compare("probes", settings.probes(), now.probes(), differences);
        compare("model", settings.model(), now.model(), differences);
        compare("number of attacks", settings.attacks().size(), now.attacks().size(), differences);
        int attacks = Math.min(settings.attacks().size(), now.attacks().size());
        for (int a = 0; a < attacks; a++) {
            compare(
                    "attack " + (a + 1),
                    settings.attacks().get(a),
                    now.attacks().get(a),
                    differences);
        }
        if (!differences.isEmpty()) {
            throw new IllegalArgumentException("resumeFrom: " + file + " is of another evaluation: "
                    + String.join("; ", differences) + ". Ask for the same, or start anew without resumeFrom");
        }
    }

    private static void compare(String what, Object then, Object now, List<String> differences) {
        if (!then.equals(now)) {
            differences.add(what + " was " + then + " and is now " + now);
        }
    }
}
