package org.jacreg.examples.result;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads and writes {@link ExperimentResult} as JSON. A value that is not a number is written as {@code "NaN"}. */
public final class ResultJson {

    private final ObjectMapper mapper = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

    /**
     * Writes a result.
     *
     * @param result what to write
     * @param file where to; replaced if there
     * @throws IOException if writing fails
     */
    public void write(ExperimentResult result, Path file) throws IOException {
        Files.writeString(file, mapper.writeValueAsString(result) + "\n");
    }

    /**
     * Reads a result.
     *
     * @param file what {@link #write} wrote
     * @return the same result
     * @throws IOException if the file is absent, is not JSON, or does not hold a result of format {@value
     *     ExperimentResult#FORMAT}
     */
    public ExperimentResult read(Path file) throws IOException {
        ExperimentResult result = mapper.readValue(Files.readString(file), ExperimentResult.class);
        if (result.format() != ExperimentResult.FORMAT) {
            throw new IOException(file + ": expected format " + ExperimentResult.FORMAT + ", got " + result.format());
        }
        return result;
    }
}
