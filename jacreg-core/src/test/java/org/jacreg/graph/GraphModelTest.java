package org.jacreg.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.loss.LossReduce;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.loss.SoftmaxCrossEntropyWithLogitsLoss;
import org.nd4j.linalg.api.ops.impl.loss.WeightedCrossEntropyLoss;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** What is read off a graph: input, logits, label, losses and the path between input and logits. */
class GraphModelTest {

    /** A loss on {@code "out"}, built as a user builds it. */
    private record LossRow(String name, Build build) {
        @FunctionalInterface
        interface Build {
            SDVariable on(SameDiff sd, SDVariable label, SDVariable out);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<LossRow> losses() {
        LossReduce mean = LossReduce.MEAN_BY_WEIGHT;
        return Stream.of(
                new LossRow("softmaxCE", (sd, y, z) -> sd.loss().softmaxCrossEntropy("loss", y, z, null)),
                new LossRow("smoothed", (sd, y, z) -> sd.loss().softmaxCrossEntropy("loss", y, z, null, mean, 0.1)),
                new LossRow(
                        "weighted",
                        (sd, y, z) -> sd.loss()
                                .softmaxCrossEntropy("loss", y, z, sd.constant("w", Nd4j.ones(DataType.DOUBLE, 1)))),
                new LossRow("sigmoidCE", (sd, y, z) -> sd.loss().sigmoidCrossEntropy("loss", y, z, null)),
                new LossRow(
                        "weightedCE",
                        (sd, y, z) -> loss(new WeightedCrossEntropyLoss(
                                sd, y, z, sd.constant("w", Nd4j.ones(DataType.DOUBLE, 3))))),
                new LossRow("mse", (sd, y, z) -> sd.loss().meanSquaredError("loss", y, z, null)),
                new LossRow("absolute", (sd, y, z) -> sd.loss().absoluteDifference("loss", y, z, null)),
                new LossRow("huber", (sd, y, z) -> sd.loss().huberLoss("loss", y, z, null, 1.0)),
                new LossRow("hinge", (sd, y, z) -> sd.loss().hingeLoss("loss", y, z, null)),
                new LossRow("cosine", (sd, y, z) -> sd.loss().cosineDistance("loss", y, z, null, 1)),
                new LossRow("logPoisson", (sd, y, z) -> sd.loss().logPoisson("loss", y, z, null, false)),
                new LossRow("pairwise", (sd, y, z) -> sd.loss().meanPairwiseSquaredError("loss", y, z, null)),
                new LossRow("logLoss", (sd, y, z) -> sd.loss().logLoss("loss", y, z)),
                new LossRow(
                        "logLossOfSoftmax",
                        (sd, y, z) -> sd.loss().logLoss("loss", y, sd.nn().softmax("p", z, 1))),
                new LossRow(
                        "logLossOfSigmoid",
                        (sd, y, z) -> sd.loss().logLoss("loss", y, sd.nn().sigmoid("p", z))),
                new LossRow(
                        "softmaxWithLogits", (sd, y, z) -> loss(new SoftmaxCrossEntropyWithLogitsLoss(sd, z, y, 1))));
    }

    private static SDVariable loss(DynamicCustomOp op) {
        SDVariable loss = op.outputVariable();
        loss.markAsLoss();
        return loss.rename("loss");
    }

    /** Every row of {@code LossOp}, but for the sparse one, whose label is of another type. */
    @ParameterizedTest
    @MethodSource("losses")
    void namesAreReadOffTheLossOp(LossRow row) {
        SameDiff sd = network();
        row.build().on(sd, sd.placeHolder("y", DataType.DOUBLE, -1, 3), sd.getVariable("out"));
        GraphModel model = GraphModel.builder(sd).requireLoss().build();
        assertThat(model.input()).isEqualTo("in");
        assertThat(model.logits()).isEqualTo("out");
        assertThat(model.label()).contains("y");
        assertThat(model.lossVariables()).containsExactly("loss");
        assertThat(model.sameDiff()).isSameAs(sd);
    }

    @Test
    void labelsOfASparseLossMayBeIntegers() {
        SameDiff sd = network();
        SDVariable y = sd.placeHolder("y", DataType.INT32, -1);
        sd.loss().sparseSoftmaxCrossEntropy("loss", sd.getVariable("out"), y);
        GraphModel model = GraphModel.of(sd);
        assertThat(List.of(model.input(), model.logits(), model.label().orElseThrow()))
                .containsExactly("in", "out", "y");
    }

    @Test
    void otherTermsOfTheLossDoNotConfuse() {
        SameDiff sd = network();
        SDVariable ce = sd.loss()
                .softmaxCrossEntropy("ce", sd.placeHolder("y", DataType.DOUBLE, -1, 3), sd.getVariable("out"), null);
        SDVariable l2 = sd.loss().l2Loss("l2", sd.getVariable("W1"));
        sd.setLossVariables(ce.add("total", l2.mul(0.1)));
        GraphModel model = GraphModel.of(sd);
        assertThat(model.logits()).isEqualTo("out");
        assertThat(model.lossVariables()).containsExactly("total");
    }

