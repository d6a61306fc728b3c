package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.UnaryOperator;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jacreg.nets.SmallNets;
import org.jacreg.vjp.UnsupportedOp;
import org.jacreg.vjp.UnsupportedOpException;
import org.jacreg.vjp.VjpRules;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.NameScope;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.custom.Digamma;
import org.nd4j.linalg.api.ops.custom.Lgamma;

/** Refusals: each names the thing and the way out, and leaves the graph as it was, to the byte. */
class AttachErrorsTest {

    @ParameterizedTest
    @ValueSource(doubles = {-1e-9, -1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void lambdaMustBeFiniteAndNotNegative(double lambda) {
        JacobianRegularizer regularizer = JacobianRegularizer.frobenius(SmallNets.mlp(DataType.DOUBLE));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> regularizer.lambda(lambda))
                .withMessageContaining("lambda")
                .withMessageContaining(Double.toString(lambda));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void projectionsMustBePositive(int count) {
        JacobianRegularizer regularizer = JacobianRegularizer.frobenius(SmallNets.mlp(DataType.DOUBLE));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> regularizer.projections(count))
                .withMessageContaining("projections")
                .withMessageContaining(Integer.toString(count));
    }

    @Test
    void projectionsAreForFrobeniusOnly() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        JacobianRegularizer.l11(SmallNets.mlp(DataType.DOUBLE)).projections(3))
                .withMessageContaining("projections(3)")
                .withMessageContaining("frobenius");
    }

    @ParameterizedTest
    @EnumSource(PenaltyKind.class)
    void allOpsWithoutRuleAreListed(PenaltyKind kind) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 4);
        SDVariable h = new Lgamma(sd, x.mmul(sd.var("W", SmallNets.inputs(DataType.DOUBLE, 1, 4, 3)))).outputVariable();
        h = h.rename("bend");
        SDVariable z = new Digamma(sd, h).outputVariable();
        z = z.rename("logits");
        sd.loss().softmaxCrossEntropy("loss", sd.placeHolder("label", DataType.DOUBLE, -1, 3), z, null);
        assertRefused(sd, kind, r -> r)
                .isInstanceOfSatisfying(
                        UnsupportedOpException.class,
                        e -> assertThat(e.ops())
                                .extracting(UnsupportedOp::opName, UnsupportedOp::variable)
                                .containsExactly(
                                        org.assertj.core.groups.Tuple.tuple("lgamma", "bend"),
                                        org.assertj.core.groups.Tuple.tuple("digamma", "logits")))
                .hasMessageContaining("'bend'")
                .hasMessageContaining("VjpRules.standard().with(\"lgamma\"")
                .hasMessageContaining("JacobianRegularizer.frobenius(sd).finiteDifference()");
    }

    /** Refused late, when most of the penalty's nodes are in the graph already. */
    @ParameterizedTest
    @EnumSource(PenaltyKind.class)
    void aRuleThatFailsLeavesNothingBehind(PenaltyKind kind) {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        VjpRules broken =
                VjpRules.standard().with("tanh", 0, (context, ct) -> ct.mul(2).sum(1));
        assertRefused(sd, kind, r -> r.rules(broken)).hasMessageContaining("tanh");
        VjpRules throwing = VjpRules.standard().with("tanh", 0, (context, ct) -> {
            ct.mul(2).add(context.output());
            throw new ArithmeticException("planted");
        });
        assertRefused(sd, kind, r -> r.rules(throwing)).hasMessageContaining("planted");
        // And the graph still takes a penalty.
        kind.attach(sd, 0.1).detach();
    }

    /** The loss has no gradient: SameDiff fails while it builds the gradient function, after all nodes were added. */
    @Test
    void aLossThatCannotBeDifferentiatedLeavesNothingBehind() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        sd.nn().leakyReluDerivative("odd", sd.getVariable("loss"), 0.1);
        sd.setLossVariables("odd");
        assertRefused(sd, PenaltyKind.FROBENIUS, r -> r.logits("logits").label("label"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot build the gradients")
                .hasCauseInstanceOf(UnsupportedOperationException.class);
        assertThat(sd.getLossVariables()).containsExactly("odd");
    }

    @ParameterizedTest
    @EnumSource(PenaltyKind.class)
    void coupledSamplesAreRefused(PenaltyKind kind) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 4);
        SDVariable centred = x.sub(x.mean(true, 0));
        SDVariable z = centred.mmul("logits", sd.var("W", SmallNets.inputs(DataType.DOUBLE, 1, 4, 3)));
        sd.loss().softmaxCrossEntropy("loss", sd.placeHolder("label", DataType.DOUBLE, -1, 3), z, null);
        assertRefused(sd, kind, r -> r).hasMessageContaining("coupled").hasMessageContaining("'logits'");
    }

    @Test
    void aGraphWithoutLossIsRefused() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 4);
        x.mmul("logits", sd.var("W", SmallNets.inputs(DataType.DOUBLE, 1, 4, 3)));
        assertRefused(sd, PenaltyKind.FROBENIUS, r -> r)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no loss variable")
                .hasMessageContaining("[logits]");
    }

    @Test
    void wrongNamesAndShapesAreRefused() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        assertRefused(sd, PenaltyKind.L11, r -> r.input("nothing")).hasMessageContaining("'nothing'");
        assertRefused(sd, PenaltyKind.L11, r -> r.logits("b1")).hasMessageContaining("'b1'");
        assertRefused(sd, PenaltyKind.L11, r -> r.label("W1")).hasMessageContaining("placeholder");
        assertRefused(sd, PenaltyKind.L11, r -> r.inputShape(3)).hasMessageContaining("cannot be evaluated");
    }

    @Test
    void attachingTwiceIsRefusedAndTheFirstPenaltyStays() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        RegularizedGraph graph = PenaltyKind.FROBENIUS.attach(sd, 0.3);
        assertRefused(sd, PenaltyKind.L11, r -> r)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("detach()");
        assertThat(graph.isAttached()).isTrue();
        graph.detach();
        PenaltyKind.L11.attach(sd, 0.3);
    }

    @Test
    void anOpenNameScopeIsRefused() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        byte[] before = bytes(sd);
        try (NameScope scope = sd.withNameScope("mine")) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> PenaltyKind.FROBENIUS.attach(sd, 0.3))
                    .withMessageContaining("'mine'")
                    .withMessageContaining("close the name scope");
        }
        assertThat(bytes(sd)).isEqualTo(before);
        PenaltyKind.FROBENIUS.attach(sd, 0.3);
        assertThat(sd.currentNameScope()).isNull();
    }

    @Test
    void namesLikeOursAreTheUsersToChoose() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 3, 4);
        for (String name : List.of("lambda", "penalty", "total", "cotangent")) {
            sd.constant(name, SmallNets.inputs(DataType.DOUBLE, 1, 2));
        }
        byte[] before = bytes(sd);
        PenaltyKind.FROBENIUS.attach(sd, 0.3).detach();
        assertThat(bytes(sd)).isEqualTo(before);
        org.jacreg.jacobian.Jacobian.builder(sd).logits("logits").build().compute(x);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
            SameDiff sd, PenaltyKind kind, UnaryOperator<JacobianRegularizer> settings) {
        byte[] before = bytes(sd);
        AbstractThrowableAssert<?, ? extends Throwable> thrown =
                assertThatThrownBy(() -> settings.apply(kind.of(sd)).lambda(0.1).attach());
        assertThat(bytes(sd)).isEqualTo(before);
        return thrown;
    }

    private static byte[] bytes(SameDiff sd) {
        return sd.asFlatBuffers(true).array().clone();
    }
}
