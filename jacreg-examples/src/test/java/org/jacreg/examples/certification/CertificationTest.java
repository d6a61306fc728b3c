package org.jacreg.examples.certification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.examples.certification.CertificationSettings.Radii;
import org.jacreg.examples.certification.CertificationSettings.Training;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.experiment.ExperimentListener;
import org.jacreg.examples.report.Fonts;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A miniature: two networks of a few units, some digits. */
class CertificationTest {

    private static final List<Way> WAYS = List.of(Way.PLAIN, Way.FROBENIUS);

    @TempDir
    static Path folder;

    private static MnistData data;
    private static CertificationResult result;

    private static CertificationSettings settings(int few) {
        return new CertificationSettings(
                new Training(List.of(10, 10), 1500, 2, 50, 3e-3, 0.1, 0.01, 0.1, 2, 1),
                8,
                few,
                7,
                new Radii(0.15, List.of(0.01, 0.05)),
                new Radii(1.5, List.of(0.1, 0.5)),
                new Radii(5, List.of(0.2, 1.0)),
                new StrongAttacks.Effort(5, 1, 2, 20, 1),
                1.5);
    }

    private static Ladder small(int few) {
        return new Ladder(settings(few), List.of(4), 0.05, 6, 2_000);
    }

    @BeforeAll
    static void runMiniature() throws IOException {
        data = MnistData.bundled();
        result = new Certification(small(2), data, ExperimentListener.none()).run(folder, WAYS, 12);
    }

    @Test
    void everyRadiusIsThereAndBelowTheNearestErrorFound() {
        assertThat(result.attacks()).hasSize(12);
        assertThat(result.contradicted()).isFalse();
        for (Way way : WAYS) {
            for (RadiusKind kind : RadiusKind.values()) {
                double[] radii = result.radii(way, kind);
                assertThat(radii).as("%s %s", way, kind).hasSize(kind.slow() ? 4 : 12);
                double[] nearest = result.nearest(way, kind.norm());
                assertThat(nearest).hasSize(12);
                for (int n = 0; !kind.slow() && n < radii.length; n++) {
                    assertThat(radii[n]).isLessThan(nearest[n] == 0 ? 1e-9 : nearest[n]);
                }
            }
            // fixed seeds: some digits are certified, or nothing here means anything
            assertThat(Summary.certified(result.radii(way, RadiusKind.CROWN), 0.001))
                    .isPositive();
        }
    }

    @Test
    void methodsStandInTheirOrderOnTheSmallNetwork() {
        assertThat(result.ladder()).hasSize(2);
        for (LadderRun run : result.ladder()) {
            List<Double> intervals = run.radii().get("INTERVAL");
            List<Double> crown = run.radii().get("CROWN");
            List<Double> alpha = run.radii().get("ALPHA_CROWN");
            List<Double> complete = run.radii().get("COMPLETE");
            for (int n = 0; n < complete.size(); n++) {
                assertThat(crown.get(n)).isGreaterThanOrEqualTo(intervals.get(n));
                assertThat(alpha.get(n)).isGreaterThanOrEqualTo(crown.get(n));
                assertThat(complete.get(n))
                        .isGreaterThanOrEqualTo(alpha.get(n))
                        .isLessThanOrEqualTo(run.nearest().get(n));
            }
        }
    }

