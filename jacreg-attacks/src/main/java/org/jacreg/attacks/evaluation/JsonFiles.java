package org.jacreg.attacks.evaluation;

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
 * Documents of one kind as JSON files. NaN and infinities are the strings {@code "NaN"}, {@code "Infinity"} and {@code
 * "-Infinity"}; trials are rows without names, of which a long evaluation has many.
 *
 * @param kind what the document says it is
 * @param format the version of its form
 * @param mapper writes and reads records
 */
record JsonFiles(String kind, int format, ObjectMapper mapper) {

    private static final String KIND = "kind";
    private static final String FORMAT = "format";

    static JsonFiles of(String kind, int format) {
        ObjectMapper mapper = new ObjectMapper()
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .addMixIn(ExampleResult.Trial.class, Row.class);
        return new JsonFiles(kind, format, mapper);
    }

    /** Makes a record a row of its components. */
    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    private interface Row {}

    /** The document as text. */
    String text(Object document) {
        try {
            return mapper.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of numbers and texts have a JSON form", e);
        }
    }

    /**
     * Replaces a file as a whole: whoever reads it sees the old document or the new one, whatever happens meanwhile. Works on
     * an interrupted thread too, which channels do not.
     */
    void write(Object document, Path file) throws IOException {
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

    /** Reads a file that {@link #write} wrote, up to the parts that {@code part} does not ask for. */
    JsonNode read(Path file) throws IOException {
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

    /** A part of a document as a record. */
    <T> T part(JsonNode tree, Class<T> type, Path file) throws IOException {
        try {
            return mapper.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    file + ": does not hold what a document of kind " + kind + " holds: " + e.getOriginalMessage(), e);
        }
    }
}
