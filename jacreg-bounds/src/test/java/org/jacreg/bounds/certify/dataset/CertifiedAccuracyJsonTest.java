package org.jacreg.bounds.certify.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jacreg.bounds.certify.Certifier;
import org.jacreg.bounds.certify.smoothing.RandomizedSmoothing;
import org.jacreg.classifier.Classifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class CertifiedAccuracyJsonTest {

    private static final double[][] X = {{1, 1, 1}, {.3, 0, 0}, {0, 1.5, 0}, {.5, 2, .5}, {1, 1, 1}};
    private static final int[] LABELS = {0, 0, 1, 0, 1};

    @TempDir
    private Path folder;

    /** Logits {@code (2 a - b + 2 c, 0)}: smoothing changes nothing, and the first sample lies at distance 1 from the boundary. */
    private static Classifier linear() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("input", DataType.DOUBLE, -1, 3);
        x.mmul("logits", sd.var("w", Nd4j.createFromArray(new double[][] {{2, 0}, {-1, 0}, {2, 0}})));
        return Classifier.of(sd).input("input").logits("logits").build();
    }

    private static CertifiedAccuracyReport smoothed() {
        return CertifiedEvaluation.of(DatasetCertifier.of(RandomizedSmoothing.of(linear(), .5)
                        .samples(2000)
                        .seed(5)
                        .build()))
                .over(X, LABELS)
                .radii(.1, .5, 2)
                .run();
    }

    @Test
    void smoothedRadiiStayWhatTheyAre() throws IOException {
        CertifiedAccuracyReport report = smoothed();
        assertThat(report.samples().get(0)).isInstanceOf(SampleResult.Smoothed.class);
        assertThat(report.samples().get(0).radius()).isBetween(.5, 1.0);
        assertThat(report.samples()).noneMatch(SampleResult.Proved.class::isInstance);
        assertThat(report.reasons().keySet())
                .containsExactly(SampleResult.Reason.MISCLASSIFIED, SampleResult.Reason.ABSTAINED);
        assertThat(report.procedure().guarantee()).isEqualTo(new Guarantee.Confidence(.001, .5, 2000, 100, 5));
        JsonNode json = new ObjectMapper().readTree(report.toJson());
        assertThat(json.at("/report/samples/0/kind").asText()).isEqualTo("smoothed");
        assertThat(json.at("/report/procedure/guarantee/kind").asText()).isEqualTo("confidence");
        assertThat(json.at("/report/procedure/guarantee/alpha").asDouble()).isEqualTo(.001);
        assertThat(json.at("/report/procedure/guarantee/seed").asInt()).isEqualTo(5);
        Path file = folder.resolve("smoothed.json");
        CertifiedAccuracyJson.write(report, file);
        assertThat(CertifiedAccuracyJson.read(file)).isEqualTo(report);
    }

    @Test
    void writtenReportsAreReadBackWhole() throws IOException {
        Samples net = Samples.network(1, 3, 5, 3);
        double[][] x = Samples.points(2, 20, 3);
        CertifiedAccuracyReport report = CertifiedEvaluation.of(
                        Certifier.of(net.graph()).build())
                .over(x, net.labels(x))
                .largestRadius(1)
                .run();
        Path file = folder.resolve("report.json");
        CertifiedAccuracyJson.write(report, file);
        assertThat(CertifiedAccuracyJson.read(file)).isEqualTo(report);
        Files.writeString(file, report.toJson());
        assertThat(CertifiedAccuracyJson.read(file)).isEqualTo(report);
        JsonNode json = new ObjectMapper().readTree(report.toJson());
        assertThat(json.get("cleanAccuracy").asDouble()).isEqualTo(report.cleanAccuracy());
        assertThat(json.get("curve")).hasSize(11);
        assertThat(json.at("/curve/3/certified").asInt())
                .isEqualTo(report.curve().get(3).certified());
        assertThat(json.at("/report/procedure/box/upper").asText()).isEqualTo("Infinity");
        assertThat(json.at("/report/procedure/guarantee/arithmetic").asText()).isEqualTo("FLOAT64");
        assertThat(json.at("/report/procedure/network/sha256").asText()).matches("[0-9a-f]{64}");
        assertThat(json.at("/report/dataset").asText()).matches("[0-9a-f]{64}");
        assertThat(json.at("/report/provenance/nd4j").asText()).isEqualTo("1.0.0-M2.1");
        assertThat(json.at("/report/provenance/jacreg").asText()).matches("\\d.*");
        assertThat(json.at("/report/provenance/backend").asText()).isNotBlank();
        assertThat(json.at("/report/wallSeconds").asDouble()).isPositive();
        // counted in ticks of a hundredth of a second
        assertThat(json.at("/report/processorSeconds").asDouble()).isNotNegative();
    }

    @Test
    void refusesWhatIsNoReport() throws IOException {
        Path file = folder.resolve("report.json");
        String text = smoothed().toJson();
        for (String broken : List.of(
                "",
                text.substring(0, text.length() / 2),
                text.replace("\"format\":1", "\"format\":2"),
                text.replace("\"smoothed\"", "\"certain\""),
                text.replace("\"confidence\":0.95", "\"confidence\":95"),
                text + "{}")) {
            Files.writeString(file, broken);
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> CertifiedAccuracyJson.read(file))
                    .withMessageContaining("report.json");
        }
    }

    @Test
    void modelsWithoutAHashHaveNoCheckpoints() {
        Classifier known = linear();
        Classifier unknown = (Classifier) java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Classifier.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("fingerprint")) {
                        return java.util.Optional.empty();
                    }
                    return method.invoke(known, arguments);
                });
        CertifiedEvaluation evaluation = CertifiedEvaluation.of(DatasetCertifier.of(
                        RandomizedSmoothing.of(unknown, .5).samples(10).build()))
                .over(X, LABELS)
                .radii(.1);
        assertThat(evaluation.run().procedure().network().sha256()).isEqualTo("unknown");
        assertThatIllegalStateException()
                .isThrownBy(evaluation.checkpoint(folder.resolve("c.json"))::run)
                .withMessageContaining("fingerprint");
    }

    @Test
    void textNamesWhatMatters() {
        assertThat(smoothed().toString())
                .contains("5 samples", "RANDOMIZED_SMOOTHING", "alpha=0.001", "certified accuracy", "ABSTAINED=1");
    }
}
