package org.jacreg.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jacreg.golden.Golden;
import org.jacreg.golden.GoldenCase;
import org.jacreg.golden.GoldenGraph;
import org.jacreg.nets.SmallNets;
import org.jacreg.regularizer.JacobianRegularizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SameDiffClassifierTest {

    /** Golden values are good to about 1e-10. */
    private static final double TOLERANCE = 1e-9;

    static List<GoldenCase> cases() {
        return Golden.all().stream().filter(c -> !c.probabilities()).toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void logitsLossAndGradientAreTheGoldenOnes(GoldenCase golden) {
        Classifier model =
                Classifier.of(GoldenGraph.build(golden, DataType.DOUBLE)).build();
        INDArray x = golden.array("x");
        LossGradient result = model.crossEntropyGradient(x, golden.labels());
        close(result.logits(), golden.array("logits"));
        close(result.gradient(), golden.array("input_grad"));
        assertThat(result.loss().shape()).containsExactly(golden.batch());
        assertThat(result.loss().meanNumber().doubleValue())
                .isCloseTo(golden.number("loss"), org.assertj.core.data.Offset.offset(TOLERANCE));
        close(model.logits(x), golden.array("logits"));
        assertThat(model.classes()).isEqualTo(golden.classes());
        assertThat(model.inputShape()).containsExactly(golden.inputShape());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void vectorJacobianProductIsThatOfTheGoldenJacobian(GoldenCase golden) {
        Classifier model =
                Classifier.of(GoldenGraph.build(golden, DataType.DOUBLE)).build();
        INDArray v = golden.array("proj_v");
        INDArray jacobian = golden.array("jacobian");
        INDArray actual = model.vjp(golden.array("x"), v).reshape(golden.batch(), -1);
        for (int n = 0; n < golden.batch(); n++) {
            INDArray expected = v.getRow(n, true).mmul(jacobian.slice(n));
            close(actual.getRow(n, true), expected);
        }
    }

    @Test
    void normalisationStaysInsideTheModel() {
        GoldenCase golden = Golden.named("mlp_tanh");
        SameDiff sd = GoldenGraph.build(golden, DataType.DOUBLE);
        Classifier plain = Classifier.of(sd).build();
        Classifier normalised =
                Classifier.of(sd).normalise(0.25, 0.5).bounds(0, 1).build();
        INDArray x = golden.array("x");
        INDArray entered = x.sub(0.25).div(0.5);
        close(normalised.logits(x), plain.logits(entered));
        close(
                normalised.crossEntropyGradient(x, golden.labels()).gradient(),
                plain.crossEntropyGradient(entered, golden.labels()).gradient().div(0.5));
        assertThat(normalised.box()).isEqualTo(new InputBox(0, 1));
    }

    @Test
    void weightsAreReadAtEveryCall() {
        GoldenCase golden = Golden.named("mlp_tanh");
        SameDiff sd = GoldenGraph.build(golden, DataType.DOUBLE);
        Classifier model = Classifier.of(sd).build();
        INDArray x = golden.array("x");
        INDArray before = model.logits(x);
        String bias = golden.parameters().stream()
                .filter(p -> p.endsWith(".b"))
                .reduce((a, b) -> b)
                .orElseThrow();
        sd.getVariable(bias).getArr().addi(1.0);
        close(model.logits(x), before.add(1.0));
        close(model.crossEntropyGradient(x, golden.labels()).logits(), before.add(1.0));
        sd.associateArrayWithVariable(sd.getVariable(bias).getArr().add(1.0), bias);
        close(model.logits(x), before.add(2.0));
        close(model.crossEntropyGradient(x, golden.labels()).logits(), before.add(2.0));
    }

    @Test
    void aDecoratedGraphAnswersLikeThePlainOne() {
        GoldenCase golden = Golden.named("conv_maxpool_dense");
        SameDiff sd = GoldenGraph.build(golden, DataType.DOUBLE);
        JacobianRegularizer.frobenius(sd).attach();
        close(Classifier.of(sd).build().logits(golden.array("x")), golden.array("logits"));
    }

    @Test
    void graphAndArraysStayAsTheyWere() {
        GoldenCase golden = Golden.named("mlp_relu");
        SameDiff sd = GoldenGraph.build(golden, DataType.DOUBLE);
        byte[] graph = sd.asFlatBuffers(true).array().clone();
        INDArray x = golden.array("x");
        INDArray copy = x.dup();
        Classifier model = Classifier.of(sd).normalise(0.1, 2).bounds(0, 1).build();
        model.logits(x);
        model.vjp(x, golden.array("proj_v"));
        model.crossEntropyGradient(x, golden.labels()).gradient().addi(7);
        assertThat(x).isEqualTo(copy);
        assertThat(sd.asFlatBuffers(true).array()).isEqualTo(graph);
    }

    @Test
    void badInputIsNamed() {
        GoldenCase golden = Golden.named("mlp_relu");
        Classifier model =
                Classifier.of(GoldenGraph.build(golden, DataType.DOUBLE)).build();
        INDArray x = golden.array("x");
        assertThatThrownBy(() -> model.logits(Nd4j.zeros(DataType.DOUBLE, 3, 5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[3, 5]")
                .hasMessageContaining("[N, 6]");
        INDArray broken = x.dup().putScalar(1, 2, Double.NaN);
        assertThatThrownBy(() -> model.logits(broken)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> model.crossEntropyGradient(x, new int[] {0, 1, 3}))
                .hasMessageContaining("label 3 of sample 2");
        assertThatThrownBy(() -> model.crossEntropyGradient(x, new int[] {0}))
                .hasMessageContaining("1 labels for 3 inputs");
        assertThatThrownBy(() -> model.vjp(x, Nd4j.zeros(DataType.DOUBLE, 3, 2)))
                .hasMessageContaining("[3, 2]");
        SameDiff sd = GoldenGraph.build(golden, DataType.DOUBLE);
        assertThatThrownBy(() -> Classifier.of(sd).bounds(1, 0)).hasMessageContaining("below");
        assertThatThrownBy(() -> Classifier.of(sd).normalise(0, 0)).hasMessageContaining("positive");
        GoldenCase softmax = Golden.named("softmax_output");
        SameDiff probabilities = GoldenGraph.build(softmax, DataType.DOUBLE);
        String output = GoldenGraph.output(softmax);
        assertThatThrownBy(() -> Classifier.of(probabilities).logits(output).build())
                .hasMessageContaining("softmax")
                .hasMessageContaining(".logits(");
    }

    private static void close(INDArray actual, INDArray expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(actual.sub(expected).normmaxNumber().doubleValue())
                .isLessThan(TOLERANCE * (1 + expected.normmaxNumber().doubleValue()));
    }

    @Test
    void anInputComputedInTheGraphIsRefused() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        sd.math().tanh("h", sd.getVariable("logits")).mmul("z", sd.var("V", Nd4j.ones(DataType.DOUBLE, 3, 2)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Classifier.of(sd).input("h").logits("z").build())
                .withMessageContaining("'h' of a classifier must be a placeholder");
    }

    @Test
    void logitsOfSequencesAreRefused() {
        SameDiff sd = SameDiff.create();
        sd.math().tanh("z", sd.placeHolder("x", DataType.DOUBLE, -1, 3, 2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Classifier.of(sd).logits("z").build())
                .withMessageContaining("must have shape [N, C]");
    }
}
