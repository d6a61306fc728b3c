package org.jacreg.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/** Errors name the thing, the candidates, and the call that settles the matter; the graph stays as it was. */
class GraphModelErrorsTest {

    @Test
    void noLossWhereOneIsRequired() {
        SameDiff sd = GraphModelTest.network();
        refused(sd, GraphModelBuilder::requireLoss)
                .withMessageContaining("no loss variable")
                .withMessageContaining("sd.setLossVariables(")
                .withMessageContaining("[out]");
    }

    @Test
    void twoInputs() {
        SameDiff sd = GraphModelTest.network();
        SDVariable other = sd.placeHolder("other", DataType.DOUBLE, -1, 3);
        sd.getVariable("out").add("sum", other);
        refused(sd, b -> b.logits("sum"))
                .withMessageContaining("'sum'")
                .withMessageContaining("in")
                .withMessageContaining("other")
                .withMessageContaining(".input(\"");
        assertThat(GraphModel.builder(sd).input("other").build().input()).isEqualTo("other");
    }

    @Test
    void twoLossOps() {
        SameDiff sd = GraphModelTest.network();
        SDVariable y = sd.placeHolder("y", DataType.DOUBLE, -1, 3);
        sd.loss().softmaxCrossEntropy("ce", y, sd.getVariable("out"), null);
        sd.loss().meanSquaredError("mse", sd.placeHolder("t", DataType.DOUBLE, -1, 4), sd.getVariable("h"), null);
        refused(sd, b -> b)
                .withMessageContaining("2 loss ops")
                .withMessageContaining("[ce, mse]")
                .withMessageContaining(".logits(\"name\")")
                .withMessageContaining("out")
                .withMessageContaining("h");
        // The loss on the named logits has one label; on what both losses depend on, there are two.
        assertThat(GraphModel.builder(sd).logits("out").build().label()).contains("y");
        refused(sd, b -> b.logits("h"))
                .withMessageContaining("the losses on 'h'")
                .withMessageContaining("[t, y]")
                .withMessageContaining(".label(\"name\")");
        assertThat(GraphModel.builder(sd).logits("h").label("y").build().label())
                .contains("y");
    }

    @Test
    void aLossWithoutAKnownLossOp() {
        SameDiff sd = GraphModelTest.network();
        sd.getVariable("out").std("spread", true);
        sd.setLossVariables("spread");
        refused(sd, b -> b)
                .withMessageContaining("no known loss op leads to [spread]")
                .withMessageContaining(".logits(\"name\")")
                .withMessageContaining("out");
        assertThat(GraphModel.builder(sd).logits("out").build().label()).isEmpty();
    }

    @Test
    void severalLeavesAndNoLoss() {
        SameDiff sd = GraphModelTest.network();
        sd.nn().softmax("p", sd.getVariable("out"), 1);
        sd.nn().sigmoid("q", sd.getVariable("out"));
        refused(sd, b -> b).withMessageContaining("[p, q]").withMessageContaining(".logits(\"name\")");
    }

    @Test
    void unknownNames() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        refused(sd, b -> b.input("X"))
                .withMessageContaining("no variable 'X'")
                .withMessageContaining("as input")
                .withMessageContaining("x");
        refused(sd, b -> b.logits("z"))
                .withMessageContaining("no variable 'z'")
                .withMessageContaining("as logits")
                .withMessageContaining("loss");
        refused(sd, b -> b.label("Y"))
                .withMessageContaining("no variable 'Y'")
                .withMessageContaining("as label")
                .withMessageContaining("label");
    }

    @Test
    void inputAndLabelMustBePlaceholders() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        refused(sd, b -> b.input("W1"))
                .withMessageContaining("input 'W1' must be a placeholder")
                .withMessageContaining("VARIABLE")
                .withMessageContaining("x");
        refused(sd, b -> b.label("logits"))
                .withMessageContaining("label 'logits' must be a placeholder")
                .withMessageContaining("ARRAY");
    }

    @Test
    void logitsThatDoNotDependOnTheInput() {
        SameDiff sd = GraphModelTest.network();
        sd.placeHolder("other", DataType.DOUBLE, -1, 3);
        refused(sd, b -> b.input("other").logits("out"))
                .withMessageContaining("logits 'out' do not depend on input 'other'")
                .withMessageContaining(".input(")
                .withMessageContaining(".logits(");
        SDVariable constant = sd.math().square("weights", sd.getVariable("W1"));
        refused(sd, b -> b.logits(constant.name()))
                .withMessageContaining("'weights' do not depend on any floating-point placeholder")
                .withMessageContaining("in");
    }

    @Test
    void integersHaveNoJacobian() {
        SameDiff sd = SameDiff.create();
        SDVariable words = sd.placeHolder("words", DataType.INT32, -1, 4);
        sd.math().tanh("out", words.castTo(DataType.DOUBLE));
        refused(sd, b -> b.input("words"))
                .withMessageContaining("input 'words' must be floating point")
                .withMessageContaining("INT");
        refused(sd, b -> b.logits("words"))
                .withMessageContaining("logits 'words' must be floating point")
                .withMessageContaining("INT");
        refused(sd, b -> b).withMessageContaining("'out' do not depend on any floating-point placeholder");
    }

    private static ThrowableAssertAlternative<IllegalArgumentException> refused(
            SameDiff sd, UnaryOperator<GraphModelBuilder> names) {
        byte[] before = sd.asFlatBuffers(true).array().clone();
        ThrowableAssertAlternative<IllegalArgumentException> refusal = assertThatIllegalArgumentException()
                .isThrownBy(() -> names.apply(GraphModel.builder(sd)).build());
        assertThat(sd.asFlatBuffers(true).array()).isEqualTo(before);
        return refusal;
    }
}
