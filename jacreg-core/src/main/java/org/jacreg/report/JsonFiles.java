package org.jacreg.report;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Documents of one kind as JSON files. A document is a record with components {@code kind} and {@code format} that say so. NaN and
 * infinities are the strings {@code "NaN"}, {@code "Infinity"} and {@code "-Infinity"}.
 *
 * <p>Immutable, safe for use by several threads.
 */
public final class JsonFiles {

    private static final String KIND = "kind";
    private static final String FORMAT = "format";

    private final String kind;
    private final int format;
    private final ObjectMapper mapper;

    private JsonFiles(String kind, int format, ObjectMapper mapper) {
        this.kind = kind;
        this.format = format;
        this.mapper = mapper;
    }

    /**
     * Documents of one kind.
     *
     * @param kind what a document says it is
     * @param format the version of its form
     * @param rows records that are written as rows of their components, without names: those of which a document has many
     * @return what writes and reads them
     */
    public static JsonFiles of(String kind, int format, Class<?>... rows) {
        ObjectMapper mapper = new ObjectMapper()
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        for (Class<?> row : rows) {
            mapper.addMixIn(row, Row.class);
        }
        return new JsonFiles(kind, format, mapper);
    }

    /** Makes a record a row of its components. */
    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    private interface Row {}

    /**
     * The document as text.
     *
     * @param document a record of numbers, texts, lists and records
     * @return JSON
     */
    public String text(Object document) {
        try {
            return mapper.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of numbers and texts have a JSON form", e);
        }
    }

    /**
     * Replaces a file as a whole: whoever reads it sees the old document or the new one, whatever happens meanwhile. Works on
     * an interrupted thread too, which channels do not.
     *
     * @param document a record of numbers, texts, lists and records
     * @param file where to
     * @throws IOException if writing fails
     */
    public void write(Object document, Path file) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path fresh = absolute.resolveSibling(absolute.getFileName() + ".tmp");
        try (FileOutputStream out = new FileOutputStream(fresh.toFile())) {
            out.write(text(document).getBytes(StandardCharsets.UTF_8));
            out.getFD().sync();
        }
        try {
            Files.move(fresh, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(fresh, absolute, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /**
     * Reads a file that {@link #write} wrote, up to the parts that {@link #part} does not ask for.
     *
     * @param file where from
     * @return the document
     * @throws IOException if the file is absent, is not JSON, or is of another kind or format
     */
    public JsonNode read(Path file) throws IOException {
        JsonNode tree;
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            tree = mapper.readTree(in);
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": expected JSON, of kind " + kind + "; it may be cut short", e);
        }
        String foundKind = tree.path(KIND).asText();
        int foundFormat = tree.path(FORMAT).asInt();
        if (!foundKind.equals(kind) || foundFormat != format) {
            throw new IOException(file + ": expected kind " + kind + " and format " + format + ", got kind '"
                    + foundKind + "' and format " + foundFormat + "; read it with the version that wrote it");
        }
        return tree;
    }

    /**
     * A part of a document as a record.
     *
     * @param <T> the record
     * @param tree the part
     * @param type the record's class
     * @param file where it was read, for the message
     * @return the record
     * @throws IOException if the part does not hold what the record holds
     */
    public <T> T part(JsonNode tree, Class<T> type, Path file) throws IOException {
        try {
            return mapper.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    file + ": does not hold what a document of kind " + kind + " holds: " + e.getOriginalMessage(), e);
        }
    }
}
