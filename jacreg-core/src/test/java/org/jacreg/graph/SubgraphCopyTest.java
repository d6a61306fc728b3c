package org.jacreg.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.custom.Lgamma;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.GRUCell;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.GRUWeights;
import org.nd4j.linalg.factory.Nd4j;

/** Copies of a network within its graph: same values, shared weights, refusals, and no traces. */
class SubgraphCopyTest {

    private static final INDArray X = SmallNets.inputs(DataType.DOUBLE, 1, 3, 4);
    private static final INDArray OTHER = SmallNets.inputs(DataType.DOUBLE, 2, 3, 4);

    private static SameDiff graph(BiFunction<SameDiff, SDVariable, SDVariable> network, long... sample) {
        SameDiff sd = SameDiff.create();
        long[] shape = new long[sample.length + 1];
        shape[0] = -1;
        System.arraycopy(sample, 0, shape, 1, sample.length);
        sd.identity("out", network.apply(sd, sd.placeHolder("x", DataType.DOUBLE, shape)));
        return sd;
    }

    private static GraphModel model(SameDiff sd) {
        return GraphModel.builder(sd).input("x").logits("out").build();
    }

    /** The copy at another input, and the original there. */
    private static void requireCopies(SameDiff sd) {
        SubgraphCopy copy = SubgraphCopy.of(model(sd));
        copy.verify(GraphProbe.run(model(sd), null));
        SDVariable second = sd.placeHolder("second", DataType.DOUBLE, -1, 4);
        SDVariable out = GraphDecoration.add(sd, () -> copy.emit(Map.of("x", second)));
        assertThat(out.name()).startsWith("jacreg/");
        INDArray expected = sd.outputSingle(Map.of("x", OTHER), "out").dup();
        Map<String, INDArray> both = sd.output(Map.of("x", X, "second", OTHER), "out", out.name());
        assertThat(both.get(out.name())).isEqualTo(expected);
        assertThat(both.get("out")).isNotEqualTo(expected);
    }

    @Test
    void weightsAreShared() {
        SameDiff sd =
                graph((g, x) -> g.nn().relu(x.mmul(g.var("W", SmallNets.inputs(DataType.DOUBLE, 3, 4, 2))), 0), 4);
        requireCopies(sd);
        assertThat(sd.variables().stream()
                        .filter(v -> v.getVariableType() == org.nd4j.autodiff.samediff.VariableType.VARIABLE))
                .hasSize(1);
        SDVariable copied = sd.variables().stream()
                .filter(v -> v.name().startsWith("jacreg/relu"))
                .findFirst()
                .orElseThrow();
        INDArray before =
                sd.output(Map.of("second", X), copied.name()).get(copied.name()).dup();
        sd.getVariable("W").getArr().muli(2);
        assertThat(sd.output(Map.of("second", X), copied.name()).get(copied.name()))
                .isEqualTo(before.mul(2));
    }

    @Test
    void opsWithSeveralOutputsAreCopied() {
        requireCopies(graph(
                (g, x) -> {
                    SDVariable[] parts = g.unstack(x, 1, 4);
                    return g.stack(1, parts[3], parts[0].mul(parts[2]), parts[0]);
                },
                4));
    }

    /** A mask and a largest index depend on the input too, though no derivative runs through them. */
    @Test
    void whatDependsOnTheInputByIntegersAndBooleansIsCopied() {
        requireCopies(graph((g, x) -> x.mul(x.gt(0.1).castTo(DataType.DOUBLE)), 4));
        requireCopies(graph((g, x) -> x.add(g.reshape(g.argmax(x, 1), -1, 1).castTo(DataType.DOUBLE)), 4));
    }

    /** Ops that have settings of every kind: scalars, axes, flags, dimensions. */
    @Test
    void settingsAreCopied() {
        requireCopies(graph(
                (g, x) -> g.nn().leakyRelu(g.math().pow(g.math().abs(x), 1.5), 0.3)
                        .rsub(2),
                4));
        requireCopies(graph((g, x) -> g.mean(x, true, 1).add(x).mul(g.cumsum(x, true, true, 1)), 4));
        requireCopies(graph((g, x) -> g.nn().softmax(g.permute(g.reshape(x, -1, 2, 2), 0, 2, 1), 1), 4));
    }

    /** What does not depend on the input is not copied, random or not. */
    @Test
    void aMaskDrawnApartFromTheInputIsShared() {
        SameDiff sd = graph((g, x) -> x.mul(g.random().bernoulli(0.5, DataType.DOUBLE, 1, 4)), 4);
        SubgraphCopy copy = SubgraphCopy.of(model(sd));
        assertThat(copy.ops()).extracting(GraphOp::opName).doesNotContain("distribution_bernoulli");
        SDVariable out = copy.emit(Map.of("x", sd.getVariable("x").mul(1.0)));
        Map<String, INDArray> both = sd.output(Map.of("x", X), "out", out.name());
        assertThat(both.get(out.name())).isEqualTo(both.get("out"));
    }

