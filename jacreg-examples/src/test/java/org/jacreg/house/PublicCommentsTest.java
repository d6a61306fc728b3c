package org.jacreg.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the public API of the libraries to having Javadoc; whether it is well formed, the Javadoc tool itself says. */
class PublicCommentsTest {

    private static final List<String> LIBRARIES = List.of("jacreg-core", "jacreg-attacks", "jacreg-bounds");

    @Test
    void everyPublicMemberHasAComment() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String library : LIBRARIES) {
            files.addAll(ParsedSources.javaFiles(HouseRoot.find().resolve(library), "/src/main/"));
        }
        assertThat(files).as("main files of %s", LIBRARIES).hasSizeGreaterThan(40);
        assertThat(gaps(files)).isEmpty();
    }

    @Test
    void everyGapIsFound(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("Gaps.java"), """
                public final class Gaps {
                    public static final int A = 1;

                    /** No tags. */
                    public int b(int c) throws Exception {
                        return c;
                    }

                    /** A record. */
                    public record R(int d) {
                        public R {}
                    }

                    /** An enum. */
                    public enum E {
                        F
                    }

                    /** An interface. */
                    public interface I<T> {
                        void g();
                    }

                    private int secret(int h) {
                        return h;
                    }

                    @Override
                    public String toString() {
                        return "";
                    }
                }
                """);
        assertThat(gaps(List.of(file)))
                .containsExactly(
                        "Gaps.java:1 Gaps: no comment",
                        "Gaps.java:1 Gaps: has a public constructor that nobody wrote",
                        "Gaps.java:2 A: no comment",
                        "Gaps.java:5 b: no @param c",
                        "Gaps.java:5 b: no @return",
                        "Gaps.java:5 b: no @throws Exception",
                        "Gaps.java:10 R: no @param d",
                        "Gaps.java:16 F: no comment",
                        "Gaps.java:20 I: no @param <T>",
                        "Gaps.java:21 g: no comment");
    }

    @Test
    void aCompleteCommentIsEnough(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("Whole.java"), """
                /**
                 * A record.
                 *
                 * @param <T> a type
                 * @param a a component
                 */
                public record Whole<T>(T a) {
                    /** Checks. */
                    public Whole {}

                    /**
                     * {@return a sum}
                     *
                     * @param b a number
                     */
                    public int sum(int b) {
                        int local = b;
                        return local;
                    }
                }
                """);
        assertThat(gaps(List.of(file))).containsExactly();
    }

    private static List<String> gaps(List<Path> files) throws IOException {
        ParsedSources sources = ParsedSources.of(files);
        List<String> gaps = new ArrayList<>();
        for (CompilationUnitTree unit : sources.units()) {
            gaps.addAll(CommentGaps.in(unit, sources.docTrees()));
        }
        return gaps;
    }
}
