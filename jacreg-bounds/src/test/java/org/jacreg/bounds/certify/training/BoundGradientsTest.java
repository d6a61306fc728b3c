package org.jacreg.bounds.certify.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.jacreg.nets.PreparedObjective;
import org.jacreg.nets.SmallNets;
import org.jacreg.training.Objective;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Gradients as the trainer gets them, against central differences; and where the bounds should make no difference. */
class BoundGradientsTest {

    private static void checkGradients(SameDiff sd, Objective objective, int iteration) {
        INDArray x = Nets.inputs(sd, 12, 3);
        INDArray labels = Nets.oneHot(Nets.labels(3), Nets.CLASSES);
        try (PreparedObjective prepared = new PreparedObjective(sd, objective, x, labels, iteration)) {
            Map<String, INDArray> gradients = prepared.gradients();
            Map<String, INDArray> slopes = prepared.slopes();
            assertThat(gradients.keySet()).isEqualTo(slopes.keySet());
            slopes.forEach((name, slope) -> {
                double scale = 1 + slope.normmaxNumber().doubleValue();
                double error = gradients.get(name).sub(slope).normmaxNumber().doubleValue();
                // Differences of step 1e-5; none of the kinks is within it for these seeds.
                assertThat(error).as("%s of %s", name, objective).isLessThan(1e-7 * scale);
                assertThat(slope.normmaxNumber().doubleValue()).as(name).isGreaterThan(1e-4);
            });
        }
    }

    @Test
    void ofIntervals() {
        for (SameDiff sd : Nets.withoutMaximum()) {
            checkGradients(
                    sd, IntervalBoundTraining.linf(0.05).bounds(0, 1).ramp(0, 4).build(), 3);
        }
        checkGradients(
                Nets.residual(true),
                IntervalBoundTraining.linf(0.05).bounds(0, 1).ramp(0, 0).build(),
                3);
    }

    @Test
    void ofRelaxations() {
        for (SameDiff sd : Nets.withoutMaximum()) {
            checkGradients(
                    sd, CrownIbpTraining.linf(0.05).bounds(0, 1).ramp(0, 4).build(), 2);
            checkGradients(
                    sd,
                    CrownIbpTraining.linf(0.1).ramp(0, 0).kappa(0, 0).beta(0, 0).build(),
                    0);
        }
    }

    /** With radius 0 both terms are the cross-entropy, whatever their weights; during the warm-up too. */
    @Test
    void radiusZeroIsPlainTraining() {
        for (SameDiff sd : Nets.withoutMaximum()) {
            INDArray x = Nets.inputs(sd, 12, 3);
            INDArray labels = Nets.oneHot(Nets.labels(3), Nets.CLASSES);
            double[][] z = Nets.logits(sd, x);
            double plain = 0;
            for (int n = 0; n < 3; n++) {
                plain += Nets.crossEntropy(z[n], Nets.labels(3)[n]) / 3;
            }
            Map<String, INDArray> gradients = sd.calculateGradients(
                    Map.of("x", x, "label", labels), SmallNets.weights(sd).keySet());
            List<Objective> objectives = List.of(
                    IntervalBoundTraining.linf(0).ramp(0, 0).kappa(1, 0.3).build(),
                    IntervalBoundTraining.linf(0.2).bounds(0, 1).ramp(5, 9).build(),
                    IntervalBoundTraining.linf(0.2)
                            .bounds(0, 1)
                            .ramp(5, 9)
                            .kappa(0.2, 1)
                            .build(),
                    CrownIbpTraining.linf(0)
                            .ramp(0, 0)
                            .kappa(1, 0)
                            .beta(0.5, 0.5)
                            .build(),
                    CrownIbpTraining.linf(0.2).ramp(5, 0).build());
            for (Objective objective : objectives) {
                try (PreparedObjective prepared = new PreparedObjective(sd, objective, x, labels, 4)) {
                    assertThat(prepared.loss()).as("%s", objective).isCloseTo(plain, within(1e-13));
                    prepared.gradients()
                            .forEach((name, gradient) -> assertThat(gradient.sub(gradients.get(name))
                                            .normmaxNumber()
                                            .doubleValue())
                                    .as("%s of %s", name, objective)
                                    .isLessThan(1e-12));
                }
            }
        }
    }

    /** Samples do not mix, and a batch may have one: losses and gradients of two are means of those of each. */
    @Test
    void aBatchIsTheMeanOfItsSamples() {
        for (Objective objective : List.of(
                IntervalBoundTraining.linf(0.05).bounds(0, 1).ramp(0, 0).build(),
                CrownIbpTraining.linf(0.05).bounds(0, 1).ramp(0, 0).beta(0, 0.5).build(),
                GloroTraining.l2(0.1).build(),
                LipschitzMarginTraining.l2(0.1).build())) {
            SameDiff sd = Nets.mlp();
            INDArray x = Nets.inputs(sd, 12, 2);
            INDArray labels = Nets.oneHot(Nets.labels(2), Nets.CLASSES);
            double sum = 0;
            INDArray gradient = null;
            for (int n = 0; n < 2; n++) {
                INDArray one = x.get(NDArrayIndex.interval(n, n + 1), NDArrayIndex.all())
                        .dup('c');
                INDArray label = labels.get(NDArrayIndex.interval(n, n + 1), NDArrayIndex.all())
                        .dup('c');
                try (PreparedObjective prepared = new PreparedObjective(sd, objective, one, label, 0)) {
                    sum += prepared.loss() / 2;
                    INDArray part = prepared.gradients().get("W2").div(2);
                    gradient = gradient == null ? part : gradient.add(part);
                }
            }
            try (PreparedObjective prepared = new PreparedObjective(sd, objective, x, labels, 0)) {
                assertThat(prepared.loss()).as("%s", objective).isCloseTo(sum, within(1e-12));
                assertThat(prepared.gradients()
                                .get("W2")
                                .sub(gradient)
                                .normmaxNumber()
                                .doubleValue())
                        .as("%s", objective)
                        .isLessThan(1e-12);
            }
        }
    }
}
