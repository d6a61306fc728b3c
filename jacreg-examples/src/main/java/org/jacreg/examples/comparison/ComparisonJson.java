package org.jacreg.examples.comparison;

import java.io.IOException;
import java.nio.file.Path;
import org.jacreg.examples.runs.RecordJson;

/** Reads whole comparisons. */
public final class ComparisonJson {

    private final RecordJson json = new RecordJson();

    /**
     * Reads a whole comparison.
     *
     * @param file {@code comparison.json} of a folder
     * @return what it holds
     * @throws IOException if the file is absent, or does not hold a comparison of format {@value ComparisonResult#FORMAT}
     */
    public ComparisonResult read(Path file) throws IOException {
        ComparisonResult result = json.read(file, ComparisonResult.class);
        if (result.format() != ComparisonResult.FORMAT) {
            throw new IOException(file + ": expected format " + ComparisonResult.FORMAT + ", got " + result.format());
        }
        return result;
    }
}
