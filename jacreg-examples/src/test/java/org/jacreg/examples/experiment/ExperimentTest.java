package org.jacreg.examples.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jacreg.examples.cli.Main;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.result.AdversarialDigit;
import org.jacreg.examples.result.AttackNorm;
import org.jacreg.examples.result.Bracket;
import org.jacreg.examples.result.Curve;
import org.jacreg.examples.result.CurvePoint;
import org.jacreg.examples.result.EpochPoint;
import org.jacreg.examples.result.ExperimentResult;
import org.jacreg.examples.result.ModelKind;
import org.jacreg.examples.result.ModelResult;
import org.jacreg.examples.result.Preset;
import org.jacreg.examples.result.ResultJson;
import org.jacreg.examples.result.Settings;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SameDiff;

/** A miniature of the experiment, its figures computed again in plain Java from the trained weights. */
class ExperimentTest {

    private static final int HIDDEN = 24;

    private static MnistData data;
    private static ExperimentResult result;
    private static final Map<ModelKind, PlainNetwork> NETWORKS = new EnumMap<>(ModelKind.class);
    private static final List<String> STAGES = new ArrayList<>();

    private static Settings settings() {
        return Settings.of(Preset.QUICK)
                .trainSize(600)
                .testSize(60)
                .trackSize(20)
                .hidden(List.of(HIDDEN))
                .epochs(1)
                .batchSize(50)
                .pgdSteps(3)
                .autoAttackSize(20)
                .certifySize(12)
                .seed(5)
                .build();
    }

    @BeforeAll
    static void runMiniature() throws IOException {
        data = MnistData.bundled();
        result = new Experiment(settings(), data, "none", new Recorder()).run();
    }

    private static final class Recorder implements ExperimentListener {
        @Override
        public void stage(String name, long steps) {
            STAGES.add(name);
        }

        @Override
        public void progress(long done) {}

        @Override
        public void done(String summary) {}

        @Override
        public void trained(ModelKind kind, SameDiff graph) {
            NETWORKS.put(kind, PlainNetwork.of(graph));
        }
    }

    private static List<float[]> images(LabelledImages set, Sample sample) {
        List<float[]> images = new ArrayList<>();
        for (int place : sample.places()) {
            images.add(set.features(new int[] {place}).toFloatVector());
        }
        return images;
    }

    private static Sample testSample() {
        return Sample.draw(data.test(), 10, 60, Seeds.of(5).testSample());
    }

    private static Sample trainSample() {
        return Sample.draw(data.train(), 10, 600, Seeds.of(5).trainSample());
    }

    private static double accuracy(PlainNetwork network, LabelledImages set, Sample sample) {
        List<float[]> images = images(set, sample);
        int right = 0;
        for (int n = 0; n < images.size(); n++) {
            right += network.predict(images.get(n)) == set.label(sample.places().get(n)) ? 1 : 0;
        }
        return right / (double) images.size();
    }

    @Test
    void allModelsAreThereInOrder() {
        assertThat(result.models()).extracting(ModelResult::kind).containsExactly(ModelKind.values());
        assertThat(STAGES)
                .contains("plain: epoch 1 of 1", "frobenius: attacks", "pgd-at: epoch 1 of 1", "arow: epoch 1 of 1");
        assertThat(result.settings()).isEqualTo(settings());
        assertThat(result.data().testUsed()).isEqualTo(60);
        assertThat(result.data().trainAvailable()).isEqualTo(60_000);
        assertThat(result.environment().nd4j()).isEqualTo("1.0.0-M2.1");
        assertThat(result.environment().jacreg()).matches("\\d.*");
    }

    @Test
    void cleanAccuraciesAreThoseOfTheWeights() {
        for (ModelResult model : result.models()) {
            PlainNetwork network = NETWORKS.get(model.kind());
            // One image may tip over where two logits are equal up to float rounding.
            assertThat(model.scores().cleanTest())
                    .isCloseTo(accuracy(network, data.test(), testSample()), within(1.01 / 60));
            assertThat(model.scores().cleanTrain())
                    .isCloseTo(accuracy(network, data.train(), trainSample()), within(1.01 / 600));
        }
    }

