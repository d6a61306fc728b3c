package org.jacreg.bounds.certify.dataset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jacreg.report.JsonFiles;

/**
 * Reads and writes {@link CertifiedAccuracyReport} as JSON.
 *
 * <p>The document has a {@code kind} and a {@code format}; {@code report} holds everything that was found, and {@code cleanAccuracy},
 * {@code curve}, {@code meanRadius}, {@code medianRadius}, {@code byClass} and {@code reasons} what follows from it, for readers that want
 * no more. A result has a {@code kind} of its own: {@code proved}, {@code smoothed} (holds with the confidence that stands in {@code
 * report.procedure.guarantee}) or {@code refused}. A value that is no finite number is the text {@code "NaN"}, {@code "Infinity"} or
 * {@code "-Infinity"}.
 */
public final class CertifiedAccuracyJson {

    /** The version of the document's form. */
    public static final int FORMAT = 1;

    private static final String KIND = "jacreg certified accuracy";

    private CertifiedAccuracyJson() {}

    /**
     * Writes a report. The file is replaced as a whole, or not at all.
     *
     * @param report what to write
     * @param file where to
     * @throws IOException if writing fails
     */
    public static void write(CertifiedAccuracyReport report, Path file) throws IOException {
        files().write(document(report), file);
    }

    /**
     * Reads a report.
     *
     * @param file what {@link #write} wrote, or the text of {@link CertifiedAccuracyReport#toJson()}
     * @return the same report
     * @throws IOException if the file is absent, is not JSON, or does not hold a report of format {@value #FORMAT}
     */
    public static CertifiedAccuracyReport read(Path file) throws IOException {
        return files().part(files().read(file).path("report"), CertifiedAccuracyReport.class, file);
    }

    static String text(CertifiedAccuracyReport report) {
        return files().text(document(report));
    }

    private static JsonFiles files() {
        return JsonFiles.of(KIND, FORMAT);
    }

    private static Document document(CertifiedAccuracyReport report) {
        return new Document(
                KIND,
                FORMAT,
                report.cleanAccuracy(),
                report.curve(),
                report.meanRadius(),
                report.medianRadius(),
                report.byClass(),
                report.reasons(),
                report);
    }

    private record Document(
            String kind,
            int format,
            double cleanAccuracy,
            List<CertifiedAccuracy> curve,
            double meanRadius,
            double medianRadius,
            List<ClassAccuracy> byClass,
            Map<SampleResult.Reason, Integer> reasons,
            CertifiedAccuracyReport report) {}
}
