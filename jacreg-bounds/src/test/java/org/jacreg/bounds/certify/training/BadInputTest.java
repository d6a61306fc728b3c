package org.jacreg.bounds.certify.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jacreg.nets.PreparedObjective;
import org.jacreg.nets.SmallNets;
import org.jacreg.training.Objective;
import org.jacreg.training.TrainingBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Options, graphs and data that cannot be: what is said. */
class BadInputTest {

    private static final IntervalBoundTraining IBP =
            IntervalBoundTraining.linf(0.1).bounds(0, 1).ramp(0, 0).build();

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, Double.NaN, Double.POSITIVE_INFINITY})
    void radii(double epsilon) {
        assertThatThrownBy(() -> IntervalBoundTraining.linf(epsilon))
                .hasMessageContaining("epsilon must be at least 0");
        assertThatThrownBy(() -> CrownIbpTraining.linf(epsilon)).hasMessageContaining("epsilon must be at least 0");
        assertThatThrownBy(() -> GloroTraining.l2(epsilon)).hasMessageContaining("epsilon must be at least 0");
        assertThatThrownBy(() -> LipschitzMarginTraining.l2(epsilon))
                .hasMessageContaining("epsilon must be at least 0");
        assertThatThrownBy(() -> GloroTraining.l2(1).lambda(epsilon).build()).hasMessageContaining("lambda");
    }

    @Test
    void schedules() {
        assertThatThrownBy(() -> IntervalBoundTraining.linf(0.1).ramp(-1, 3)).hasMessageContaining("warm-up of -1");
        assertThatThrownBy(() -> GloroTraining.l2(0.1).ramp(1, -3)).hasMessageContaining("length of -3");
        for (double bad : new double[] {-0.01, 1.01, Double.NaN}) {
            assertThatThrownBy(() -> IntervalBoundTraining.linf(0.1).kappa(1, bad))
                    .hasMessageContaining("[0, 1]");
            assertThatThrownBy(() -> IntervalBoundTraining.linf(0.1).kappa(bad, 1))
                    .hasMessageContaining("[0, 1]");
            assertThatThrownBy(() -> CrownIbpTraining.linf(0.1).beta(bad, 1)).hasMessageContaining("[0, 1]");
            assertThatThrownBy(() -> CrownIbpTraining.linf(0.1).beta(0, bad)).hasMessageContaining("[0, 1]");
        }
        assertThatThrownBy(() -> GloroTraining.l2(0.1).iterations(0).build()).hasMessageContaining("iterations");
        assertThatThrownBy(() -> LipschitzMarginTraining.l2(0.1).iterations(0).build())
                .hasMessageContaining("iterations");
        assertThatThrownBy(() -> IntervalBoundTraining.linf(0.1).bounds(1, 0)).hasMessageContaining("must be below");
    }

    @Test
    void rampsGoStepByStep() {
        Ramp ramp = new Ramp(2, 4);
        double[] fractions = {0, 0, 0, 0.25, 0.5, 0.75, 1, 1};
        for (int i = 0; i < fractions.length; i++) {
            assertThat(ramp.fraction(i)).isEqualTo(fractions[i]);
        }
        assertThat(new Ramp(3, 0).fraction(2)).isZero();
        assertThat(new Ramp(3, 0).fraction(3)).isEqualTo(1);
        assertThat(new Ramp(0, 0).fraction(0)).isEqualTo(1);
        assertThat(new Ramp(Integer.MAX_VALUE, Integer.MAX_VALUE).fraction(Integer.MAX_VALUE))
                .isZero();
    }

    @Test
    void graphsWithoutLabels() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3);
        SDVariable w = sd.var("W", SmallNets.normal(DataType.DOUBLE, new Random(1), 1, 3, 2));
        SDVariable z = x.mmul("logits", w);
        sd.setLossVariables(z.mean().name());
        for (Objective objective : List.of(
                IntervalBoundTraining.linf(.1).logits("logits").build(),
                CrownIbpTraining.linf(.1).logits("logits").build(),
                GloroTraining.l2(.1).logits("logits").build(),
                LipschitzMarginTraining.l2(.1).logits("logits").build())) {
            assertThatThrownBy(() -> objective.start(sd))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no label placeholder");
        }
    }

    /** Everything in the way is named at once, before anything is added. */
    @Test
    void unknownOpsAreAllNamed() {
        SameDiff sd = SameDiff.create();
        Random random = new Random(1);
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3);
        SDVariable w = sd.var("W", SmallNets.normal(DataType.DOUBLE, random, 1, 3, 3));
        SDVariable h = sd.nn().swish(x.mmul(w));
        SDVariable gated = h.mul(x);
        SDVariable negative = sd.nn().leakyRelu(gated, -0.5);
        SDVariable z = sd.math().sin("logits", negative);
        Nets.training(sd, z, 3, new Sgd(0.1));
        int ops = sd.ops().length;
        UntrainableGraphException refused = catchThrowableOfType(UntrainableGraphException.class, () -> IBP.start(sd));
        assertThat(refused.obstacles()).hasSize(4);
        assertThat(refused)
                .hasMessageContaining("(swish)")
                .hasMessageContaining("(multiply)")
                .hasMessageContaining("(leakyrelu)")
                .hasMessageContaining("(sin)");
        assertThat(sd.ops()).hasSize(ops);
    }

    @Test
    void relaxationsRefuseWhatTheyCannotHold() {
        SameDiff sd = Nets.residual(true);
        assertThatThrownBy(() -> CrownIbpTraining.linf(0.1).build().start(sd))
                .isInstanceOf(UntrainableGraphException.class)
                .hasMessageContaining("(maxpool2d)");
        assertThatThrownBy(() -> CrownIbpTraining.linf(0.1).build().start(SmallNets.mlp(DataType.DOUBLE)))
                .hasMessageContaining("(tanh)");
    }

    @Test
    void lipschitzObjectivesRefuseBranchesAndTrainedFactors() {
        assertThatThrownBy(() -> GloroTraining.l2(0.1).build().start(Nets.residual(false)))
                .isInstanceOf(UntrainableGraphException.class)
                .hasMessageContaining("branches");
        assertThatThrownBy(() -> LipschitzMarginTraining.l2(0.1).build().start(Nets.normalised()))
                .hasMessageContaining("'scale' is no constant");
        assertThatThrownBy(() -> GloroTraining.l2(0.1).build().start(Nets.convolutional()))
                .hasMessageContaining("not computed by a dense layer");
    }

    @Test
    void data() {
        SameDiff sd = Nets.mlp();
        INDArray x = Nets.inputs(sd, 1, 4);
        INDArray labels = Nets.oneHot(Nets.labels(4), Nets.CLASSES);
        try (Objective.Session session = IBP.start(sd)) {
            assertThatThrownBy(() -> session.prepare(PreparedObjective.batch(x.add(0.6), labels, 0)))
                    .hasMessageContaining("outside of the box from 0.0 to 1.0");
            assertThatThrownBy(() -> session.prepare(PreparedObjective.batch(x, labels.mul(0.5), 0)))
                    .hasMessageContaining("labels must be classes");
            assertThatThrownBy(() ->
                            session.prepare(PreparedObjective.batch(x, Nets.oneHot(Nets.labels(3), Nets.CLASSES), 0)))
                    .hasMessageContaining("wanted one for each of 4 samples");
            TrainingBatch without = new TrainingBatch(Map.of("x", x), 0, 0, true);
            assertThatThrownBy(() -> session.prepare(without))
                    .hasMessageContaining("IBP needs values of 'label'")
                    .hasMessageContaining("dataSetLabelMapping");
            INDArray nan = x.dup();
            nan.putScalar(0, 0, Double.NaN);
            // said by the trainer, as everywhere
            assertThat(session.prepare(PreparedObjective.batch(nan, labels, 0))).isNotEmpty();
        }
        INDArray indices = Nd4j.createFromArray(new double[] {0, 1, 2, 1});
        try (Objective.Session session = GloroTraining.l2(0.1).build().start(sd)) {
            Map<String, INDArray> fed = session.prepare(PreparedObjective.batch(x, indices, 0));
            assertThat(fed.get(ClassPairs.TARGETS)).isEqualTo(Nets.oneHot(new int[] {0, 1, 2, 1}, 3));
        }
    }

    @Test
    void theWholeConfigurationIsSaid() {
        assertThat(IBP)
                .hasToString(
                        "IntervalBoundTraining[epsilon=0.1, box=InputBox[lower=0.0, upper=1.0], ramp=Ramp[warmUp=0,"
                                + " length=0], kappa=1.0 to 0.5, names=inferred]");
        assertThat(GloroTraining.l2(0.3).lambda(2).input("x").build())
                .hasToString(
                        "GloroTraining[epsilon=0.3, lambda=2.0, ramp=Ramp[warmUp=0, length=0], iterations=5, seed=0,"
                                + " names=[input=x, logits=inferred, label=inferred]]");
    }
}
