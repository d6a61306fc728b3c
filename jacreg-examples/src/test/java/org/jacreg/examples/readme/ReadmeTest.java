package org.jacreg.examples.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.data.ShuffledBatches;
import org.junit.jupiter.api.Test;

/** The README's example is the code of {@link ReadmeExample}, which is run here. */
class ReadmeTest {

    private static final Path ROOT = Path.of(System.getProperty("basedir", ".")).resolve("..");

    @Test
    void theExampleInTheReadmeIsTheOneThatRuns() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        int start = readme.indexOf("```java\n") + "```java\n".length();
        List<String> shown = code(readme.substring(start, readme.indexOf("```", start)));
        String source = Files.readString(ROOT.resolve("jacreg-examples/src/test/java")
                .resolve(ReadmeExample.class.getName().replace('.', '/') + ".java"));
        int from = source.indexOf("// README begins\n") + "// README begins\n".length();
        List<String> run = code(source.substring(from, source.indexOf("// README ends")));
        assertThat(shown).isEqualTo(run);
        assertThat(shown.size()).as("statements").isBetween(10, 15);
    }

    /** Statements without comments and white space, so that line breaks may differ. */
    private static List<String> code(String text) {
        String bare = text.replaceAll("//[^\n]*", "").replaceAll("\\s+", "");
        return List.of(bare.split(";"));
    }

    @Test
    void theExampleTrainsAttacksAndMeasures() throws IOException {
        MnistData mnist = MnistData.bundled();
        LabelledImages train = mnist.train().choose(IntStream.range(0, 2000).toArray());
        LabelledImages test = mnist.test().choose(IntStream.range(0, 100).toArray());
        ReadmeExample.Outcome outcome = ReadmeExample.run(
                new ShuffledBatches(train, 10, 50, 1), test.allFeatures(), test.oneHot(test.all(), 10));
        assertThat(outcome.norms().meanFrobenius()).isPositive();
        // 2,000 digits seen once lift the accuracy far above the one in ten of guessing; an attack does not raise it.
        assertThat(outcome.attacked().accuracy()).isGreaterThan(0.5);
        assertThat(outcome.robustAccuracy())
                .isLessThanOrEqualTo(outcome.attacked().accuracy());
    }
}
