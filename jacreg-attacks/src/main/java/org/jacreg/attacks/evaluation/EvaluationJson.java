package org.jacreg.attacks.evaluation;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jacreg.report.JsonFiles;

/**
 * Reads and writes {@link EvaluationReport} as JSON.
 *
 * <p>The document has a {@code kind} and a {@code format}; {@code report} holds everything that was found, and {@code curve}
 * and {@code byAttack} what follows from it, for readers that want no more. A trial is an array, its columns named by {@code
 * trialColumns}. A value that is no finite number is the text {@code "NaN"}, {@code "Infinity"} or {@code "-Infinity"}.
 */
public final class EvaluationJson {

    /** The version of the document's form. */
    public static final int FORMAT = 1;

    private static final String KIND = "jacreg robust evaluation";

    private EvaluationJson() {}

    /**
     * Writes a report. The file is replaced as a whole, or not at all.
     *
     * @param report what to write
     * @param file where to
     * @throws IOException if writing fails
     */
    public static void write(EvaluationReport report, Path file) throws IOException {
        files().write(document(report), file);
    }

    /**
     * Reads a report.
     *
     * @param file what {@link #write} wrote, or the text of {@link EvaluationReport#toJson()}
     * @return the same report
     * @throws IOException if the file is absent, is not JSON, or does not hold a report of format {@value #FORMAT}
     */
    public static EvaluationReport read(Path file) throws IOException {
        JsonFiles files = files();
        return files.part(files.read(file).path("report"), EvaluationReport.class, file);
    }

    private static JsonFiles files() {
        return JsonFiles.of(KIND, FORMAT, ExampleResult.Trial.class);
    }

    static String text(EvaluationReport report) {
        return files().text(document(report));
    }

    private static Document document(EvaluationReport report) {
        List<String> columns = Arrays.stream(ExampleResult.Trial.class.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
        return new Document(KIND, FORMAT, report.curve().points(), report.byAttack(), columns, report);
    }

    private record Document(
            String kind,
            int format,
            List<RobustnessCurve.Point> curve,
            List<AttackAccuracy> byAttack,
            List<String> trialColumns,
            EvaluationReport report) {}
}
