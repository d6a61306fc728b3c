package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.jacreg.attacks.ClosedFormNet.Activation;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** FAB in a ball, over target classes, with restarts and limits. */
class FabTest {

    private static final InputBox UNIT = new InputBox(0, 1);

    /** In a ball there is a success exactly where the true distance is below the radius, but for half a percent around it. */
    @ParameterizedTest
    @EnumSource(Norm.class)
    void withinABallItSucceedsExactlyWhereAnErrorIsInReach(Norm norm) {
        ClosedFormNet model = MinimumNormTest.model(4, 5, UNIT);
        INDArray x = MinimumNormTest.inputs(11);
        int[] labels = model.logits(x).argMax(1).toIntVector();
        double epsilon = norm == Norm.LINF ? .13 : norm == Norm.L2 ? .3 : .6;
        AttackResult result = Fab.in(norm)
                .steps(30)
                .targetClasses(4)
                .build()
                .within(epsilon)
                .attack(model, x, Nd4j.createFromArray(labels));
        int within = 0;
        for (int n = 0; n < labels.length; n++) {
            AttackOutcome outcome = result.outcomes().get(n);
            double nearest = NearestError.untargeted(model, x.getRow(n).toDoubleVector(), labels[n], norm);
            assertThat(Math.abs(nearest / epsilon - 1)).as("a clear case").isGreaterThan(.005);
            assertThat(outcome.success()).isEqualTo(nearest < epsilon);
            assertThat(outcome.distance(norm)).isLessThanOrEqualTo(epsilon);
            within += outcome.success() ? 1 : 0;
            if (outcome.success()) {
                assertThat(outcome.gradients())
                        .as("an error in reach ends the search")
                        .isLessThan(4 * 30);
            } else {
                assertThat(outcome.gradients()).isEqualTo(4 * 30);
            }
        }
        assertThat(within).isBetween(2, labels.length - 2);
        assertThat(result.attack()).endsWith(".within(" + epsilon + ")");
    }

    @Test
    void moreTargetClassesThanThereAreIsAnError() {
        ClosedFormNet model = MinimumNormTest.model(4, 3, UNIT);
        INDArray x = MinimumNormTest.inputs(11);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Fab.l2().targetClasses(3).build().attack(model, x, Nd4j.zeros(x.size(0))))
                .withMessageContaining("targetClasses is 3, but there are only 2");
    }

    /** The frozen entries are left out of the boundary's normal: the distance is that of the model without them. */
    @ParameterizedTest
    @EnumSource(Norm.class)
    void frozenFeaturesLeaveTheProblemOfTheOthers(Norm norm) {
        ClosedFormNet model = MinimumNormTest.model(3, 2, UNIT);
        INDArray x = MinimumNormTest.inputs(11);
        double[] point = x.getRow(0).toDoubleVector();
        boolean[] frozen = {false, true, false, false, true, false, false, false};
        double[][] weights = model.layers().get(0).weights();
        double[][] rest = new double[weights.length][];
        double[] bias = model.layers().get(0).bias().clone();
        for (int j = 0; j < rest.length; j++) {
            rest[j] = frozen[j] ? new double[2] : weights[j];
            for (int c = 0; c < 2; c++) {
                bias[c] += frozen[j] ? weights[j][c] * point[j] : 0;
            }
        }
        ClosedFormNet reduced = ClosedFormNet.linear(rest, bias, UNIT);
        int label = model.logits(x).argMax(1).getInt(0);
        double nearest = NearestError.untargeted(reduced, point, label, norm);
        AttackResult result = Fab.in(norm)
                .limits(FeatureLimits.none().withFrozen(frozen))
                .build()
                .attack(model, Nd4j.createFromArray(point).reshape(1, 8), Nd4j.createFromArray(label));
        assertThat(result.outcomes().get(0).distance(norm) / nearest).isBetween(1 - 1e-9, 1.005);
        double[] found = ContractChecks.values(result.adversarial());
        assertThat(found[1]).isEqualTo(point[1]);
        assertThat(found[4]).isEqualTo(point[4]);
    }

    @Test
    void restartsAreNoWorseAndTheirSeedMatters() {
        ClosedFormNet model = ClosedFormNet.random(5, 6, 10, 4, 2, Activation.TANH, DataType.DOUBLE, UNIT);
        INDArray x = Nd4j.createFromArray(new java.util.Random(6).doubles(60).toArray())
                .reshape('c', 10, 6);
        INDArray y = model.logits(x).argMax(1);
        Fab.Builder builder = Fab.l2().steps(6).finalSteps(0);
        AttackResult once = builder.build().attack(model, x, y);
        AttackResult thrice = builder.restarts(3).build().attack(model, x, y);
        AttackResult other = builder.seed(9).build().attack(model, x, y);
        for (int n = 0; n < 10; n++) {
            assertThat(thrice.outcomes().get(n).l2())
                    .isLessThanOrEqualTo(once.outcomes().get(n).l2());
        }
        assertThat(other.outcomes()).isNotEqualTo(thrice.outcomes());
    }

    @Test
    void badOptionsAreNamed() {
        refuses("steps must be at least 1, got 0", Fab.l2().steps(0));
        refuses("restarts must be at least 1, got 0", Fab.l2().restarts(0));
        refuses("alphaMax must lie in [0, 1], got 1.5", Fab.l2().alphaMax(1.5));
        refuses("eta must be at least 1 and finite, got NaN", Fab.l2().eta(Double.NaN));
        refuses("beta must lie in (0, 1), got 1.0", Fab.l2().beta(1));
        refuses("finalSteps must be at least 0, got -1", Fab.l2().finalSteps(-1));
        refuses(
                "targetClasses must be 0 in a targeted attack",
                Fab.l2().targetClasses(2).targeted(true));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Fab.l2().build().within(-1))
                .withMessageContaining("epsilon must be positive");
    }

    private static void refuses(String message, Fab.Builder builder) {
        assertThatIllegalArgumentException().isThrownBy(builder::build).withMessageContaining(message);
    }
}
