package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jacreg.jacobian.Jacobian;
import org.jacreg.regularizer.JacobianRegularizer;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Rules that return the wrong thing are named before their result is used. */
class CotangentGateTest {

    private static SameDiff network() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 4);
        SDVariable w = sd.var("w", Nd4j.rand(DataType.DOUBLE, 4, 2));
        SDVariable z = sd.math().tanh("h", x).mmul("z", w);
        sd.loss().meanSquaredError("loss", sd.placeHolder("y", DataType.DOUBLE, -1, 2), z, null);
        return sd;
    }

    private static void assertRefused(VjpRule tanhRule, String... parts) {
        SameDiff sd = network();
        byte[] before = sd.asFlatBuffers(true).array().clone();
        VjpRules rules = VjpRules.standard().with("tanh", 0, tanhRule);
        assertThatThrownBy(() -> JacobianRegularizer.frobenius(sd).rules(rules).attach())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("VJP rule of op 'tanh' for input 0 ('x')")
                .hasMessageContainingAll(parts);
        assertThat(sd.asFlatBuffers(true).array()).isEqualTo(before);
    }

    @Test
    void wrongShape() {
        assertRefused((context, ct) -> ct.sum(true, 1), "shape [4, 1]", "expected [4, 4]");
    }

    @Test
    void wrongType() {
        assertRefused((context, ct) -> ct.castTo(DataType.FLOAT), "type FLOAT", "expected DOUBLE");
    }

    @Test
    void nothing() {
        assertRefused((context, ct) -> null, "returned null");
    }

    @Test
    void nodesThatCannotRun() {
        assertRefused(
                (context, ct) -> ct.mmul(context.graph().constant(Nd4j.ones(DataType.DOUBLE, 3, 4))),
                "cannot be evaluated");
    }

    @Test
    void aRightRuleOfTheUsersIsUsed() {
        VjpRules twice = VjpRules.standard()
                .with(
                        "tanh",
                        0,
                        (context, ct) -> context.scale(
                                        ct,
                                        context.output().mul(context.output()).rsub(1))
                                .mul(2));
        SameDiff sd = network();
        double exact = Jacobian.of(sd).norms(Nd4j.ones(DataType.DOUBLE, 1, 4)).meanFrobenius();
        double doubled = Jacobian.builder(sd)
                .rules(twice)
                .build()
                .norms(Nd4j.ones(DataType.DOUBLE, 1, 4))
                .meanFrobenius();
        assertThat(doubled).isCloseTo(2 * exact, org.assertj.core.data.Offset.offset(1e-12 * exact));
    }
}
