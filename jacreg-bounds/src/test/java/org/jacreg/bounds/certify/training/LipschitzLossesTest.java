package org.jacreg.bounds.certify.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.jacreg.nets.PreparedObjective;
import org.jacreg.training.TrainingBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** GloRo and LMT losses against values by hand with operator norms from singular values; their gradients against differences. */
class LipschitzLossesTest {

    private static final String CONSTANTS = "jacreg/objective/pair_constants";

    /** The first directions settle to 1e-6 in the norm; five more iterations at every call; relative. */
    private static final double SETTLED = 1e-6;

    private static final int SAMPLES = 6;

    /** Prepares several times, as many steps would, with weights that stay. */
    private static void converge(PreparedObjective prepared, INDArray x, INDArray labels) {
        for (int i = 0; i < 300; i++) {
            prepared.fed().putAll(prepared.session().prepare(PreparedObjective.batch(x, labels, 0)));
        }
    }

    private static void agree(double[][] actual, double[][] expected, double tolerance) {
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                assertThat(actual[i][j]).as("%d %d", i, j).isCloseTo(expected[i][j], within(tolerance));
            }
        }
    }

    @Test
    void pairConstantsAreThoseOfExactNorms() {
        SameDiff mlp = Nets.mlp();
        INDArray x = Nets.inputs(mlp, 1, SAMPLES);
        INDArray labels = Nets.oneHot(Nets.labels(SAMPLES), Nets.CLASSES);
        double[][] exact = LipschitzNets.pairsOfMlp(mlp);
        try (PreparedObjective prepared =
                new PreparedObjective(mlp, GloroTraining.l2(0.1).build(), x, labels, 0)) {
            agree(Nets.rows(prepared.value(CONSTANTS)), exact, 100 * SETTLED);
            converge(prepared, x, labels);
            agree(Nets.rows(prepared.value(CONSTANTS)), exact, 1e-9);
        }
        SameDiff sd = LipschitzNets.convolution();
        double constant = 0.5 * LipschitzNets.normOfConvolution(sd) * 0.5;
        double[][] pairs = LipschitzNets.pairs(sd.getVariable("W").getArr().toDoubleMatrix(), constant);
        INDArray images = Nets.inputs(sd, 2, SAMPLES);
        try (PreparedObjective prepared =
                new PreparedObjective(sd, LipschitzMarginTraining.l2(0.1).build(), images, labels, 0)) {
            converge(prepared, images, labels);
            // the constant of the pooling is rounded outward
            agree(Nets.rows(prepared.value(CONSTANTS)), pairs, 1e-8);
        }
    }

    /** Published both as a cross-entropy over C + 1 logits and as a divergence; the latter here written down as such. */
    @ParameterizedTest
    @CsvSource({"0.3, 0", "0.005, 3"})
    void gloroIsTheCrossEntropyWithOneMoreLogit(double epsilon, int leastCertified) {
        int certified = 0;
        SameDiff sd = Nets.mlp();
        INDArray x = Nets.inputs(sd, 3, SAMPLES);
        int[] labels = Nets.labels(SAMPLES);
        double[][] k = LipschitzNets.pairsOfMlp(sd);
        double[][] z = Nets.logits(sd, x);
        double crossEntropy = 0;
        double plain = 0;
        double divergence = 0;
        for (int n = 0; n < SAMPLES; n++) {
            double[] all = new double[Nets.CLASSES + 1];
            System.arraycopy(z[n], 0, all, 0, Nets.CLASSES);
            int leader = 0;
            for (int c = 1; c < Nets.CLASSES; c++) {
                leader = z[n][c] > z[n][leader] ? c : leader;
            }
            all[Nets.CLASSES] = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < Nets.CLASSES; c++) {
                if (c != leader) {
                    all[Nets.CLASSES] = Math.max(all[Nets.CLASSES], z[n][c] + epsilon * k[c][leader]);
                }
            }
            certified += all[Nets.CLASSES] < z[n][leader] ? 1 : 0;
            crossEntropy += Nets.crossEntropy(all, labels[n]) / SAMPLES;
            plain += Nets.crossEntropy(z[n], labels[n]) / SAMPLES;
            for (int c = 0; c < Nets.CLASSES; c++) {
                double p = Math.exp(-Nets.crossEntropy(z[n], c));
                divergence += p * (Math.log(p) + Nets.crossEntropy(all, c)) / SAMPLES;
            }
        }
        assertThat(certified).isGreaterThanOrEqualTo(leastCertified);
        INDArray hot = Nets.oneHot(labels, Nets.CLASSES);
        try (PreparedObjective prepared =
                new PreparedObjective(sd, GloroTraining.l2(epsilon).build(), x, hot, 0)) {
            converge(prepared, x, hot);
            assertThat(prepared.loss()).isCloseTo(crossEntropy, within(1e-9));
        }
        try (PreparedObjective prepared =
                new PreparedObjective(sd, GloroTraining.l2(epsilon).lambda(2.5).build(), x, hot, 0)) {
            converge(prepared, x, hot);
            assertThat(prepared.loss()).isCloseTo(plain + 2.5 * divergence, within(1e-9));
        }
    }

    /** A radius so large that the extra logit is thousands above the others. */
    @Test
    void largeRadiiDoNotOverflow() {
        SameDiff sd = Nets.mlp();
        INDArray x = Nets.inputs(sd, 3, SAMPLES);
        INDArray labels = Nets.oneHot(Nets.labels(SAMPLES), Nets.CLASSES);
        try (PreparedObjective prepared =
                new PreparedObjective(sd, GloroTraining.l2(5000).build(), x, labels, 0)) {
            assertThat(prepared.loss()).isBetween(1000.0, 1e6);
            prepared.gradients()
                    .values()
                    .forEach(g -> assertThat(g.norm2Number().doubleValue()).isFinite());
        }
    }

    @Test
    void lipschitzMarginByHand() {
        double epsilon = 0.2;
        SameDiff sd = Nets.mlp();
        INDArray x = Nets.inputs(sd, 5, SAMPLES);
        int[] labels = Nets.labels(SAMPLES);
        double[][] k = LipschitzNets.pairsOfMlp(sd);
        double[][] z = Nets.logits(sd, x);
        double expected = 0;
        int partial = 0;
        for (int n = 0; n < SAMPLES; n++) {
            double factor = 1;
            for (int j = 0; j < Nets.CLASSES; j++) {
                if (j != labels[n]) {
                    double share = (z[n][labels[n]] - z[n][j]) / (epsilon * k[labels[n]][j]);
                    factor = Math.min(factor, Math.min(1, Math.max(0, share)));
                }
            }
            partial += factor > 0 && factor < 1 ? 1 : 0;
            double[] raised = z[n].clone();
            for (int j = 0; j < Nets.CLASSES; j++) {
                raised[j] += factor * epsilon * k[labels[n]][j];
            }
            expected += Nets.crossEntropy(raised, labels[n]) / SAMPLES;
        }
        assertThat(partial).isPositive();
        INDArray hot = Nets.oneHot(labels, Nets.CLASSES);
        try (PreparedObjective prepared =
                new PreparedObjective(sd, LipschitzMarginTraining.l2(epsilon).build(), x, hot, 0)) {
            converge(prepared, x, hot);
            assertThat(prepared.loss()).isCloseTo(expected, within(1e-9));
        }
    }

    private static void sameGradients(PreparedObjective prepared, Map<String, INDArray> slopes) {
        Map<String, INDArray> gradients = prepared.gradients();
        slopes.forEach((name, slope) -> {
            double scale = 1 + slope.normmaxNumber().doubleValue();
            // Differences of step 1e-5 of losses of order one.
            assertThat(gradients.get(name).sub(slope).normmaxNumber().doubleValue())
                    .as(name)
                    .isLessThan(1e-7 * scale);
            assertThat(slope.normmaxNumber().doubleValue()).as(name).isGreaterThan(1e-3);
        });
    }

    @Test
    void gradientsOfGloro() {
        for (SameDiff sd : new SameDiff[] {Nets.mlp(), LipschitzNets.convolution()}) {
            INDArray x = Nets.inputs(sd, 7, SAMPLES);
            INDArray labels = Nets.oneHot(Nets.labels(SAMPLES), Nets.CLASSES);
            try (PreparedObjective prepared =
                    new PreparedObjective(sd, GloroTraining.l2(0.2).lambda(0.7).build(), x, labels, 0)) {
                sameGradients(prepared, prepared.slopes());
            }
        }
    }

    /** The estimate's gradient is that of the norm itself where the direction has converged: u v^T. */
    @Test
    void gradientsOfNormsAreThoseOfSingularValues() {
        SameDiff sd = Nets.mlp(3, 4, 5, Nets.CLASSES);
        INDArray x = Nets.inputs(sd, 7, SAMPLES);
        INDArray labels = Nets.oneHot(Nets.labels(SAMPLES), Nets.CLASSES);
        // so large that the loss is about the mean of epsilon K, of which the slope is known by exact norms
        double epsilon = 500;
        try (PreparedObjective prepared =
                new PreparedObjective(sd, GloroTraining.l2(epsilon).build(), x, labels, 0)) {
            converge(prepared, x, labels);
            INDArray weight = sd.getVariable("W1").getArr();
            INDArray gradient = prepared.gradients().get("W1");
            double before = LipschitzNets.norm(weight.toDoubleMatrix());
            double perUnitOfNorm = gradient.mul(weight).sumNumber().doubleValue() / before;
            for (long i = 0; i < weight.length(); i += 3) {
                double value = weight.getDouble(i);
                weight.putScalar(i, value + 1e-5);
                double up = LipschitzNets.norm(weight.toDoubleMatrix());
                weight.putScalar(i, value - 1e-5);
                double down = LipschitzNets.norm(weight.toDoubleMatrix());
                weight.putScalar(i, value);
                double slope = (up - down) / 2e-5;
                // what the logits themselves change is of order 1 beside slopes of some hundreds
                assertThat(gradient.getDouble(i) / perUnitOfNorm).isCloseTo(slope, within(0.02));
            }
        }
    }

    /** No gradient runs through the factor: the slope is that of the loss with the factor held, and not that of the loss. */
    @Test
    void theFactorIsHeld() {
        SameDiff sd = Nets.mlp();
        INDArray x = Nets.inputs(sd, 5, SAMPLES);
        int[] labels = Nets.labels(SAMPLES);
        try (PreparedObjective prepared = new PreparedObjective(
                sd, LipschitzMarginTraining.l2(0.2).build(), x, Nets.oneHot(labels, Nets.CLASSES), 0)) {
            double[][] factor = Nets.rows(prepared.value("jacreg/objective/factor"));
            assertThat(java.util.Arrays.stream(factor).filter(f -> f[0] > 0 && f[0] < 1))
                    .isNotEmpty();
            Map<String, INDArray> gradients = prepared.gradients();
            for (String name : new String[] {"W1", "W3", "b2"}) {
                INDArray weight = sd.getVariable(name).getArr();
                double difference = 0;
                for (long i = 0; i < weight.length(); i++) {
                    double value = weight.getDouble(i);
                    weight.putScalar(i, value + 1e-5);
                    double up = held(prepared, factor, labels);
                    double upInFull = prepared.loss();
                    weight.putScalar(i, value - 1e-5);
                    double slope = (up - held(prepared, factor, labels)) / 2e-5;
                    double inFull = (upInFull - prepared.loss()) / 2e-5;
                    weight.putScalar(i, value);
                    assertThat(gradients.get(name).getDouble(i)).isCloseTo(slope, within(1e-7));
                    difference = Math.max(difference, Math.abs(slope - inFull));
                }
                assertThat(difference).as(name).isGreaterThan(1e-3);
            }
        }
    }

    private static double held(PreparedObjective prepared, double[][] factor, int[] labels) {
        double[][] z = Nets.rows(prepared.value("logits"));
        double[][] raise = Nets.rows(prepared.value("jacreg/objective/raise"));
        double loss = 0;
        for (int n = 0; n < labels.length; n++) {
            for (int j = 0; j < z[n].length; j++) {
                z[n][j] += factor[n][0] * raise[n][j];
            }
            loss += Nets.crossEntropy(z[n], labels[n]) / labels.length;
        }
        return loss;
    }

    /** Directions move on in training and stay in validation; radii grow with the ramp and are full in validation. */
    @Test
    void stateIsCarried() {
        SameDiff sd = Nets.mlp();
        INDArray x = Nets.inputs(sd, 3, SAMPLES);
        INDArray labels = Nets.oneHot(Nets.labels(SAMPLES), Nets.CLASSES);
        GloroTraining training =
                GloroTraining.l2(0.4).ramp(2, 4).iterations(1).seed(3).build();
        try (PreparedObjective prepared = new PreparedObjective(sd, training, x, labels, 3)) {
            String direction = "jacreg/objective/direction_0000";
            assertThat(prepared.fed().get(LipschitzSession.EPSILON).getDouble(0))
                    .isCloseTo(0.1, within(1e-15));
            sd.getVariable("W1").getArr().muli(1.5).addi(0.3);
            INDArray before = prepared.fed().get(direction).dup();
            TrainingBatch validation = new TrainingBatch(Map.of("x", x, "label", labels), 3, 0, false);
            Map<String, INDArray> fed = prepared.session().prepare(validation);
            assertThat(fed.get(direction)).isEqualTo(before);
            assertThat(fed.get(LipschitzSession.EPSILON).getDouble(0)).isEqualTo(0.4);
            Map<String, INDArray> next = prepared.session().prepare(PreparedObjective.batch(x, labels, 4));
            assertThat(next.get(direction)).isNotEqualTo(before);
            assertThat(next.get(direction).norm2Number().doubleValue()).isCloseTo(1, within(1e-12));
        }
    }

    @Test
    void radiusZeroIsPlainTrainingForMargins() {
        SameDiff sd = Nets.mlp();
        INDArray x = Nets.inputs(sd, 3, SAMPLES);
        int[] labels = Nets.labels(SAMPLES);
        double plain = 0;
        double[][] z = Nets.logits(sd, x);
        for (int n = 0; n < SAMPLES; n++) {
            plain += Nets.crossEntropy(z[n], labels[n]) / SAMPLES;
        }
        try (PreparedObjective prepared = new PreparedObjective(
                sd, LipschitzMarginTraining.l2(0).build(), x, Nets.oneHot(labels, Nets.CLASSES), 0)) {
            assertThat(prepared.loss()).isCloseTo(plain, within(1e-13));
        }
    }
}
