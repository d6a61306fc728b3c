package org.jacreg.bounds.certify.dataset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jacreg.report.JsonFiles;
import org.jacreg.report.Provenance;

/**
 * An evaluation that is not finished, or just is.
 *
 * @param kind what the document is
 * @param format the version of its form
 * @param settings what the results depend on
 * @param wallSeconds time spent so far
 * @param processorSeconds processor time spent so far
 * @param results of the first samples
 */
record CertificationCheckpoint(
        String kind,
        int format,
        Settings settings,
        double wallSeconds,
        double processorSeconds,
        List<SampleResult> results) {

    private static final String KIND = "jacreg certified accuracy checkpoint";
    private static final int FORMAT = 1;

    CertificationCheckpoint {
        results = List.copyOf(results);
    }

    /**
     * What results depend on.
     *
     * @param samples how many there are
     * @param dataset the hash of samples and labels
     * @param chunk how many are certified together: rounding depends on it
     */
    record Settings(
            Provenance provenance, Procedure procedure, RadiusSearch search, int samples, String dataset, int chunk) {}

    static void write(Settings settings, double wall, double processor, List<SampleResult> results, Path file)
            throws IOException {
        JsonFiles.of(KIND, FORMAT)
                .write(new CertificationCheckpoint(KIND, FORMAT, settings, wall, processor, results), file);
    }

    /**
     * Reads a checkpoint of the same evaluation.
     *
     * @throws IOException if the file is absent, is no checkpoint, or was cut short
     * @throws IllegalArgumentException if it is of another evaluation
     */
    static CertificationCheckpoint read(Path file, Settings now) throws IOException {
        JsonFiles files = JsonFiles.of(KIND, FORMAT);
        CertificationCheckpoint found = files.part(files.read(file), CertificationCheckpoint.class, file);
        found.requireSame(now, file);
        int done = found.results.size();
        if (done > now.samples || (done % now.chunk != 0 && done != now.samples)) {
            throw new IOException(file + ": holds results of " + done + " samples, wanted a multiple of the chunk size "
                    + now.chunk + " up to " + now.samples + "; the file was changed");
        }
        return found;
    }

    private void requireSame(Settings now, Path file) {
        List<String> differences = new ArrayList<>();
        Procedure then = settings.procedure;
        Procedure next = now.procedure;
        compare("method", then.method(), next.method(), differences);
        compare("norm", then.norm(), next.norm(), differences);
        compare("guarantee", then.guarantee(), next.guarantee(), differences);
        compare("box", then.box(), next.box(), differences);
        TreeSet<String> names = new TreeSet<>(then.settings().keySet());
        names.addAll(next.settings().keySet());
        for (String name : names) {
            compare(
                    name,
                    then.settings().getOrDefault(name, "absent"),
                    next.settings().getOrDefault(name, "absent"),
                    differences);
        }
        compare("model", then.network(), next.network(), differences);
        compare("radii tried", settings.search, now.search, differences);
        compare("number of samples", settings.samples, now.samples, differences);
        compare("data", settings.dataset, now.dataset, differences);
        compare("chunk size", settings.chunk, now.chunk, differences);
        compare("jacreg", settings.provenance.jacreg(), now.provenance.jacreg(), differences);
        compare("ND4J", settings.provenance.nd4j(), now.provenance.nd4j(), differences);
        compare("backend", settings.provenance.backend(), now.provenance.backend(), differences);
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
