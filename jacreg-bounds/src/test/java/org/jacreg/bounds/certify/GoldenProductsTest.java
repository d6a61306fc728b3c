package org.jacreg.bounds.certify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Random;
import org.jacreg.golden.Golden;
import org.jacreg.golden.GoldenCase;
import org.jacreg.golden.GoldenGraph;
import org.jacreg.graph.GraphModel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Networks of PyTorch with gates, layer normalisation, attention and GELU: read, evaluated as there, bounded above what sessions give. */
class GoldenProductsTest {

    private static final int POINTS = 30;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gated_mul",
                "layernorm",
                "mlp_gelu_erf",
                "mlp_gelu_tanh",
                "mlp_gelu_sigmoid",
                "mha_block",
                "lstm_unrolled"
            })
    void boundsHold(String name) {
        GoldenCase golden = Golden.named(name);
        SameDiff sd = GoldenGraph.build(golden, DataType.DOUBLE);
        String output = GoldenGraph.output(golden);
        BoundGraph graph = BoundGraph.of(GraphModel.builder(sd).logits(output).build());
        INDArray x = golden.array("x").castTo(DataType.DOUBLE);
        double[][] samples = SampleRows.of(x);
        double[][] outputs = SampleRows.of(sd.output(Map.of("x", x), output).get(output));
        int[] labels = new int[samples.length];
        for (int n = 0; n < samples.length; n++) {
            double[] read = graph.logits(samples[n]);
            for (int c = 0; c < read.length; c++) {
                assertThat(read[c]).isCloseTo(outputs[n][c], within(1e-12 * (1 + Math.abs(outputs[n][c]))));
                labels[n] = read[c] > read[labels[n]] ? c : labels[n];
            }
        }
        int certified = 0;
        for (BoundMethod method : new BoundMethod[] {BoundMethod.INTERVAL, BoundMethod.CROWN}) {
            for (double radius : new double[] {1e-4, 1e-2}) {
                Certifier certifier = Certifier.of(graph).method(method).build();
                double[][] margins = certifier.margins(samples, labels, radius);
                holds(sd, output, x, labels, radius, margins);
                certified +=
                        certifier.certify(samples, labels, radius).stream().anyMatch(Certificate::certified) ? 1 : 0;
            }
        }
        assertThat(certified).as("methods and radii with certificates").isGreaterThanOrEqualTo(2);
    }

    private static void holds(SameDiff sd, String output, INDArray x, int[] labels, double radius, double[][] margins) {
        Random random = new Random(6);
        for (int t = 0; t < POINTS; t++) {
            INDArray moved = x.dup('c').reshape(x.length());
            for (long i = 0; i < moved.length(); i++) {
                double step = radius * (1 - 1e-12) * (random.nextBoolean() ? 1 : -1);
                moved.putScalar(i, moved.getDouble(i) + step * (t % 2 == 0 ? 1 : random.nextDouble()));
            }
            double[][] z = SampleRows.of(
                    sd.output(Map.of("x", moved.reshape(x.shape())), output).get(output));
            for (int n = 0; n < z.length; n++) {
                for (int c = 0; c < z[n].length; c++) {
                    assertThat(c == labels[n] ? 0 : z[n][labels[n]] - z[n][c])
                            .as("sample %d, class %d, radius %s", n, c, radius)
                            .isGreaterThanOrEqualTo(margins[n][c] - 1e-15);
                }
            }
        }
    }
}
