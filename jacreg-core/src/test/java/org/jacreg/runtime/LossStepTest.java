package org.jacreg.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.jacreg.nets.SmallNets;
import org.jacreg.runtime.kernel.CpuBackend;
import org.jacreg.runtime.kernel.GramProduct;
import org.jacreg.runtime.kernel.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.loss.LossReduce;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Cross-entropy, inner products and Gram matrices against sums in float64. */
class LossStepTest {

    private static final int N = 5;
    private static final int C = 4;

    @ParameterizedTest
    @EnumSource(LossReduce.class)
    void crossEntropy(LossReduce reduction) {
        for (float weight : new float[] {1, 0, 2}) {
            for (float smoothing : new float[] {0, 0.25f}) {
                INDArray logits = SmallNets.inputs(DataType.FLOAT, 3, N, C).muli(3);
                INDArray labels = SmallNets.labels(DataType.FLOAT, 4, N, C);
                Map<String, INDArray> given = Map.of("z", logits, "label", labels);
                SameDiff sd = graph(weight, smoothing, reduction);
                try (CompiledGraph graph =
                        CompiledGraph.of(sd).outputs("loss").gradients("z").build()) {
                    Map<String, INDArray> actual = Agreement.compiled(graph, given, List.of("loss"), List.of("z"));
                    if (CpuBackend.find().isPresent()) {
                        assertThat(graph.plan(given).program().census()).containsKey("CrossEntropy");
                    }
                    String label = reduction + ", weight " + weight + ", smoothing " + smoothing;
                    Map<String, INDArray> expected = Agreement.session(sd, given, List.of("loss"), List.of("z"));
                    assertThat(Agreement.differences(actual, expected, 2e-6))
                            .as(label)
                            .isEmpty();
                    formula(label, actual, logits, labels, reduction, weight, smoothing);
                }
            }
        }
    }

    private static SameDiff graph(float weight, float smoothing, LossReduce reduction) {
        SameDiff sd = SameDiff.create();
        SDVariable z = sd.placeHolder("z", DataType.FLOAT, -1, C);
        SDVariable label = sd.placeHolder("label", DataType.FLOAT, -1, C);
        SDVariable w = sd.constant("weight", Nd4j.scalar(weight));
        sd.loss().softmaxCrossEntropy("loss", label, z, w, reduction, smoothing);
        sd.setLossVariables("loss");
        return sd;
    }

    private static void formula(
            String label,
            Map<String, INDArray> actual,
            INDArray logits,
            INDArray labels,
            LossReduce reduction,
            double weight,
            double smoothing) {
        double scale = switch (reduction) {
            case NONE, SUM -> weight;
            case MEAN_BY_WEIGHT -> weight == 0 ? 0 : 1.0 / N;
            case MEAN_BY_NONZERO_WEIGHT_COUNT -> weight == 0 ? 0 : weight / N;
        };
        double total = 0;
        for (int n = 0; n < N; n++) {
            double sum = 0;
            for (int c = 0; c < C; c++) {
                sum += Math.exp(logits.getDouble(n, c));
            }
            double loss = 0;
            for (int c = 0; c < C; c++) {
                double probability = Math.exp(logits.getDouble(n, c)) / sum;
                double target = labels.getDouble(n, c) * (1 - smoothing) + smoothing / C;
                loss -= target * Math.log(probability);
                assertThat(actual.get("d/dz").getDouble(n, c))
                        .as(label)
                        .isCloseTo(scale * (probability - target), within(1e-6));
            }
            total += loss;
            if (reduction == LossReduce.NONE) {
                assertThat(actual.get("loss").getDouble(n)).as(label).isCloseTo(scale * loss, within(1e-5));
            }
        }
        if (reduction != LossReduce.NONE) {
            assertThat(actual.get("loss").getDouble(0)).as(label).isCloseTo(scale * total, within(1e-5));
        }
    }

    @Test
    void innerProducts() {
        for (int n : new int[] {1, 2, 1023, 1024, 1025, 32767, 32768, 32769, 200_000}) {
            for (int threads : new int[] {1, 3}) {
                Value left = SingleStep.placeholder("left", n);
                Value right = SingleStep.placeholder("right", n);
                Random random = new Random(n);
                float[] a = new float[n];
                float[] b = new float[n];
                double expected = 0;
                double scale = 0;
                for (int i = 0; i < n; i++) {
                    a[i] = (float) random.nextGaussian();
                    b[i] = (float) random.nextGaussian();
                    expected += (double) a[i] * b[i];
                    scale += Math.abs((double) a[i] * b[i]);
                }
                Native dot = new Native(new NativeOperation.Dot(), List.of(left, right), List.of(SingleStep.result()));
                float[] actual = SingleStep.run(
                        dot,
                        Map.of(left, a, right, b),
                        (storage, workers) -> new DotStep(dot, storage, workers),
                        threads);
                assertThat((double) actual[0])
                        .as(n + " entries")
                        .isCloseTo(Math.max(expected, 0), within(1e-6 * scale));
            }
        }
    }

    @Test
    void gramMatrices() {
        CpuBackend backend = CpuBackend.find().orElseThrow();
        for (int[] shape : new int[][] {{1, 1}, {2, 3}, {3, 2}, {17, 5}, {5, 17}, {33, 64}, {1, 40}, {40, 1}}) {
            for (boolean columns : new boolean[] {true, false}) {
                for (int threads : new int[] {1, 3}) {
                    gram(backend, shape[0], shape[1], columns, threads);
                }
            }
        }
    }

    private static void gram(CpuBackend backend, int rows, int width, boolean columns, int threads) {
        int size = columns ? width : rows;
        int inner = columns ? rows : width;
        float[] a = new float[rows * width];
        Random random = new Random(rows * 100L + width);
        for (int i = 0; i < a.length; i++) {
            a[i] = (float) random.nextGaussian();
        }
        float[] c = new float[size * size];
        java.util.Arrays.fill(c, Float.NaN);
        try (FloatPointer factor = new FloatPointer(a);
                FloatPointer product = new FloatPointer(c);
                Workers workers = Workers.create(threads)) {
            GramProduct kernel = columns
                    ? GramProduct.ofColumns(backend, workers, rows, width, factor, product)
                    : GramProduct.ofRows(backend, workers, rows, width, factor, product);
            kernel.run();
            product.get(c);
        }
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                double expected = 0;
                for (int k = 0; k < inner; k++) {
                    expected += (double) a[columns ? k * width + i : i * width + k]
                            * a[columns ? k * width + j : j * width + k];
                }
                assertThat((double) c[i * size + j])
                        .as(rows + "x" + width + (columns ? " columns " : " rows ") + i + ", " + j)
                        .isCloseTo(expected, within(1e-6 * (inner + 4) * 4));
                assertThat(c[i * size + j]).isEqualTo(c[j * size + i]);
            }
        }
    }
}
