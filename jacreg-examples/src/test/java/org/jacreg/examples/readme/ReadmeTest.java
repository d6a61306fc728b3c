package org.jacreg.examples.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.data.ShuffledBatches;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.training.TrainingHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** The README's examples are the code of {@link ReadmeExample} and its sisters, which is run here. */
class ReadmeTest {

    private static final Path ROOT = Path.of(System.getProperty("basedir", ".")).resolve("..");

    private static final String FENCE = "```java\n";

    @Test
    void theExamplesInTheReadmeAreThoseThatRun() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        List<String> snippets = new ArrayList<>();
        for (int at = readme.indexOf(FENCE); at >= 0; at = readme.indexOf(FENCE, at + 1)) {
            int start = at + FENCE.length();
            snippets.add(readme.substring(start, readme.indexOf("```", start)));
        }
        assertThat(snippets).hasSize(3);
        assertThat(code(snippets.get(0))).isEqualTo(codeOf(ReadmeExample.class)).hasSizeBetween(10, 15);
        assertThat(code(snippets.get(1)))
                .isEqualTo(codeOf(ReadmeGradientExample.class))
                .hasSizeBetween(3, 5);
        assertThat(code(snippets.get(2)))
                .isEqualTo(codeOf(ReadmeTrainingExample.class))
                .hasSize(2);
    }

    private static List<String> codeOf(Class<?> example) throws IOException {
        String source = Files.readString(ROOT.resolve("jacreg-examples/src/test/java")
                .resolve(example.getName().replace('.', '/') + ".java"));
        int from = source.indexOf("// README begins\n") + "// README begins\n".length();
        return code(source.substring(from, source.indexOf("// README ends")));
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

    @Test
    void theExampleOfTrainingLearnsAndResumes(@TempDir Path directory) throws IOException {
        LabelledImages images =
                MnistData.bundled().train().choose(IntStream.range(0, 600).toArray());
        Path file = directory.resolve("run.zip");
        SameDiff sd = network();
        TrainingHistory history = ReadmeTrainingExample.run(sd, batches(images), batches(images), file);
        assertThat(history.losses().get(0)).isGreaterThan(2 * history.last().loss());
        assertThat(file).exists();
        TrainingHistory again = ReadmeTrainingExample.run(network(), batches(images), batches(images), file);
        assertThat(again.losses()).as("nothing is left to do").isEqualTo(history.losses());
    }

    private static ShuffledBatches batches(LabelledImages images) {
        return new ShuffledBatches(images, 10, 100, 1);
    }

    private static SameDiff network() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("input", DataType.FLOAT, -1, 784);
        SDVariable y = sd.placeHolder("label", DataType.FLOAT, -1, 10);
        SDVariable w = sd.var("w", Nd4j.zeros(DataType.FLOAT, 784, 10));
        sd.loss().softmaxCrossEntropy("loss", y, x.mmul("logits", w), null);
        sd.setTrainingConfig(TrainingConfig.builder()
                .updater(new Adam(1e-2))
                .dataSetFeatureMapping("input")
                .dataSetLabelMapping("label")
                .build());
        JacobianRegularizer.frobenius(sd).lambda(1e-3).attach();
        return sd;
    }

    /** With loss = |w x|^2 and w = 3 (ND4J cannot differentiate products of single numbers, so w is a matrix). */
    @Test
    void theExampleOfGradientsTrainsOnTheTotal() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 2);
        SDVariable w = sd.var("w", Nd4j.createFromArray(new double[][] {{3, 0}, {0, 3}}));
        SDVariable loss = sd.squaredNorm("loss", x.mmul(w));
        SDVariable curvature = ReadmeGradientExample.run(sd, x, loss);
        INDArray point = Nd4j.createFromArray(new double[][] {{0.5, 0}, {0, 0}});
        Map<String, INDArray> values = sd.output(Map.of("x", point), "total", curvature.name());
        // Sums and products of few binary fractions: exact. The gradient is 2 w^2 x, the Hessian 2 w^2.
        assertThat(values.get("total").getDouble(0)).isEqualTo(2.25 + 81);
        assertThat(values.get(curvature.name()).getDouble(0)).isEqualTo(18 * 9);
        // d total / dw_11 = 2 w x^2 + 16 w^3 x^2.
        assertThat(sd.calculateGradients(Map.of("x", point), "w").get("w").getDouble(0))
                .isEqualTo(1.5 + 108);
        assertThat(sd.getLossVariables()).containsExactly("total");
    }
}
