package org.jacreg.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds files that repeat each other to saying the same. */
class HouseFilesTest {

    private static final Pattern FIRST_VERSION = Pattern.compile("<version>([^<]+)</version>");

    private static final Pattern TEST_METHOD = Pattern.compile(
            "^ +@(Test|Property|Example|ParameterizedTest|RepeatedTest|TestFactory)\\b", Pattern.MULTILINE);
    private static final Pattern ABSTRACT = Pattern.compile("^(public )?(abstract|interface) ", Pattern.MULTILINE);

    @Test
    void bomAndParentHaveOneVersion() throws IOException {
        assertThat(version("jacreg-bom/pom.xml")).isEqualTo(version("pom.xml"));
    }

    @Test
    void everyDecisionIsInTheList() throws IOException {
        Path folder = HouseRoot.find().resolve("docs/adr");
        String list = Files.readString(folder.resolve("README.md"));
        List<String> decisions;
        try (Stream<Path> files = Files.list(folder)) {
            decisions = files.map(f -> f.getFileName().toString())
                    .filter(name -> !name.equals("README.md"))
                    .toList();
        }
        assertThat(decisions).isNotEmpty().allSatisfy(name -> assertThat(list).contains("(" + name + ")"));
    }

    /** Surefire finds test classes by their names, and says nothing of those it does not find. */
    @Test
    void everyTestClassHasANameThatIsRun() throws IOException {
        List<String> unseen = new ArrayList<>();
        List<Path> files = ParsedSources.javaFiles(HouseRoot.find(), "/src/test/");
        for (Path file : files) {
            String source = Files.readString(file);
            String name = file.getFileName().toString();
            boolean run = name.endsWith("Test.java") || name.endsWith("Properties.java");
            if (TEST_METHOD.matcher(source).find() && !ABSTRACT.matcher(source).find() && !run) {
                unseen.add(name);
            }
        }
        assertThat(files).hasSizeGreaterThan(40);
        assertThat(unseen)
                .as("test classes named neither *Test nor *Properties")
                .isEmpty();
    }

    private static String version(String pom) throws IOException {
        Matcher matcher =
                FIRST_VERSION.matcher(Files.readString(HouseRoot.find().resolve(pom)));
        assertThat(matcher.find()).as("a version in %s", pom).isTrue();
        return matcher.group(1);
    }
}
