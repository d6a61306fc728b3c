package org.jacreg.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Properties have a fixed seed, so that a change is not refused for what was there before it; {@code .ci/soak} draws others. */
class PropertySeedsTest {

    private static final Pattern PROPERTY = Pattern.compile("^\\s+@Property\\b(\\([^)]*\\))?", Pattern.MULTILINE);

    private static List<String> withoutSeed(String source) {
        List<String> found = new ArrayList<>();
        Matcher matcher = PROPERTY.matcher(source);
        while (matcher.find()) {
            if (!matcher.group().contains("seed = \"")) {
                found.add(matcher.group().strip());
            }
        }
        return found;
    }

    @Test
    void everyPropertyHasASeed() throws IOException {
        List<String> found = new ArrayList<>();
        int properties = 0;
        for (Path file : ParsedSources.javaFiles(HouseRoot.find(), "/src/test/")) {
            String source = Files.readString(file);
            properties += (int) PROPERTY.matcher(source).results().count();
            withoutSeed(source).forEach(text -> found.add(file.getFileName() + ": " + text));
        }
        assertThat(found).isEmpty();
        assertThat(properties).isGreaterThan(50);
    }

    @Test
    void aPropertyWithoutASeedIsFound() {
        String source = "class T {\n    @Property(tries = 5)\n    void a() {}\n    @Property\n    void b() {}\n"
                + "    @Property(tries = 5, seed = \"1\")\n    void c() {}\n}\n";
        assertThat(withoutSeed(source)).containsExactly("@Property(tries = 5)", "@Property");
    }
}
