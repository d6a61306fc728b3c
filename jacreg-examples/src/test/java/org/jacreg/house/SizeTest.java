package org.jacreg.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds files to 400 lines and methods of main code to 40. */
class SizeTest {

    private static final int FILE_LIMIT = 400;
    private static final int METHOD_LIMIT = 40;

    /** File name and reason. A file listed here that is short enough by now fails the test too. */
    private static final Map<String, String> LONG_FILES = Map.of(
            "OpSpecs.java", "one table, a row for each op",
            "JacobianRegularizer.java", "the class users look at: one documented method for each option");

    /** {@code File.java#method} and reason. */
    private static final Map<String, String> LONG_METHODS = Map.of();

    @Test
    void filesAreShort() throws IOException {
        Map<String, Integer> tooLong = new TreeMap<>();
        for (Path file : ParsedSources.javaFiles(HouseRoot.find(), "/src/")) {
            int lines = Files.readAllLines(file).size();
            if (lines > FILE_LIMIT) {
                tooLong.put(file.getFileName().toString(), lines);
            }
        }
        assertThat(tooLong.keySet())
                .as("files over %d lines %s: split them, or list them with a reason", FILE_LIMIT, tooLong)
                .isEqualTo(LONG_FILES.keySet());
    }

    @Test
    void methodsAreShort() throws IOException {
        List<Path> mainFiles = ParsedSources.javaFiles(HouseRoot.find(), "/src/main/");
        assertThat(mainFiles).as("main files below %s", HouseRoot.find()).hasSizeGreaterThan(40);
        Map<String, Integer> tooLong = MethodLengths.over(METHOD_LIMIT, mainFiles);
        assertThat(tooLong.keySet())
                .as("methods over %d lines %s: split them, or list them with a reason", METHOD_LIMIT, tooLong)
                .isEqualTo(LONG_METHODS.keySet());
    }

    @Test
    void aLongMethodIsFound(@TempDir Path folder) throws IOException {
        String filler = "        n++;\n".repeat(METHOD_LIMIT);
        String source = "final class Sample {\n    int n;\n\n    void fits() {\n" + filler.substring(13) + "    }\n\n"
                + "    void tooLong() {\n" + filler + "        n++;\n    }\n}\n";
        Path file = Files.writeString(folder.resolve("Sample.java"), source);
        assertThat(MethodLengths.over(METHOD_LIMIT, List.of(file)))
                .containsExactly(Map.entry("Sample.java#tooLong", 41));
    }
}
