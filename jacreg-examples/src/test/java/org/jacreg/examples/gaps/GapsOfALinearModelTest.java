package org.jacreg.examples.gaps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jacreg.classifier.Classifier;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.experiment.Mlp;
import org.jacreg.jacobian.Jacobian;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.learning.config.Sgd;

/** On {@code z = W x} the Jacobian is W everywhere, and the surrogates bound the true robust losses. */
class GapsOfALinearModelTest {

    private static final Threat THREAT = new Threat(0.02, 0.3, 10, 1);

    private static LabelledImages train;
    private static LabelledImages test;
    private static SameDiff graph;
    private static Classifier model;
    private static double[][] weights;

    @BeforeAll
    static void makeModel() throws IOException {
        MnistData data = MnistData.bundled();
        train = data.train().first(60);
        test = data.test().first(40);
        graph = Mlp.create(new Mlp.Layout(784, List.of(), 10, Mlp.Hidden.TANH, false), new Sgd(0.1), 3);
        model = Classifier.of(graph).bounds(0, 1).build();
        weights = graph.getArrForVarName("w0").toDoubleMatrix();
    }

    private static double[] logits(LabelledImages images, int index) {
        float[] x = images.features(new int[] {index}).toFloatVector();
        double[] z = new double[10];
        for (int i = 0; i < x.length; i++) {
            for (int c = 0; c < z.length; c++) {
                z[c] += x[i] * weights[i][c];
            }
        }
        return z;
    }

    private static double loss(double[] z, int label) {
        double sum = 0;
        for (double value : z) {
            sum += Math.exp(value - z[label]);
        }
        return Math.log(sum);
    }

    private static double meanLoss(LabelledImages images) {
        double sum = 0;
        for (int n = 0; n < images.count(); n++) {
            sum += loss(logits(images, n), images.label(n));
        }
        return sum / images.count();
    }

    @Test
    void risksAreThoseOfTheLinearModel() {
        double l11 = 0;
        double squares = 0;
        for (double[] row : weights) {
            for (double w : row) {
                l11 += Math.abs(w);
                squares += w * w;
            }
        }

        Risks risks = new RiskProbe(THREAT, ExamSample.of(train, 10), ExamSample.of(test, 10))
                .measure(model, Jacobian.of(graph));

        // Float arithmetic: sums of some thousand terms.
        assertThat(risks.loss().train()).isCloseTo(meanLoss(train), within(1e-4));
        assertThat(risks.loss().test()).isCloseTo(meanLoss(test), within(1e-4));
        assertThat(risks.frobenius().test()).isCloseTo(Math.sqrt(squares), within(1e-4));
        assertThat(risks.l11().train()).isCloseTo(l11, within(1e-2));
        assertThat(risks.linfSurrogate().rise()).isCloseTo(risks.loss().rise(), within(1e-4));
        assertThat(risks.linfSurrogate().train()).isCloseTo(meanLoss(train) + 0.02 * l11, within(1e-3));
        assertThat(risks.l2Surrogate().train()).isCloseTo(meanLoss(train) + 0.3 * Math.sqrt(2 * squares), within(1e-3));
        assertThat(risks.linfLoss().train())
                .isBetween(risks.loss().train(), risks.linfSurrogate().train());
        assertThat(risks.l2Loss().test())
                .isBetween(risks.loss().test(), risks.l2Surrogate().test());
        assertThat(risks.linfAccuracy().test())
                .isLessThanOrEqualTo(risks.accuracy().test());
    }

    @Test
    void theNetworkIsReadAsItIs() {
        TrainedNet net = TrainedNet.of(graph, model, train);
        double[] margins = new double[train.count()];
        double squares = 0;
        for (int n = 0; n < margins.length; n++) {
            double[] z = logits(train, n);
            double own = z[train.label(n)];
            z[train.label(n)] = Double.NEGATIVE_INFINITY;
            margins[n] = own - Arrays.stream(z).max().orElseThrow();
            for (float x : train.features(new int[] {n}).toFloatVector()) {
                squares += (double) x * x;
            }
        }
        Arrays.sort(margins);

        assertThat(net.size()).isEqualTo(60);
        assertThat(net.largestInput()).isEqualTo(28);
        assertThat(net.sampleNorm()).isBetween(Math.sqrt(squares), Math.sqrt(squares) * (1 + 1e-5));
        assertThat(net.marginQuantile(0)).isCloseTo(margins[0], within(1e-4));
        assertThat(net.marginQuantile(1)).isCloseTo(margins[59], within(1e-4));
        assertThat(net.norms().depth()).isEqualTo(1);
        assertThat(net.smooth()).isTrue();
    }

    @Test
    void boundsAreTheSumsOfTheirSharesAndGrowWithTheRadius() {
        TrainedNet net = TrainedNet.of(graph, model, train);
        List<BoundFigure> bounds = GapBounds.gaps(net, THREAT, 0.05);

        for (BoundFigure bound : bounds) {
            double sum = bound.parts().get(0).value()
                    + bound.parts().get(1).value()
                    + bound.parts().get(2).value();
            assertThat(bound.value()).isCloseTo(sum, within(1e-9 * sum));
        }
        assertThat(bounds)
                .extracting(BoundFigure::name)
                .containsExactly("loss gap", "surrogate gap, l_inf", "surrogate gap, l2");
        assertThat(bounds.get(0).parts().get(1).value()).isZero();
        BoundFigure wider =
                GapBounds.gaps(net, new Threat(0.04, 0.3, 1, 1), 0.05).get(1);
        assertThat(wider.parts().get(1).value())
                .isCloseTo(
                        2 * bounds.get(1).parts().get(1).value(),
                        within(1e-9 * wider.parts().get(1).value()));
        assertThat(GapBounds.errors(net, 0.05)).extracting(BoundFigure::vacuous).containsOnly(true);
        assertThat(GapBounds.robustErrors(net, THREAT, 0.05)).hasSize(2);
    }
}