    @Test
    void lossesOfTheTrainingConfigurationCount() {
        SameDiff sd = network();
        sd.loss().softmaxCrossEntropy("ce", sd.placeHolder("y", DataType.DOUBLE, -1, 3), sd.getVariable("out"), null);
        sd.setLossVariables(new String[0]);
        sd.setTrainingConfig(TrainingConfig.builder()
                .updater(new Sgd(0.1))
                .minimize("ce")
                .dataSetFeatureMapping("in")
                .dataSetLabelMapping("y")
                .build());
        assertThat(GraphModel.builder(sd).requireLoss().build().lossVariables()).containsExactly("ce");
    }

    @Test
    void aGraphWithoutLossHasItsOnlyLeafForLogits() {
        GraphModel model = GraphModel.of(network());
        assertThat(model.logits()).isEqualTo("out");
        assertThat(model.label()).isEmpty();
        assertThat(model.lossVariables()).isEmpty();
    }

    @Test
    void givenNamesWinOverInferredOnes() {
        SameDiff sd = network();
        SDVariable y = sd.placeHolder("y", DataType.DOUBLE, -1, 3);
        SDVariable other = sd.placeHolder("other", DataType.DOUBLE, -1, 2);
        SDVariable out = sd.getVariable("out").add("both", other.mmul(sd.var("V", DataType.DOUBLE, 2, 3)));
        sd.loss().softmaxCrossEntropy("loss", y, out, null);
        GraphModel model =
                GraphModel.builder(sd).input("other").logits("both").label("in").build();
        assertThat(model.input()).isEqualTo("other");
        assertThat(model.label()).contains("in");
        assertThat(GraphModel.builder(sd).input("in").logits("out").build().logits())
                .isEqualTo("out");
    }

    @Test
    void thePathIsTheOpsBetweenInputAndLogitsInOrder() {
        SameDiff sd = network();
        SDVariable out = sd.getVariable("out");
        sd.nn().softmax("aside", out, 1);
        sd.loss().softmaxCrossEntropy("loss", sd.placeHolder("y", DataType.DOUBLE, -1, 3), out, null);
        // Computed from weights alone, although the logits depend on it.
        SDVariable scaled =
                out.mul("scaled", sd.math().square(sd.getVariable("W1")).sum());
        List<GraphOp> path = GraphModel.builder(sd).logits("scaled").build().path();
        assertThat(path).extracting(GraphOp::opName).containsExactly("matmul", "tanh", "matmul", "multiply");
        assertThat(path.get(3).inputs().get(0)).isEqualTo("out");
        assertThat(path.get(3).outputs()).containsExactly(scaled.name());
    }

    @Test
    void opsThatCutTheDerivativeAreNotOnThePath() {
        SameDiff sd = network();
        SDVariable x = sd.getVariable("in");
        SDVariable whole = x.castTo(DataType.INT32).castTo(DataType.DOUBLE);
        sd.getVariable("out").add("sum", whole.mmul(sd.var("V", DataType.DOUBLE, 4, 3)));
        List<GraphOp> path = GraphModel.builder(sd).logits("sum").build().path();
        assertThat(path).extracting(GraphOp::opName).containsExactly("matmul", "tanh", "matmul", "add");
    }

    @Test
    void theGraphIsNotModified() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        byte[] before = sd.asFlatBuffers(true).array().clone();
        GraphModel.of(sd);
        assertThat(sd.asFlatBuffers(true).array()).isEqualTo(before);
    }

    /** in [N, 4] - W1 - tanh - W2 - out [N, 3], without a loss. */
    static SameDiff network() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("in", DataType.DOUBLE, -1, 4);
        SDVariable h = sd.math().tanh("h", x.mmul(sd.var("W1", Nd4j.eye(4).castTo(DataType.DOUBLE))));
        h.mmul("out", sd.var("W2", Nd4j.ones(DataType.DOUBLE, 4, 3)));
        return sd;
    }

    /** What is computed from integers reaches the loss by no differentiable path. */
    @Test
    void needsLooksThroughIntegers() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        SDVariable index = sd.placeHolder("index", DataType.INT32, -1);
        sd.loss().sparseSoftmaxCrossEntropy("sparse", sd.getVariable(SmallNets.LOGITS), index.add(1));
        sd.math().square("norm", sd.getVariable("W1"));
        assertThat(GraphModel.needs(sd, "sparse", "index")).isTrue();
        assertThat(GraphModel.depends(sd, "sparse", "index")).isFalse();
        assertThat(GraphModel.needs(sd, SmallNets.LOSS, "index")).isFalse();
        assertThat(GraphModel.needs(sd, SmallNets.LOSS, SmallNets.LABEL)).isTrue();
        assertThat(GraphModel.needs(sd, "norm", SmallNets.LABEL)).isFalse();
        assertThat(GraphModel.needs(sd, "norm", "norm")).isTrue();
    }
}
