package org.jacreg.examples.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jacreg.attacks.evaluation.FailureFlag;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.experiment.EnvironmentProbe;
import org.jacreg.examples.experiment.ExperimentListener;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A miniature of the comparison: every method once, on networks of a few filters. */
class ComparisonTest {

    @TempDir
    static Path folder;

    private static MnistData data;
    private static ComparisonResult result;

    private static ComparisonSettings settings() {
        return new ComparisonSettings(
                new Budget(List.of(2, 3), 8, 120, 2, 1, 40, 5e-3, 0.1, 2),
                new Exam(Exam.Split.TEST, 20, 4, List.of(0.05, 0.1), 2),
                1);
    }

    private static Map<Method, List<Double>> strengths() {
        Map<Method, List<Double>> strengths = new EnumMap<>(Method.class);
        for (Method method : Method.values()) {
            strengths.put(method, List.of(method.candidates().get(0)));
        }
        return strengths;
    }

    @BeforeAll
    static void runMiniature() throws IOException {
        data = MnistData.bundled();
        result = new Comparison(settings(), data, ExperimentListener.none()).run(folder, strengths(), List.of(1L));
    }

    @Test
    void everyMethodIsTrainedAndMeasured() {
        assertThat(result.runs()).extracting(MethodRun::method).containsExactly(Method.values());
        for (MethodRun run : result.runs()) {
            assertThat(run.finalLoss()).isPositive().isLessThan(100);
            assertThat(run.pgd()).hasSize(2);
            assertThat(run.autoAttack()).hasSize(2);
            assertThat(run.pgd().get(0)).isLessThanOrEqualTo(run.clean());
            assertThat(run.pgd().get(1)).isLessThanOrEqualTo(run.pgd().get(0));
            assertThat(run.autoAttack().get(1))
                    .isLessThanOrEqualTo(run.autoAttack().get(0));
        }
        // Methods that differ in their loss only must not end with the same network.
        assertThat(result.runs()).extracting(MethodRun::finalLoss).doesNotHaveDuplicates();
    }

    @Test
    void whatIsThereIsNotMadeAgain() throws IOException {
        Path kept = folder.resolve("runs/ce-0.0-1.json");
        FileTime before = Files.getLastModifiedTime(kept);
        ExperimentListener nothing = new ExperimentListener() {
            @Override
            public void stage(String name, long steps) {
                throw new AssertionError("made again: " + name);
            }

            @Override
            public void progress(long done) {}

            @Override
            public void done(String summary) {}
        };

        ComparisonResult again = new Comparison(settings(), data, nothing).run(folder, strengths(), List.of(1L));

        assertThat(again.runs()).isEqualTo(result.runs());
        assertThat(Files.getLastModifiedTime(kept)).isEqualTo(before);
        assertThat(new ComparisonJson().read(folder.resolve("comparison.json")).runs())
                .isEqualTo(result.runs());
    }

    @Test
    void aRunThatAnotherMakesIsLeftToIt(@TempDir Path other) throws IOException {
        RunFolder runs = RunFolder.open(other, settings(), EnvironmentProbe.environment());
        Optional<RunFolder.Claim> mine = runs.claim(Method.CE, 0, 7);

        assertThat(mine).isPresent();
        try (RunFolder.Claim claim = mine.orElseThrow()) {
            // Within one process the system's lock is refused with an exception of its own.
            assertThatThrownBy(() -> runs.claim(Method.CE, 0, 7))
                    .isInstanceOf(java.nio.channels.OverlappingFileLockException.class);
            claim.save(run(Method.CE, 0, 7, 0.5, 0.5));
        }
        assertThat(runs.claim(Method.CE, 0, 7)).isEmpty();
    }

