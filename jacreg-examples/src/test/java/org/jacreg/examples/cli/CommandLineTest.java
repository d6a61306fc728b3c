package org.jacreg.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jacreg.examples.data.IdxBytes;
import org.jacreg.examples.report.Fonts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CommandLineTest {

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Main.run(new PrintWriter(out), new PrintWriter(err), args);
    }

    @Test
    void helpGoesToStandardOutputAndNamesEveryOption() {
        assertThat(run("mnist", "--help")).isZero();

        assertThat(err.toString()).isEmpty();
        assertThat(out.toString().replaceAll("\\s+", " "))
                .contains(
                        "--preset",
                        "--seed",
                        "--train-size",
                        "--test-size",
                        "--hidden",
                        "--epochs",
                        "--batch",
                        "--learning-rate",
                        "--lambda-f",
                        "--lambda-l11",
                        "--trades-beta",
                        "--mart-beta",
                        "--arow-lambda",
                        "--autoattack-size",
                        "--lambda-factors",
                        "--gap-size",
                        "--delta",
                        "--epsilon-linf",
                        "--epsilon-l2",
                        "--pgd-steps",
                        "--pgd-restarts",
                        "--data",
                        "--out",
                        "--quiet",
                        "--no-progress",
                        "--verbose",
                        "--version")
                .contains("quick, standard, full", "Default: standard", "Default: 1.", "Exit codes");
    }

    @Test
    void versionNamesLibraryAndNd4j() {
        assertThat(run("--version")).isZero();

        assertThat(out.toString()).containsPattern("jacreg \\d+\\.\\d+\\S*, ND4J 1\\.0\\.0-M2\\.1, Java ");
    }

    static Stream<Arguments> wrongUsage() {
        return Stream.of(
                wrong("Name a command: mnist"),
                wrong("Unmatched argument at index 0: 'minst'", "minst"),
                wrong("Possible solutions: --epochs", "mnist", "--epoch", "3"),
                wrong("--preset", "mnist", "--preset", "enormous"),
                wrong("'many' is not an int", "mnist", "--epochs", "many"),
                wrong("epochs: expected at least 1, got 0", "mnist", "--epochs", "0"),
                wrong("batch: expected at least 1, got -5", "mnist", "--batch", "-5"),
                wrong("lambda-f: expected a finite number, at least 0, got -0.1", "mnist", "--lambda-f", "-0.1"),
                wrong("lambda-l11: expected a finite number, at least 0, got NaN", "mnist", "--lambda-l11", "NaN"),
                wrong("epsilon-linf: expected a finite number above 0, got 0.0", "mnist", "--epsilon-linf", "0"),
                wrong("epsilon-l2: expected a finite number above 0, got NaN", "mnist", "--epsilon-l2", "NaN"),
                wrong("hidden: expected at least 1, got 0", "mnist", "--hidden", "20,0"),
                wrong("lambda-factors: expected increasing numbers above 0", "mnist", "--lambda-factors", "2,1"),
                wrong("delta: expected a number between 0 and 1, got 1.0", "mnist", "--delta", "1"),
                wrong("sizes: expected increasing numbers above 0", "generalization", "--sizes", "20,10"),
                wrong("strengths of l11: expected increasing", "generalization", "--lambdas-l11", "0"),
                wrong("delta: expected a number between 0 and 1, got NaN", "generalization", "--delta", "NaN"),
                wrong("steps: expected at least 1, got 0", "generalization", "--steps", "0"),
                wrong("digits: expected at least 1, got 0", "certification", "--digits", "0"),
                wrong("spread: expected a ratio in [1, 2), got NaN", "certification", "--spread", "NaN"),
                wrong("networks: expected some of plain, frobenius", "certification", "--networks", "plane"),
                wrong("--data: expected a directory with four idx files, got nowhere", "mnist", "--data", "nowhere"));
    }

    private static Arguments wrong(String message, String... args) {
        return Arguments.of(message, List.of(args));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("wrongUsage")
    void wrongUsageExitsWithTwoAndSaysWhy(String message, List<String> args) {
        String[] all = Stream.concat(args.stream(), Stream.of("--out", folder.toString()))
                .toArray(String[]::new);

        boolean writes = args.contains("mnist") || args.contains("generalization") || args.contains("certification");
        assertThat(run(writes ? all : args.toArray(String[]::new))).isEqualTo(2);

        assertThat(err.toString()).contains(message);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void generalizationPrintsItsTablesAndFillsItsPage() throws IOException {
        Fonts.assumeUsable();
        StringBuilder marks = new StringBuilder();
        for (String name : List.of("gaps", "correlations", "measures", "bounds", "terms")) {
            marks.append("<!-- generalization-" + name + ":begin -->\n<!-- generalization-" + name + ":end -->\n");
        }
        Path page = Files.writeString(folder.resolve("p.md"), marks);

        int code = run(
                "generalization",
                "--quick",
                "--hidden",
                "6",
                "--activation",
                "relu",
                "--biases",
                "--steps",
                "6",
                "--exam-size",
                "20",
                "--pgd-steps",
                "1",
                "--sizes",
                "30,60",
                "--lambdas-f",
                "0.1",
                "--no-progress",
                "--page",
                page.toString(),
                "--out",
                folder.resolve("runs").toString());

        assertThat(err.toString()).contains("pgd-at 0.1, 60 digits, seed 1: training");
        assertThat(code).isZero();
        assertThat(out.toString())
                .contains("frobenius 0.1", "Kendall's tau", "region transitions", "generalization.json");
        assertThat(page).content().contains("| l11 0.01 | 60 |", "error, Frobenius margin");
    }

    @Test
    void certificationPrintsItsTables() {
        int code = run(
                "certification",
                "--quick",
                "--networks",
                "plain,l11",
                "--digits",
                "6",
                "--small-digits",
                "1",
                "--hidden",
                "8",
                "--no-progress",
                "--out",
                folder.resolve("runs").toString());

        assertThat(err.toString()).contains("l11: attacks in l2 from digit 0", "0 violations");
        assertThat(code).isZero();
        assertThat(out.toString())
                .contains(
                        "certified radii in linf",
                        "l11, small",
                        "alpha-CROWN",
                        "Networks 784-8-10",
                        "certification.json");
    }

    @Test
    void moreImagesThanThereAreIsWrongUsage() {
        assertThat(run("mnist", "--train-size", "60001", "--out", folder.toString()))
                .isEqualTo(2);

        assertThat(err.toString()).contains("train-size: expected at most the 60000 images there are, got 60001");
    }

    @Test
    void outThatIsAFileIsWrongUsage() throws IOException {
        Path file = Files.writeString(folder.resolve("taken"), "x");

        assertThat(run("mnist", "--out", file.toString())).isEqualTo(2);

        assertThat(err.toString()).contains("--out: expected a directory, got the file " + file);
    }

    @Test
    void damagedDataFailsWithOneLineAndExitCodeOne() throws IOException {
        Files.write(folder.resolve("train-images-idx3-ubyte"), IdxBytes.labels((byte) 1));

        assertThat(run("mnist", "--data", folder.toString(), "--out", folder.toString()))
                .isEqualTo(1);

        assertThat(err.toString().lines().toList())
                .hasSize(2)
                .first()
                .asString()
                .startsWith("jacreg: train-images-idx3-ubyte: expected images (idx3, unsigned bytes)");
        assertThat(err.toString()).doesNotContain("\tat ");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void verboseShowsWhere() {
        assertThat(run("mnist", "--data", folder.toString(), "--out", folder.toString(), "--verbose"))
                .isEqualTo(1);

        assertThat(err.toString()).contains("NoSuchFileException", "expected one of train-images-idx3-ubyte", "\tat ");
    }
}
