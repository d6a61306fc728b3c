package org.jacreg.examples.comparison;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Reads and writes the records of this package as JSON. */
public final class ComparisonJson {

    private final ObjectMapper mapper = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

    /** Replaces a file in one go: whoever reads it finds the old content or the new one. */
    void write(Object value, Path file) throws IOException {
        Path part = Files.createTempFile(
                file.toAbsolutePath().getParent(), file.getFileName().toString(), ".part");
        Files.writeString(part, mapper.writeValueAsString(value) + "\n");
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    <T> T read(Path file, Class<T> type) throws IOException {
        try {
            return mapper.readValue(Files.readString(file), type);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IOException(
                    file + ": expected a " + type.getSimpleName() + " as JSON: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * Reads a whole comparison.
     *
     * @param file {@code comparison.json} of a folder
     * @return what it holds
     * @throws IOException if the file is absent, or does not hold a comparison of format {@value ComparisonResult#FORMAT}
     */
    public ComparisonResult read(Path file) throws IOException {
        ComparisonResult result = read(file, ComparisonResult.class);
        if (result.format() != ComparisonResult.FORMAT) {
            throw new IOException(file + ": expected format " + ComparisonResult.FORMAT + ", got " + result.format());
        }
        return result;
    }
}
