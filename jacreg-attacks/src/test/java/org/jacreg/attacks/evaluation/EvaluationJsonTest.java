package org.jacreg.attacks.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jacreg.attacks.evaluation.EvaluationSettings.AttackSettings;
import org.jacreg.attacks.evaluation.ExampleResult.Trial;
import org.jacreg.attacks.threat.Norm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationJsonTest {

    @TempDir
    Path folder;

    private static EvaluationReport madeUp(long seed) {
        Random random = new Random(seed);
        EvaluationSettings settings = new EvaluationSettings(
                List.of(.1, 1.0 / 3),
                List.of(
                        new AttackSettings("A \"quoted\"\n", false, List.of("A[1]", "A[2]")),
                        new AttackSettings("B", true, List.of("B[]"))),
                true,
                false,
                .9,
                new EvaluationSettings.Model(3, List.of(1L, 2L), "FLOAT", Double.NEGATIVE_INFINITY, 1));
        List<ExampleResult> examples = random.ints(5, 0, 3)
                .mapToObj(label -> new ExampleResult(
                        label,
                        random.nextInt(3),
                        random.nextDouble(),
                        List.of(
                                new Trial(
                                        "A \"quoted\"\n",
                                        .1,
                                        false,
                                        Double.POSITIVE_INFINITY,
                                        0,
                                        0,
                                        0,
                                        Double.NaN,
                                        0,
                                        0,
                                        0,
                                        true),
                                new Trial(
                                        "B",
                                        Double.POSITIVE_INFINITY,
                                        true,
                                        1.0 / 3,
                                        random.nextDouble(),
                                        1e-300,
                                        Double.MIN_VALUE,
                                        random.nextGaussian(),
                                        7,
                                        8,
                                        9,
                                        false))))
                .toList();
        FailureFlag flag = new FailureFlag(
                FailureFlag.Kind.NOT_FINITE, "message", .25, Map.of("b", 2.0, "a", Double.POSITIVE_INFINITY));
        return new EvaluationReport(
                settings,
                random.nextBoolean() ? Norm.L1 : null,
                examples,
                List.of(new AttackCost("B", Double.POSITIVE_INFINITY, 5, 35, 40, .125)),
                List.of(flag));
    }

    @Test
    void whatIsReadIsWhatWasWritten() throws IOException {
        Path file = folder.resolve("report.json");
        boolean[] norms = new boolean[2];
        for (int seed = 0; seed < 8; seed++) {
            EvaluationReport report = madeUp(seed);
            norms[report.norm() == null ? 0 : 1] = true;
            EvaluationJson.write(report, file);
            assertThat(EvaluationJson.read(file)).isEqualTo(report);
            assertThat(Files.readString(file)).isEqualTo(report.toJson());
        }
        assertThat(norms).containsExactly(true, true);
    }

    /** A reader of another language finds curve and accuracies without knowing our classes. */
    @Test
    void theDocumentSpeaksForItself() throws IOException {
        EvaluationReport report = LineUp.pgd(LineUp.LINEAR).epsilons(.1, .3).report(LineUp.inputs(), LineUp.labels());
        JsonNode tree = new ObjectMapper().readTree(report.toJson());
        assertThat(tree.path("format").asInt()).isEqualTo(EvaluationJson.FORMAT);
        assertThat(tree.path("curve").path(1).path("accuracy").asDouble()).isEqualTo(report.robustAccuracy(.1));
        assertThat(tree.path("byAttack").path(1).path("robust").asLong())
                .isEqualTo(Math.round(LineUp.SAMPLES * report.robustAccuracy(.3)));
        int success = -1;
        for (int column = 0; column < tree.path("trialColumns").size(); column++) {
            if (tree.path("trialColumns").path(column).asText().equals("success")) {
                success = column;
            }
        }
        JsonNode examples = tree.path("report").path("examples");
        assertThat(examples).hasSize(LineUp.SAMPLES);
        for (int n = 0; n < LineUp.SAMPLES; n++) {
            List<Trial> trials = report.examples().get(n).trials();
            for (int t = 0; t < trials.size(); t++) {
                JsonNode row = examples.path(n).path("trials").path(t);
                assertThat(row.path(success).isBoolean()).isTrue();
                assertThat(row.path(success).asBoolean())
                        .isEqualTo(trials.get(t).success());
            }
        }
    }

    @Test
    void refusesWhatIsNoReport() throws IOException {
        Path file = folder.resolve("report.json");
        assertRefused(file, "report.json");
        String good = madeUp(1).toJson();
        for (String bad : List.of(
                "",
                "[]",
                "not json",
                good.substring(0, good.length() / 2),
                good.replace("\"format\":1", "\"format\":2"),
                good.replace("jacreg robust evaluation", "else"),
                good.replace("\"cleanLoss\"", "\"dirtyLoss\""),
                good.replace("\"examples\":[{", "\"examples\":[],\"exemplars\":[{"))) {
            assertThat(bad).isNotEqualTo(good);
            Files.writeString(file, bad);
            assertRefused(file, "report.json");
        }
        Files.writeString(file, good);
        assertThat(EvaluationJson.read(file)).isEqualTo(madeUp(1));
    }

    private static void assertRefused(Path file, String message) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> EvaluationJson.read(file))
                .withMessageContaining(message);
    }
}