    @Test
    void randomOpsOnTheWayAreRefused() {
        assertThatThrownBy(() -> SubgraphCopy.of(model(graph((g, x) -> g.nn().dropoutInverted(x, 0.5), 4))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("op 'dropout_inverted' computing")
                .hasMessageContaining("each copy would draw its own random numbers");
    }

    @Test
    void controlFlowIsRefused() {
        SameDiff sd = graph((g, x) -> g.ifCond(s -> x.sum().gt(0), s -> x.mul(2), s -> x.mul(3)), 4);
        assertThatThrownBy(() -> SubgraphCopy.of(model(sd)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("op 'switch'")
                .hasMessageContaining("op 'merge'")
                .hasMessageContaining("unroll the loop");
    }

    /** ND4J 1.0.0-M2.1 forgets, when it copies a variance, that it is not to be bias-corrected. */
    @Test
    void aCopyThatComputesSomethingElseIsFound() {
        SameDiff sd = graph((g, x) -> g.variance("v", x.mul(2), false, true, 1).add(x), 4);
        Set<String> before = Set.copyOf(sd.getVariables().keySet());
        SubgraphCopy copy = SubgraphCopy.of(model(sd));
        assertThatThrownBy(() -> copy.verify(GraphProbe.run(model(sd), null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a copy of op 'var'")
                .hasMessageContaining("computes another 'v' than the original")
                .hasMessageContaining("biasCorrected=false");
        assertThat(sd.getVariables().keySet()).containsExactlyInAnyOrderElementsOf(before);
        assertThat(sd.getOps().keySet()).noneMatch(name -> name.startsWith("copy_check"));
    }

    @Test
    void anOpThatNd4jCannotCopyIsNamed() {
        SameDiff sd = graph((g, x) -> g.nn().logSoftmax(x, 1), 4);
        int variables = sd.getVariables().size();
        SubgraphCopy copy = SubgraphCopy.of(model(sd));
        assertThatThrownBy(() -> copy.verify(GraphProbe.run(model(sd), null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ND4J fails to copy op 'log_softmax'");
        assertThat(sd.getVariables()).hasSize(variables);
        assertThatThrownBy(() -> GraphDecoration.add(sd, () -> copy.emit(Map.of("x", sd.getVariable("x")))))
                .hasMessageContaining("ND4J fails to copy op 'log_softmax'");
        assertThat(sd.getVariables()).hasSize(variables);
        assertThat(sd.getOps().keySet()).noneMatch(name -> name.startsWith("jacreg"));
        assertThat(sd.getVariables().get("x").getInputsForOp()).hasSize(1);
    }

    @Test
    void aReplacementMustBeThereAndOfTheInputsType() {
        SameDiff sd = graph((g, x) -> x.mul(2), 4);
        SubgraphCopy copy = SubgraphCopy.of(model(sd));
        assertThatThrownBy(() -> copy.emit(Map.of()))
                .hasMessage("input 'x' of type DOUBLE needs a replacement of the same type, but has none");
        SDVariable wrong = sd.placeHolder("wrong", DataType.FLOAT, -1, 4);
        assertThatThrownBy(() -> copy.emit(Map.of("x", wrong))).hasMessageContaining("but has wrong of type FLOAT");
    }

    /** What SameDiff itself says names no op in one case and no variable in the other. */
    @Test
    void anOpWithoutGradientIsNamed() {
        SameDiff plain =
                graph((g, x) -> new Lgamma(g, x.mul(g.var("W", Nd4j.ones(DataType.DOUBLE, 4)))).outputVariable(), 4);
        assertThat(explained(plain))
                .startsWith("ND4J fails to differentiate op 'lgamma' computing [")
                .contains("can be evaluated but not trained")
                .doesNotContain("'multiply'");
        SameDiff gru = graph(
                (g, x) -> new GRUCell(
                                g,
                                x,
                                x,
                                GRUWeights.builder()
                                        .ruWeight(g.var("Wru", Nd4j.ones(DataType.DOUBLE, 8, 8)))
                                        .cWeight(g.var("Wc", Nd4j.ones(DataType.DOUBLE, 8, 4)))
                                        .ruBias(g.var("bru", Nd4j.ones(DataType.DOUBLE, 8)))
                                        .cBias(g.var("bc", Nd4j.ones(DataType.DOUBLE, 4)))
                                        .build())
                        .outputVariables()[3],
                4);
        assertThat(explained(gru)).contains("op 'gruCell' computing [").contains("Not yet implemented");
    }

    private static String explained(SameDiff sd) {
        sd.setLossVariables(sd.squaredNorm(sd.getVariable("out")).name());
        try {
            QuietGradients.create(sd);
        } catch (RuntimeException e) {
            return GradientFailure.explain(sd, e);
        }
        throw new AssertionError("ND4J has learnt to differentiate this op");
    }

    @Test
    void aFailureOfAnotherKindKeepsItsMessage() {
        assertThat(GradientFailure.explain(SameDiff.create(), new IllegalStateException("no loss")))
                .isEqualTo("no loss");
    }

    @Test
    void comparisonTellsDifferentValuesApart() {
        INDArray a = Nd4j.createFromArray(1.0, Double.NaN, 1e6);
        assertThat(CopyObstacle.same(a, a.dup())).isTrue();
        assertThat(CopyObstacle.same(a, Nd4j.createFromArray(1.0, Double.NaN, 1e6 * (1 + 1e-13))))
                .isFalse();
        assertThat(CopyObstacle.same(a, Nd4j.createFromArray(1.0, 1.0, 1e6))).isFalse();
        assertThat(CopyObstacle.same(a, Nd4j.createFromArray(1.0, Double.NaN))).isFalse();
        assertThat(CopyObstacle.same(a, a.castTo(DataType.FLOAT))).isFalse();
    }
}