    @Test
    void jacobianNormsAreThoseOfTheWeights() {
        List<float[]> images = images(data.test(), testSample());
        for (ModelResult model : result.models()) {
            PlainNetwork network = NETWORKS.get(model.kind());
            double frobenius = 0;
            double l11 = 0;
            for (float[] image : images) {
                double[][] jacobian = network.jacobian(image);
                double squares = 0;
                for (double[] row : jacobian) {
                    for (double entry : row) {
                        squares += entry * entry;
                        l11 += Math.abs(entry);
                    }
                }
                frobenius += Math.sqrt(squares);
            }
            // Float arithmetic in the graph, double here: a relative 1e-7 an operation; a ReLU may differ at its kink.
            assertThat(model.scores().frobenius() / (frobenius / images.size())).isCloseTo(1.0, within(1e-3));
            assertThat(model.scores().l11() / (l11 / images.size())).isCloseTo(1.0, within(1e-3));
        }
    }

    @Test
    void tableAndCurvesAgree() {
        for (ModelResult model : result.models()) {
            for (AttackNorm norm : AttackNorm.values()) {
                Curve curve = model.curve(norm);
                double epsilon = norm == AttackNorm.LINF
                        ? settings().evaluation().epsilonLinf()
                        : settings().evaluation().epsilonL2();
                double table = norm == AttackNorm.LINF
                        ? model.scores().pgdLinf()
                        : model.scores().pgdL2();
                assertThat(curve.points().get(0))
                        .isEqualTo(new CurvePoint(0, model.scores().cleanTest()));
                assertThat(curve.points()).contains(new CurvePoint(epsilon, table));
                for (int i = 1; i < curve.points().size(); i++) {
                    assertThat(curve.points().get(i).accuracy())
                            .isLessThanOrEqualTo(curve.points().get(i - 1).accuracy());
                }
            }
            assertThat(model.scores().fgsmLinf())
                    .isLessThanOrEqualTo(model.scores().cleanTest());
            // The first 20 of the 60 images; AutoAttack leaves no more of them than PGD of three steps leaves of all
            // 60.
            assertThat(model.scores().autoAttack() * 20)
                    .isLessThanOrEqualTo(model.scores().pgdLinf() * 60 + 1e-9);
            assertThat(model.scores().fgsmL2())
                    .isLessThanOrEqualTo(model.scores().cleanTest());
        }
    }

    @Test
    void radiiLieBetweenCertificatesAndAttacks() {
        List<float[]> images = images(data.test(), testSample());
        SplittableRandom random = new SplittableRandom(3);
        for (ModelResult model : result.models()) {
            PlainNetwork network = NETWORKS.get(model.kind());
            for (AttackNorm norm : AttackNorm.values()) {
                Bracket bracket = model.bracket(norm);
                assertThat(bracket.certified()).hasSize(12).anyMatch(radius -> radius > 0);
                assertThat(bracket.violations()).isZero();
                for (int n = 0; n < 12; n++) {
                    float[] image = images.get(n);
                    int label = testSample().labels()[n];
                    double radius = bracket.certified().get(n);
                    if (network.predict(image) != label) {
                        assertThat(radius).isEqualTo(-1);
                        assertThat(bracket.attacked().get(n)).isZero();
                    } else {
                        assertThat(radius).isNotNegative();
                        // corners of the cube lie in the l_inf ball, and those of a smaller one in the l2 ball
                        double step = norm == AttackNorm.LINF ? radius : radius / 28;
                        for (int k = 0; k < 5; k++) {
                            assertThat(network.predict(corner(image, step, random)))
                                    .isEqualTo(label);
                        }
                    }
                }
            }
            Bracket linf = model.bracket(AttackNorm.LINF);
            assertThat(model.scores().certifiedLinf()).isEqualTo(linf.certifiedAt(0.1));
            assertThat(model.scores().certifiedRadius()).isEqualTo(linf.medianCertified());
        }
    }