    /** Radii up to just beyond the errors that were found: all that are wrong are reported, with all there is to know. */
    @Test
    void radiiThatAreTooLargeAreReported() throws IOException {
        AttackRun before = result.attacks().get(0);
        assertThat(before.norm()).isEqualTo(BallNorm.LINF);
        ExamDigits digits = ExamDigits.of(
                new NetworkTraining(folder, settings(2).training(), data, ExperimentListener.none())
                        .network(before.way()),
                data.test(),
                0,
                8);
        Map<RadiusKind, List<Double>> planted = new EnumMap<>(RadiusKind.class);
        planted.put(
                RadiusKind.CROWN, before.nearest().stream().map(d -> 1.01 * d).toList());

        AttackRun run = new AttackMeasuring(settings(2), ExperimentListener.none())
                .measure(before.way(), BallNorm.LINF, 0, digits, planted);

        assertThat(run.violations()).extracting(Violation::sample).contains(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(run.violations().get(run.violations().size() - 1))
                .hasToString(run.violations().get(run.violations().size() - 1).toString())
                .satisfies(v -> assertThat(v.distance()).isLessThanOrEqualTo(v.radius()));
        CertificationResult wrong = new CertificationResult(
                1, result.small(), result.environment(), result.radii(), List.of(run), List.of());
        assertThat(wrong.contradicted()).isTrue();
        assertThat(new CertificationPage(wrong).notes()).anyMatch(note -> note.contains("CROWN claims decision"));
    }

    @Test
    void whatIsThereIsNotMadeAgain() throws IOException {
        List<String> stages = new ArrayList<>();
        Files.delete(folder.resolve("radii/runs/plain-8-11.json"));
        Files.delete(folder.resolve("attacks/runs/plain-0-7-L2.json"));
        ExperimentListener heard = new ExperimentListener() {
            @Override
            public void stage(String name, long steps) {
                stages.add(name);
            }

            @Override
            public void progress(long done) {}

            @Override
            public void done(String summary) {}
        };

        CertificationResult again = new Certification(small(2), data, heard).run(folder, WAYS, 12);

        assertThat(stages).containsExactly("plain: attacks in l2 from digit 0", "plain: radii from digit 8");
        for (RadiusKind kind : RadiusKind.values()) {
            assertThat(again.radii(Way.PLAIN, kind)).isEqualTo(result.radii(Way.PLAIN, kind));
        }
        assertThat(again.attacks().stream().map(AttackRun::nearest))
                .isEqualTo(result.attacks().stream().map(AttackRun::nearest).toList());
    }

    /** Training on intervals is what makes intervals certify. */
    @Test
    void intervalsCertifyWhatWasTrainedOnThem() throws IOException {
        double[] mean = new double[2];
        NetworkTraining training = new NetworkTraining(folder, settings(2).training(), data, ExperimentListener.none());
        for (int k = 0; k < mean.length; k++) {
            ExamDigits digits = ExamDigits.of(training.network(k == 0 ? Way.PLAIN : Way.IBP), data.test(), 0, 40);
            mean[k] = Summary.mean(digits.proofs().bounds(BoundMethod.INTERVAL, BallNorm.LINF, 0.15, 8).stream()
                    .mapToDouble(Certificate::radius)
                    .toArray());
        }
        assertThat(mean[1]).isGreaterThan(2 * mean[0]);
    }

    @Test
    void refusesWhatIsNot() {
        assertThatThrownBy(() -> new Certification(small(3), data, ExperimentListener.none()).run(folder, WAYS, 12))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("holds runs of other settings");
        assertThatThrownBy(() -> new Certification(small(2), data, ExperimentListener.none()).run(folder, WAYS, 10_001))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most the 10000 test digits");
        assertThatThrownBy(() -> Way.of("none"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("plain, frobenius, l11, pgd-at");
    }

    @Test
    void tablesAndPlotsGoIntoThePage(@TempDir Path pages) throws IOException {
        Fonts.assumeUsable();
        StringBuilder text = new StringBuilder();
        for (String name : List.of("radii", "brackets", "violations", "ladder")) {
            text.append("<!-- certification-" + name + ":begin -->\n<!-- certification-" + name + ":end -->\n");
        }
        Path page = Files.writeString(pages.resolve("p.md"), text);

        new CertificationPage(result).write(page);

        assertThat(Files.readString(page))
                .contains(
                        "| frobenius | CROWN | 12 |",
                        "| alpha-CROWN | linf |",
                        "| plain | linf | 12 |",
                        "COMPLETE",
                        " to ");
        assertThat(pages.resolve("images/certification-linf.svg")).isNotEmptyFile();
        assertThat(pages.resolve("images/certification-l2.svg")).isNotEmptyFile();
    }

    @Test
    void figuresOfRadii() {
        double[] radii = {-1, 0.1, 0.3, 0};
        assertThat(Summary.mean(radii)).isBetween(0.1 - 1e-15, 0.1 + 1e-15);
        assertThat(Summary.median(radii)).isEqualTo(0.05);
        assertThat(Summary.certified(radii, 0)).isEqualTo(0.75);
        assertThat(Summary.certified(radii, 0.1)).isEqualTo(0.5);
        assertThat(Summary.standing(radii, 0.1)).isEqualTo(0.25);
        assertThat(CertificationTables.number(0.012345)).isEqualTo("0.0123");
        assertThat(CertificationTables.number(123.4)).isEqualTo("123");
    }
}
