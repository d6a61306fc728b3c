package org.jacreg.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.assertj.core.api.ThrowableAssertAlternative;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Shapes and batch axes as measured, and the graphs that are refused for them. */
class GraphProbeTest {

    @Test
    void shapesOfAConvolutionalNet() {
        SameDiff sd = SmallNets.conv(DataType.DOUBLE);
        GraphProbe probe = probe(sd);
        assertThat(probe.inputShape()).containsExactly(1, 6, 6);
        assertThat(probe.classes()).isEqualTo(3);
        assertThat(probe.spec("x").dims()).containsExactly(-1L, 1L, 6L, 6L);
        assertThat(probe.spec("logits").dims()).containsExactly(-1L, 3L);
        assertThat(probe.spec("logits").batchAxis()).isZero();
        assertThat(probe.spec("K").dims()).containsExactly(3L, 3L, 1L, 2L);
        assertThat(probe.spec("K").batched()).isFalse();
        GraphModel model = GraphModel.of(sd);
        assertThat(model.path().get(0).opName()).isEqualTo("conv2d");
        assertThat(probe.spec(model.path().get(0).outputs().get(0)).dims()).containsExactly(-1L, 2L, 4L, 4L);
        assertThat(probe.stackable()).isTrue();
        assertThat(probe.sampleBatchSize()).isEqualTo(2);
        assertThat(probe.sampleBatch().get("x").shape()).containsExactly(2, 1, 6, 6);
    }

    @Test
    void typesAreThoseOfTheGraph() {
        assertThat(probe(SmallNets.mlp(DataType.FLOAT)).spec("logits").dataType())
                .isEqualTo(DataType.FLOAT);
        assertThat(probe(SmallNets.mlp(DataType.DOUBLE)).spec("logits").dataType())
                .isEqualTo(DataType.DOUBLE);
    }

