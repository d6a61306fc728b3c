package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jacreg.attacks.evaluation.EvaluationReport;
import org.jacreg.attacks.evaluation.RobustEvaluation;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class AutoAttackTest {

    private static final int SAMPLES = 24;
    private static final InputBox UNIT = new InputBox(0, 1);

    /** A net of five classes with margins of the size of the attacks, so that some examples break and some do not. */
    private static final ClosedFormNet NET =
            ClosedFormNet.random(5, 9, 12, 5, .8, ClosedFormNet.Activation.TANH, DataType.DOUBLE, UNIT);

    private static INDArray inputs() {
        return new LinearOptimum(31, 9, 2, SAMPLES, UNIT).x();
    }

    private static INDArray ownLabels(ClosedFormNet net, INDArray x) {
        return net.logits(x).argMax(1);
    }

    private static AutoAttack attack(NormBall ball, AutoAttack.Version version) {
        return AutoAttack.in(ball)
                .version(version)
                .iterations(15)
                .queries(60)
                .seed(4)
                .build();
    }

    private static NormBall ball(Norm norm) {
        return new NormBall(
                norm,
                switch (norm) {
                    case LINF -> .06;
                    case L2 -> .15;
                    case L1 -> .3;
                });
    }

    /** The parts alone are the oracle: an example is broken by the ensemble if and only if some part breaks it. */
    @ParameterizedTest
    @EnumSource(Norm.class)
    void anExampleIsBrokenIfAPartBreaksIt(Norm norm) {
        INDArray x = inputs();
        INDArray y = ownLabels(NET, x);
        for (AutoAttack.Version version : AutoAttack.Version.values()) {
            AutoAttack whole = attack(ball(norm), version);
            boolean[] broken = new boolean[SAMPLES];
            for (AutoAttack.Part part : whole.parts(5)) {
                List<AttackOutcome> outcomes = part.attack().attack(NET, x, y).outcomes();
                for (int n = 0; n < SAMPLES; n++) {
                    broken[n] |= outcomes.get(n).success();
                }
            }
            AttackResult result = whole.attack(NET, x, y);
            for (int n = 0; n < SAMPLES; n++) {
                assertThat(result.outcomes().get(n).success())
                        .as("%s, sample %s", whole, n)
                        .isEqualTo(broken[n]);
            }
            assertThat(broken).as("some break and some do not").contains(true).contains(false);
        }
    }

    @Test
    void theEvaluationOfItsPartsFindsTheSame() {
        INDArray x = inputs();
        INDArray y = ownLabels(NET, x);
        AttackResult result =
                attack(ball(Norm.LINF), AutoAttack.Version.STANDARD).attack(NET, x, y);
        EvaluationReport report = RobustEvaluation.of(NET)
                .ensemble(eps -> attack(NormBall.linf(eps), AutoAttack.Version.STANDARD))
                .epsilons(ball(Norm.LINF).epsilon())
                .withoutProbes()
                .report(x, y);
        assertThat(report.robustAccuracy(ball(Norm.LINF).epsilon())).isEqualTo(result.robustAccuracy());
        assertThat(report.byAttack().stream().map(each -> each.attack()).distinct())
                .containsExactly("APGD-CE", "APGD-T", "FAB-T", "Square");
    }

    @Test
    void aBrokenExampleCostsNothingMore() {
        INDArray x = inputs();
        INDArray y = ownLabels(NET, x);
        int[] others = new int[SAMPLES];
        for (int n = 0; n < SAMPLES; n++) {
            others[n] = (y.getInt(n) + 1) % 5;
        }
        INDArray wrong = Nd4j.createFromArray(others);
        AttackResult result =
                attack(ball(Norm.LINF), AutoAttack.Version.STANDARD).attack(NET, x, wrong);
        // misclassified without an attack: one evaluation says so
        assertThat(result.gradients()).isZero();
        assertThat(result.outcomes()).allSatisfy(outcome -> {
            assertThat(outcome.forwards()).isEqualTo(1);
            assertThat(outcome.linf()).isZero();
        });
    }

    @ParameterizedTest
    @EnumSource(Norm.class)
    void onALinearModelOfTwoClassesWhatCanBeBrokenIs(Norm norm) {
        NormBall ball = new NormBall(norm, norm == Norm.LINF ? .1 : norm == Norm.L2 ? .4 : 1);
        LinearOptimum linear = new LinearOptimum(33, 9, 2, SAMPLES, UNIT);
        INDArray y = ownLabels(linear.model(), linear.x());
        AttackResult result = AutoAttack.in(ball).queries(50).build().attack(linear.model(), linear.x(), y);
        int breakable = 0;
        for (int n = 0; n < SAMPLES; n++) {
            boolean can = linear.canBreak(n, y.getInt(n), ball);
            breakable += can ? 1 : 0;
            assertThat(result.outcomes().get(n).success())
                    .as("%s, sample %s", norm, n)
                    .isEqualTo(can);
        }
        assertThat(breakable).isBetween(2, SAMPLES - 2);
    }

    @Test
    void partsAreThoseOfThePaper() {
        assertThat(AutoAttack.linf(.1).build().parts(10).stream()
                        .map(part -> part.attack().toString()))
                .satisfiesExactly(
                        ce -> assertThat(ce).contains("Apgd", "cross_entropy", "iterations=100", "restarts=1"),
                        t -> assertThat(t).contains("targeted_dlr", "targets=9", "iterations=100"),
                        fab -> assertThat(fab).contains("Fab", "steps=100", "targetClasses=9", "within(0.1)"),
                        square -> assertThat(square).contains("Square", "queries=5000"));
        assertThat(AutoAttack.l2(1).version(AutoAttack.Version.PLUS).build().parts(10).stream()
                        .map(AutoAttack.Part::name))
                .containsExactly("APGD-CE", "APGD-DLR", "FAB", "Square", "APGD-T", "FAB-T");
        assertThat(AutoAttack.l1(1).build().parts(10).get(0).attack().toString())
                .contains("restarts=5", "shrinkingRadius=true");
        assertThat(AutoAttack.l1(1).build().parts(10).get(1).attack().toString())
                .contains("targets=5");
    }

    @Test
    void theConfigurationIsWhole() {
        assertThat(AutoAttack.linf(.1).seed(3).build())
                .hasToString(
                        "AutoAttack[norm=linf, epsilon=0.1, version=standard, iterations=100, queries=5000, seed=3]");
    }

    @Test
    void progressGrowsOverThePartsAndCancellingEndsThem() {
        INDArray x = inputs();
        INDArray y = ownLabels(NET, x);
        List<Long> told = new ArrayList<>();
        attack(ball(Norm.LINF), AutoAttack.Version.STANDARD).attack(NET, x, y, (done, total) -> {
            assertThat(total).isEqualTo(4000);
            told.add(done);
        });
        assertThat(told).isSorted().doesNotHaveDuplicates();
        assertThat(told.get(told.size() - 1)).isEqualTo(4000);
        ProgressListener inTheSecondPart = new ProgressListener() {
            private boolean second;

            @Override
            public void progress(long done, long total) {
                second |= done > 1000;
            }

            @Override
            public boolean isCancelled() {
                return second;
            }
        };
        assertThatThrownBy(() ->
                        attack(ball(Norm.LINF), AutoAttack.Version.STANDARD).attack(NET, x, y, inTheSecondPart))
                .isInstanceOf(CancellationException.class);
    }

    @Test
    void badOptionsAreNamed() {
        assertThatThrownBy(() -> AutoAttack.linf(.1).iterations(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("iterations")
                .hasMessageContaining("0");
        assertThatThrownBy(() -> AutoAttack.linf(.1).queries(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("queries");
        assertThatThrownBy(() -> AutoAttack.linf(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AutoAttack.linf(.1).build().parts(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("classes");
        assertThatThrownBy(() -> AutoAttack.linf(.1).build().attack(NET, Nd4j.zeros(2, 8), Nd4j.zeros(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("input");
    }
}
