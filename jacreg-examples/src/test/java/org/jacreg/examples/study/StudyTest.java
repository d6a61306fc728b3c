package org.jacreg.examples.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.experiment.ExperimentListener;
import org.jacreg.examples.experiment.Mlp;
import org.jacreg.examples.gaps.GapBounds;
import org.jacreg.examples.report.Fonts;
import org.jacreg.examples.result.ModelKind;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A miniature of the study: every way of training once, on networks of a few units. */
class StudyTest {

    @TempDir
    static Path folder;

    private static MnistData data;
    private static StudyResult result;

    private static StudySettings settings() {
        return new StudySettings(List.of(8), Mlp.Hidden.TANH, false, 12, 20, 5e-3, 2, 0.05, 0.5, 30, 2, 0.05);
    }

    private static StudyGrid grid(int... sizes) {
        Map<ModelKind, List<Double>> strengths = new LinkedHashMap<>();
        strengths.put(ModelKind.PLAIN, List.of(0.0));
        strengths.put(ModelKind.FROBENIUS, List.of(0.1, 10.0));
        strengths.put(ModelKind.L11, List.of(0.01));
        strengths.put(ModelKind.PGD_AT, List.of(0.1));
        return new StudyGrid(strengths, Arrays.stream(sizes).boxed().toList(), List.of(1L));
    }

    @BeforeAll
    static void runMiniature() throws IOException {
        data = MnistData.bundled();
        result = new Study(settings(), data, ExperimentListener.none()).run(folder, grid(40, 80));
    }

    @Test
    void everyNetworkOfTheGridIsMeasured() {
        assertThat(result.runs()).hasSize(10);
        // Ways that differ in their loss only must not end with the same network.
        assertThat(result.runs()).extracting(StudyRun::finalLoss).doesNotHaveDuplicates();
        for (StudyRun run : result.runs()) {
            assertThat(run.risks().linfLoss().test())
                    .isGreaterThanOrEqualTo(run.risks().loss().test());
            assertThat(run.risks().linfAccuracy().train())
                    .isLessThanOrEqualTo(run.risks().accuracy().train());
            assertThat(run.bound(GapBounds.LINF).value())
                    .isGreaterThan(run.bound(GapBounds.STANDARD).value());
            assertThat(run.measures().values()).doesNotContain(Double.NaN);
            assertThat(run.measures().keySet())
                    .isEqualTo(result.runs().get(0).measures().keySet());
        }
    }

    @Test
    void aGreatPenaltyLeavesASmallJacobian() {
        StudyRun weak = run(ModelKind.FROBENIUS, 0.1, 80);
        StudyRun strong = run(ModelKind.FROBENIUS, 10, 80);

        assertThat(strong.risks().frobenius().train())
                .isLessThan(weak.risks().frobenius().train());
    }

    private static StudyRun run(ModelKind kind, double strength, int size) {
        return result.runs().stream()
                .filter(run -> run.cell().equals(new StudyGrid.Cell(kind, strength, size, 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatIsThereIsNotMadeAgainAndNetworksAreNotTrainedAgain() throws IOException {
        Path kept = folder.resolve("runs/plain-0.0-40-1.json");
        FileTime before = Files.getLastModifiedTime(kept);
        Path removed = folder.resolve("runs/l11-0.01-40-1.json");
        StudyRun was = run(ModelKind.L11, 0.01, 40);
        Files.delete(removed);
        ExperimentListener noTraining = new ExperimentListener() {
            @Override
            public void stage(String name, long steps) {
                if (!name.equals("l11 0.01, 40 digits, seed 1: measures")) {
                    throw new AssertionError("made again: " + name);
                }
            }

            @Override
            public void progress(long done) {}

            @Override
            public void done(String summary) {}
        };

        StudyResult again = new Study(settings(), data, noTraining).run(folder, grid(40, 80));

        assertThat(Files.getLastModifiedTime(kept)).isEqualTo(before);
        assertThat(again.runs()).isEqualTo(result.runs());
        assertThat(again.runs()).contains(was);
    }

    @Test
    void refusesAFolderOfOtherSettingsAndDigitsThatAreNot() {
        StudySettings other =
                new StudySettings(List.of(9), Mlp.Hidden.TANH, false, 12, 20, 5e-3, 2, 0.05, 0.5, 30, 2, 0.05);

        assertThatThrownBy(() -> new Study(other, data, ExperimentListener.none()).run(folder, grid(40)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("holds runs of other settings");
        assertThatThrownBy(() -> StudyDigits.of(data, 60_001, 1, 30))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most the 60000 digits");
    }

    @Test
    void digitsOfASmallerSizeAreAmongThoseOfALarger() {
        StudyDigits few = StudyDigits.of(data, 40, 3, 30);
        StudyDigits many = StudyDigits.of(data, 80, 3, 30);

        assertThat(many.train().features(new int[] {39})).isEqualTo(few.train().features(new int[] {39}));
        assertThat(few.seen().count()).isEqualTo(30);
        assertThat(few.unseen().features(new int[] {0}))
                .isNotEqualTo(StudyDigits.of(data, 40, 4, 30).unseen().features(new int[] {0}));
    }

    @Test
    void everyMeasureIsCorrelatedWithEveryGap() {
        int measures = result.runs().get(0).measures().size();

        assertThat(result.correlations()).hasSize(measures * GapKind.values().length);
        for (Correlation correlation : result.correlations()) {
            assertThat(correlation.sizes()).hasSize(2);
            if (!Double.isNaN(correlation.within().tau())) {
                assertThat(correlation.within().tau()).isBetween(-1.0, 1.0);
                assertThat(correlation.within().p()).isBetween(0.001, 1.0);
            }
        }
    }

    @Test
    void tablesAndPlotsGoIntoThePage(@TempDir Path pages) throws IOException {
        Fonts.assumeUsable();
        StringBuilder text = new StringBuilder();
        for (String name : List.of("gaps", "correlations", "measures", "bounds", "terms")) {
            text.append("<!-- generalization-" + name + ":begin -->\n<!-- generalization-" + name + ":end -->\n");
        }
        Path page = Files.writeString(pages.resolve("p.md"), text);

        new StudyPage(result).write(page);

        assertThat(Files.readString(page))
                .contains("| frobenius 10 | 80 |", "| training loss |", "vacuous", "Jacobian share");
        try (Stream<Path> images = Files.list(pages.resolve("images"))) {
            assertThat(images)
                    .allMatch(image -> image.toString().endsWith(".svg"))
                    .hasSizeGreaterThan(3);
        }
    }

    @Test
    void refusesAStrengthThatIsNone() {
        assertThatThrownBy(() -> new StudyGrid(Map.of(ModelKind.TRADES, List.of(1.0)), List.of(10), List.of(1L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got trades");
        assertThatThrownBy(() -> new StudyGrid(Map.of(ModelKind.L11, List.of(0.0)), List.of(10), List.of(1L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("strengths of l11");
    }
}