    @Test
    void variablesOffThePathWereNotMeasured() {
        GraphProbe probe = probe(SmallNets.mlp(DataType.DOUBLE));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> probe.spec("loss"))
                .withMessageContaining("'loss' is not on the path from [x] to 'logits'");
    }

    @Test
    void anUnknownAxisIsNamedAndCanBeGiven() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("image", DataType.DOUBLE, -1, -1);
        x.mmul("out", sd.var("W", Nd4j.ones(DataType.DOUBLE, 4, 3)));
        refused(sd)
                .withMessageContaining("placeholder 'image'")
                .withMessageContaining("[-1, -1]")
                .withMessageContaining(".inputShape(");
        GraphProbe probe = GraphProbe.run(GraphModel.of(sd), new long[] {4});
        assertThat(probe.inputShape()).containsExactly(4);
        assertThat(probe.spec("out").dims()).containsExactly(-1L, 3L);
    }

    @Test
    void aPlaceholderWithoutShapeIsNamedAndCanBeGiven() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("image", DataType.DOUBLE);
        x.mmul("out", sd.var("W", Nd4j.ones(DataType.DOUBLE, 4, 3)));
        refused(sd).withMessageContaining("placeholder 'image'").withMessageContaining(".inputShape(");
        assertThat(GraphProbe.run(GraphModel.of(sd), new long[] {4}).classes()).isEqualTo(3);
    }

    @Test
    void aShapeThatDoesNotFitIsRefusedWithTheReason() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GraphProbe.run(GraphModel.of(sd), new long[] {5}))
                .withMessageContaining("cannot be evaluated on a batch of 2");
    }

    @Test
    void anotherPlaceholderWithUnknownShapeIsNamedWithoutTheWayOutForInputs() {
        SameDiff sd = GraphModelTest.network();
        sd.getVariable("out").add("sum", sd.placeHolder("shift", DataType.DOUBLE, -1, -1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GraphProbe.run(
                        GraphModel.builder(sd).input("in").logits("sum").build(), null))
                .withMessageContaining("placeholder 'shift'")
                .withMessageContaining("sd.placeHolder(")
                .satisfies(e -> assertThat(e).hasMessageNotContaining("inputShape"));
    }

    @Test
    void otherPlaceholdersAreFedToo() {
        SameDiff sd = GraphModelTest.network();
        sd.getVariable("out").add("sum", sd.placeHolder("shift", DataType.DOUBLE, -1, 3));
        GraphProbe probe =
                GraphProbe.run(GraphModel.builder(sd).input("in").logits("sum").build(), null);
        assertThat(probe.sampleBatch().get("shift").shape()).containsExactly(2, 3);
        assertThat(probe.spec("shift").dims()).containsExactly(-1L, 3L);
    }

    @Test
    void aFixedBatchIsKeptAndCannotBeStacked() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("in", DataType.DOUBLE, 5, 4);
        x.mmul("out", sd.var("W", Nd4j.ones(DataType.DOUBLE, 4, 3)));
        GraphProbe probe = probe(sd);
        assertThat(probe.sampleBatchSize()).isEqualTo(5);
        assertThat(probe.spec("in").batched()).isFalse();
        assertThat(probe.spec("out").dims()).containsExactly(5L, 3L);
        assertThat(probe.stackable()).isFalse();
        assertThat(probe.inputShape()).containsExactly(4);
    }

    @Test
    void sizesOfTheSampleBatchAreConcrete() {
        GraphProbe probe = probe(SmallNets.mlp(DataType.DOUBLE));
        assertThat(probe.sizeInSampleBatch("logits", 0)).isEqualTo(2);
        assertThat(probe.sizeInSampleBatch("logits", 1)).isEqualTo(3);
    }

    @Test
    void centredOverTheBatchIsCoupled() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("in", DataType.DOUBLE, -1, 4);
        SDVariable centred = x.sub(x.mean(true, 0));
        centred.mmul("out", sd.var("W", Nd4j.rand(DataType.DOUBLE, 4, 3)));
        refused(sd)
                .withMessageContaining("'out'")
                .withMessageContaining("sample 0")
                .withMessageContaining("coupled");
    }

    @Test
    void anotherSamplesValuesAreSeenInAFixedBatchToo() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("in", DataType.DOUBLE, 3, 4);
        SDVariable z = x.mmul(sd.var("W", Nd4j.ones(DataType.DOUBLE, 4, 2)));
        z.add("out", sd.reverse(z, 0).mul(1e-3));
        refused(sd).withMessageContaining("coupled").withMessageContaining("sample 2");
    }

    @Test
    void twoAxesThatGrowWithTheBatchAreCoupled() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("in", DataType.DOUBLE, -1, 4);
        SDVariable gram = sd.mmul(x, x, false, true, false).rename("gram");
        gram.mean(true, 1).mmul("out", sd.var("W", Nd4j.ones(DataType.DOUBLE, 1, 2)));
        refused(sd).withMessageContaining("'gram'").withMessageContaining("more than one axis");
    }

    @Test
    void logitsHaveTheBatchFirst() {
        SameDiff transposed = GraphModelTest.network();
        transposed.permute(transposed.getVariable("out"), 1, 0).rename("columns");
        refused(transposed)
                .withMessageContaining("'columns' must have the batch as first axis")
                .withMessageContaining("[3, -1]")
                .withMessageContaining(".logits(");
        SameDiff scalar = GraphModelTest.network();
        scalar.getVariable("out").mean("mean", 0, 1);
        refused(scalar).withMessageContaining("'mean' must have the batch as first axis");
    }

    @Test
    void logitsOfOtherRanks() {
        SameDiff cube = SameDiff.create();
        SDVariable x = cube.placeHolder("in", DataType.DOUBLE, -1, 2, 2);
        cube.math().tanh("out", x);
        assertThat(probe(cube).outputShape()).containsExactly(2, 2);
        assertThat(probe(cube).classes()).isEqualTo(4);
        SameDiff vector = GraphModelTest.network();
        vector.getVariable("out").sum("score", 1);
        assertThat(probe(vector).outputShape()).isEmpty();
        assertThat(probe(vector).classes()).isEqualTo(1);
    }

    @Test
    void timeMajorLayoutCannotBeStacked() {
        GraphProbe probe = probe(timeMajor());
        assertThat(probe.stackable()).isFalse();
        assertThat(probe.classes()).isEqualTo(3);
        assertThat(probe.spec("steps").batchAxis()).isEqualTo(1);
        assertThat(probe.spec("steps").dims()).containsExactly(2L, -1L, 4L);
    }

    /** in [N, T=2, F=4] - [T, N, F] - tanh - mean over time - W - out [N, 3]. */
    private static SameDiff timeMajor() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("in", DataType.DOUBLE, -1, 2, 4);
        SDVariable steps = sd.permute("steps", x, 1, 0, 2);
        sd.math().tanh(steps).mean(0).mmul("out", sd.var("W", Nd4j.ones(DataType.DOUBLE, 4, 3)));
        return sd;
    }

    @Test
    void neitherGraphNorGeneratorIsTouched() {
        SameDiff sd = SmallNets.conv(DataType.DOUBLE);
        byte[] before = sd.asFlatBuffers(true).array().clone();
        Nd4j.getRandom().setSeed(5);
        INDArray next = Nd4j.rand(DataType.DOUBLE, 3);
        Nd4j.getRandom().setSeed(5);
        GraphProbe probe = probe(sd);
        probe.sampleBatch().get("x").addi(1);
        assertThat(Nd4j.rand(DataType.DOUBLE, 3)).isEqualTo(next);
        assertThat(probe.sampleBatch().get("x").maxNumber().doubleValue()).isLessThan(1);
        assertThat(sd.asFlatBuffers(true).array()).isEqualTo(before);
    }

    private static GraphProbe probe(SameDiff sd) {
        return GraphProbe.run(GraphModel.of(sd), null);
    }

    private static ThrowableAssertAlternative<IllegalArgumentException> refused(SameDiff sd) {
        return assertThatIllegalArgumentException().isThrownBy(() -> probe(sd));
    }
}