    @Test
    void refusesAFolderOfOtherSettings() {
        ComparisonSettings other =
                new ComparisonSettings(settings().budget(), settings().exam(), 2);

        assertThatThrownBy(() ->
                        new Comparison(other, data, ExperimentListener.none()).run(folder, strengths(), List.of(1L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("holds runs of other settings");
    }

    @Test
    void sameSeedSameRun(@TempDir Path other) throws IOException {
        ComparisonResult again = new Comparison(settings(), data, ExperimentListener.none())
                .run(other, Map.of(Method.AROW, strengths().get(Method.AROW)), List.of(1L));
        MethodRun first = result.runs().stream()
                .filter(run -> run.method() == Method.AROW)
                .findFirst()
                .orElseThrow();

        assertThat(again.runs().get(0).pgd()).isEqualTo(first.pgd());
        // Sums of weights' gradients depend on the number of threads in their last places.
        assertThat(again.runs().get(0).finalLoss())
                .isCloseTo(first.finalLoss(), org.assertj.core.data.Offset.offset(1e-4));
    }

    @Test
    void validationDigitsAreNotTrainedOn() {
        ComparisonSettings validation =
                new ComparisonSettings(settings().budget(), new Exam(Exam.Split.VALIDATION, 30, 0, List.of(0.1), 1), 1);
        Digits digits = Digits.of(validation, data);
        ComparisonSettings greedy = new ComparisonSettings(
                new Budget(List.of(2, 3), 8, 59_990, 2, 1, 40, 5e-3, 0.1, 2), validation.exam(), 1);

        for (int v = 0; v < 30; v++) {
            float[] pixels = digits.exam().features(new int[] {v}).toFloatVector();
            for (int t = 0; t < 120; t++) {
                assertThat(digits.train().features(new int[] {t}).toFloatVector())
                        .isNotEqualTo(pixels);
            }
        }
        assertThatThrownBy(() -> Digits.of(greedy, data))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("test-size: at most 10 wanted, got 30");
    }

    private static MethodRun run(Method method, double strength, long seed, double clean, double robust) {
        return new MethodRun(method, strength, seed, clean, List.of(robust, 0.0), List.of(), List.of(), 1, 1, 0, 1);
    }

    @Test
    void theBestStrengthHasTheBestMeanOfCleanAndRobust() {
        ComparisonSettings trainedAtFirst = new ComparisonSettings(
                new Budget(List.of(2, 3), 8, 120, 2, 1, 40, 5e-3, 0.05, 2),
                new Exam(Exam.Split.VALIDATION, 20, 0, List.of(0.05, 0.1), 2),
                1);
        ComparisonResult made = new ComparisonResult(
                ComparisonResult.FORMAT,
                trainedAtFirst,
                EnvironmentProbe.environment(),
                List.of(
                        run(Method.TRADES, 6, 1, 0.90, 0.80),
                        run(Method.TRADES, 1, 1, 0.98, 0.60),
                        run(Method.TRADES, 3, 1, 0.95, 0.70),
                        run(Method.TRADES, 3, 2, 0.95, 0.78),
                        run(Method.MART, 5, 1, 0.5, 0.5)));

        assertThat(made.bestStrengths()).isEqualTo(Map.of(Method.TRADES, 6.0, Method.MART, 5.0));
    }

    @Test
    void theTableHasMeansAndStandardErrors() {
        ComparisonResult made = new ComparisonResult(
                ComparisonResult.FORMAT,
                settings(),
                EnvironmentProbe.environment(),
                List.of(
                        new MethodRun(
                                Method.CE,
                                0,
                                1,
                                0.9,
                                List.of(0.5, 0.1),
                                List.of(0.25, 0.0),
                                List.of(FailureFlag.Kind.ZERO_GRADIENTS),
                                10,
                                1,
                                1,
                                1),
                        new MethodRun(
                                Method.CE, 0, 2, 0.8, List.of(0.6, 0.1), List.of(0.50, 0.0), List.of(), 20, 1, 1, 1)));

        List<List<String>> rows = new ComparisonTable(made).rows();

        assertThat(rows.get(0))
                .containsExactly(
                        "method",
                        "strength",
                        "seeds",
                        "clean",
                        "PGD-2 0.05",
                        "PGD-2 0.1",
                        "AutoAttack 0.05",
                        "AutoAttack 0.1",
                        "CPU s to train");
        // Two values a and b: standard error |a - b| / 2.
        assertThat(rows.get(1))
                .containsExactly(
                        "CE", "", "2", "85.0 (5.0)", "55.0 (5.0)", "10.0 (0.0)", "37.5 (12.5)", "0.0 (0.0)", "15");
        assertThat(new ComparisonTable(made).notes().get(4)).endsWith("by runs of 2: {ZERO_GRADIENTS=1}.");
        assertThat(new ComparisonTable(made).markdown())
                .startsWith("| method | strength |")
                .contains("|---|---|");
    }

    @Test
    void aPageKeepsWhatStandsAroundTheMarks(@TempDir Path pages) throws IOException {
        Path page = Files.writeString(pages.resolve("p.md"), "before\n<!-- t:begin -->\nold\n<!-- t:end -->\nafter\n");

        MarkedPage.replace(page, "t", "new\n");

        assertThat(page).hasContent("before\n<!-- t:begin -->\nnew\n<!-- t:end -->\nafter\n");
        assertThatThrownBy(() -> MarkedPage.replace(page, "u", "new\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("<!-- u:begin -->");
    }
}
