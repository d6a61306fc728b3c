package org.jacreg.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Reads the committed copy of the golden vectors. */
public final class Golden {

    private Golden() {}

    public static List<GoldenCase> all() {
        try (InputStream in = Golden.class.getResourceAsStream("golden.json")) {
            JsonNode root = new ObjectMapper().readTree(in);
            List<GoldenCase> cases = new ArrayList<>();
            root.get("cases").forEach(node -> cases.add(new GoldenCase(node)));
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static GoldenCase named(String name) {
        return all().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
    }
}