    private static float[] corner(float[] image, double step, SplittableRandom random) {
        float[] corner = image.clone();
        for (int i = 0; i < corner.length; i++) {
            double moved = image[i] + (random.nextBoolean() ? step : -step);
            corner[i] = (float) Math.max(0, Math.min(1, moved));
        }
        return corner;
    }

    @Test
    void everyModelStartsFromTheSameWeights() {
        assertThat(result.models())
                .extracting(model -> model.history().get(0))
                .allMatch(point -> point.equals(result.models().get(0).history().get(0)));
    }

    @Test
    void surrogateIsLossPlusEpsilonTimesNorm() {
        for (ModelResult model : result.models()) {
            assertThat(model.history()).extracting(EpochPoint::epoch).containsExactly(0, 1);
            for (EpochPoint point : model.history()) {
                assertThat(point.linf().surrogate()).isCloseTo(point.loss() + 0.1 * point.l11(), within(1e-9));
                assertThat(point.l2().surrogate())
                        .isCloseTo(point.loss() + 1.5 * Math.sqrt(2) * point.frobenius(), within(1e-9));
                assertThat(point.linf().pgd()).isGreaterThanOrEqualTo(point.loss());
                assertThat(point.l2().pgd()).isGreaterThanOrEqualTo(point.loss());
            }
            EpochPoint last = model.history().get(1);
            assertThat(last.trainingLoss()).isPositive().isLessThan(1_000);
            assertThat(model.scores().secondsPerEpoch()).isEqualTo(last.seconds());
        }
    }

    @Test
    void shownDigitsAreTestImagesInTheBall() {
        for (ModelResult model : result.models()) {
            assertThat(model.digits()).hasSize(8);
            for (AdversarialDigit digit : model.digits()) {
                float[] image =
                        data.test().features(new int[] {digit.testIndex()}).toFloatVector();
                int[] clean = AdversarialDigit.unpack(digit.cleanPixels());
                int[] attacked = AdversarialDigit.unpack(digit.adversarialPixels());
                assertThat(digit.label()).isEqualTo(data.test().label(digit.testIndex()));
                for (int i = 0; i < clean.length; i++) {
                    assertThat(clean[i]).isEqualTo(Math.round(image[i] * 255));
                    // 0.1 * 255 = 25.5, and rounding to whole grey values adds at most a half.
                    assertThat(Math.abs(attacked[i] - clean[i])).isLessThanOrEqualTo(26);
                }
            }
        }
    }

    @Test
    void sameSeedSameFiguresApartFromTime() {
        ExperimentResult again = new Experiment(settings(), data, "none", ExperimentListener.none()).run();

        for (int m = 0; m < result.models().size(); m++) {
            // Sums over several threads are taken in a fixed order by ND4J here; a tie may still tip one image.
            assertThat(again.models().get(m).scores().pgdLinf())
                    .isCloseTo(result.models().get(m).scores().pgdLinf(), within(1.01 / 60));
            assertThat(again.models().get(m).scores().frobenius()
                            / result.models().get(m).scores().frobenius())
                    .isCloseTo(1.0, within(1e-3));
        }
    }

    @Test
    void theCommandPrintsTheTableAndWritesBothFiles(@TempDir Path folder) throws IOException {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();

        int code = Main.run(
                new PrintWriter(out),
                new PrintWriter(err),
                "mnist",
                "--preset",
                "quick",
                "--train-size",
                "200",
                "--test-size",
                "30",
                "--hidden",
                "16",
                "--epochs",
                "1",
                "--pgd-steps",
                "2",
                "--autoattack-size",
                "10",
                "--no-progress",
                "--out",
                folder.resolve("new/report").toString());

        assertThat(err.toString()).contains("plain: epoch 1 of 1: ").doesNotContain("jacreg:");
        assertThat(code).isZero();
        assertThat(out.toString().lines().toList().get(2)).startsWith("plain");
        assertThat(out.toString()).doesNotContain("Added differentiated op");
        ExperimentResult read = new ResultJson().read(folder.resolve("new/report/result.json"));
        assertThat(read.command()).contains("--train-size 200", "--seed 1");
        assertThat(Files.readString(folder.resolve("new/report/report.html")))
                .contains("Jacobian regularization on MNIST");
    }
}
