package org.jacreg.bounds.certify.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.Certifier;
import org.jacreg.golden.Golden;
import org.jacreg.golden.GoldenCase;
import org.jacreg.golden.GoldenGraph;
import org.jacreg.graph.GraphModel;
import org.jacreg.nets.PreparedObjective;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The bounds in the graph are those that the certifier computes apart from it, in arrays of its own. */
class IntervalMarginsTest {

    /** Some hundred operations on numbers of order one, in another order; the certifier also takes a slack of that size off. */
    private static final double ROUNDING = 1e-11;

    private static void agrees(SameDiff sd, String logits, INDArray x, double epsilon, boolean box) {
        GraphModel model = GraphModel.builder(sd).logits(logits).build();
        Certifier.Builder certifier =
                Certifier.of(BoundGraph.of(model)).method(BoundMethod.INTERVAL).arithmetic(Arithmetic.REAL);
        IntervalBoundTraining.Builder training =
                IntervalBoundTraining.linf(epsilon).ramp(0, 0).logits(logits);
        if (box) {
            certifier.bounds(0, 1);
            training.bounds(0, 1);
        }
        int[] labels = new int[(int) x.size(0)];
        int classes = BoundGraph.of(model).classes();
        for (int n = 0; n < labels.length; n++) {
            labels[n] = (n + 1) % classes;
        }
        double[][] expected = certifier.build().margins(Nets.rows(x), labels, epsilon);
        try (PreparedObjective prepared =
                new PreparedObjective(sd, training.build(), x, Nets.oneHot(labels, classes), 0)) {
            double[][] margins = Nets.rows(prepared.value(BoundSession.MARGINS));
            double scale = 1;
            for (int n = 0; n < labels.length; n++) {
                for (int j = 0; j < classes; j++) {
                    scale = Math.max(scale, Math.abs(expected[n][j]));
                }
            }
            for (int n = 0; n < labels.length; n++) {
                for (int j = 0; j < classes; j++) {
                    assertThat(margins[n][j]).as("%d %d", n, j).isCloseTo(expected[n][j], within(ROUNDING * scale));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.02, 0.3})
    void asTheCertifierHasThem(double epsilon) {
        for (SameDiff sd : List.of(Nets.mlp(), Nets.normalised(), Nets.residual(true))) {
            agrees(sd, "logits", Nets.inputs(sd, 1, 4), epsilon, true);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mlp_relu",
                "mlp_tanh",
                "mlp_softplus",
                "mlp_sigmoid",
                "mlp_elu",
                "mlp_leakyrelu",
                "mlp_tanh_b1_c2",
                "mlp_softplus_b5_c7",
                "conv_maxpool_dense",
                "conv_maxpool_overlap_tanh",
                "conv_avgpool_dense",
                "conv_strided",
                "conv_padded",
                "conv_dilated",
                "conv_conv_pool_relu",
                "residual_add",
                "concat",
                "conv1d"
            })
    void onGoldenNetworks(String name) {
        GoldenCase golden = Golden.named(name);
        SameDiff sd = GoldenGraph.build(golden, DataType.DOUBLE);
        sd.setEnableCache(false);
        agrees(sd, GoldenGraph.output(golden), golden.array("x").castTo(DataType.DOUBLE), 0.07, false);
    }

    /** Each layer has its intervals, and what the last one makes of them is not taken from the logits' intervals. */
    @Test
    void theLastLayerIsElided() {
        SameDiff sd = Nets.mlp();
        INDArray x = Nets.inputs(sd, 2, 3);
        int[] labels = Nets.labels(3);
        IntervalBoundTraining training =
                IntervalBoundTraining.linf(0.1).ramp(0, 0).build();
        try (PreparedObjective prepared =
                new PreparedObjective(sd, training, x, Nets.oneHot(labels, Nets.CLASSES), 0)) {
            double[][] margins = Nets.rows(prepared.value(BoundSession.MARGINS));
            double[][] last = sd.getVariable("W3").getArr().toDoubleMatrix();
            double[][] own = plainIntervals(sd, Nets.rows(x), labels, 0.1);
            int tighter = 0;
            for (int n = 0; n < own.length; n++) {
                for (int j = 0; j < last[0].length; j++) {
                    assertThat(margins[n][j]).isGreaterThanOrEqualTo(own[n][j] - ROUNDING);
                    tighter += margins[n][j] > own[n][j] + 1e-3 ? 1 : 0;
                }
            }
            assertThat(tighter).isGreaterThan(own.length);
        }
    }

    /** The certifier takes all linear ops behind the last other one together, the graph only the last dense layer: it is looser. */
    @Test
    void severalLinearOpsInARowAreLooser() {
        for (SameDiff sd : List.of(Nets.convolutional(), Nets.residual(false))) {
            INDArray x = Nets.inputs(sd, 1, 4);
            int[] labels = Nets.labels(4);
            Certifier certifier = Certifier.of(BoundGraph.of(sd))
                    .method(BoundMethod.INTERVAL)
                    .arithmetic(Arithmetic.REAL)
                    .build();
            double[][] other = certifier.margins(Nets.rows(x), labels, 0.02);
            IntervalBoundTraining training =
                    IntervalBoundTraining.linf(0.02).ramp(0, 0).build();
            try (PreparedObjective prepared =
                    new PreparedObjective(sd, training, x, Nets.oneHot(labels, Nets.CLASSES), 0)) {
                double[][] margins = Nets.rows(prepared.value(BoundSession.MARGINS));
                double sum = 0;
                for (int n = 0; n < 4; n++) {
                    for (int j = 0; j < Nets.CLASSES; j++) {
                        assertThat(margins[n][j]).isLessThanOrEqualTo(other[n][j] + ROUNDING);
                        sum += other[n][j] - margins[n][j];
                    }
                }
                // 8 margins, some tenths each
                assertThat(sum).isBetween(0.01, 10.0);
            }
        }
    }

    /** {@code lower(z_y) - upper(z_j)}, with 0 for j = y, in plain Java. */
    private static double[][] plainIntervals(SameDiff sd, double[][] x, int[] labels, double epsilon) {
        double[][] result = new double[x.length][];
        for (int n = 0; n < x.length; n++) {
            double[][] ends =
                    PlainMlp.of(sd).logitEnds(x[n], epsilon, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
            result[n] = new double[Nets.CLASSES];
            for (int j = 0; j < Nets.CLASSES; j++) {
                result[n][j] = j == labels[n] ? 0 : ends[0][labels[n]] - ends[1][j];
            }
        }
        return result;
    }

    /** The bound of the loss is above the loss at every point of the box that is cut to [0, 1]. */
    @Test
    void noPointHasALargerLoss() {
        double epsilon = 0.15;
        Random random = new Random(4);
        for (SameDiff sd : Nets.withoutMaximum()) {
            INDArray x = Nets.inputs(sd, 6, 3);
            int[] labels = Nets.labels(3);
            IntervalBoundTraining training = IntervalBoundTraining.linf(epsilon)
                    .bounds(0, 1)
                    .ramp(0, 0)
                    .kappa(0, 0)
                    .build();
            double bound;
            try (PreparedObjective prepared =
                    new PreparedObjective(sd, training, x, Nets.oneHot(labels, Nets.CLASSES), 0)) {
                bound = prepared.loss();
                assertThat(prepared.loss("jacreg/objective/clean")).isZero();
            }
            double worst = 0;
            for (int t = 0; t < 200; t++) {
                double[][] z = Nets.logits(sd, Nets.point(x, epsilon, random));
                double mean = 0;
                for (int n = 0; n < 3; n++) {
                    mean += Nets.crossEntropy(z[n], labels[n]) / 3;
                }
                worst = Math.max(worst, mean);
            }
            assertThat(bound).isGreaterThan(worst);
        }
    }
}
