package org.jacreg.examples.runs;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Reads and writes records as JSON; every component must be there. */
public final class RecordJson {

    private final ObjectMapper mapper = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

    /**
     * Replaces a file in one go: whoever reads it finds the old content or the new one.
     *
     * @param value a record
     * @param file where to; its folder must be there
     * @throws IOException if writing fails
     */
    public void write(Object value, Path file) throws IOException {
        Path part = Files.createTempFile(
                file.toAbsolutePath().getParent(), file.getFileName().toString(), ".part");
        Files.writeString(part, mapper.writeValueAsString(value) + "\n");
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Reads a record.
     *
     * @param <T> the record
     * @param file what {@link #write} wrote
     * @param type its class
     * @return the record
     * @throws IOException if the file is absent or does not hold such a record; the message names both
     */
    public <T> T read(Path file, Class<T> type) throws IOException {
        try {
            return mapper.readValue(Files.readString(file), type);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IOException(
                    file + ": expected a " + type.getSimpleName() + " as JSON: " + e.getOriginalMessage(), e);
        }
    }
}
