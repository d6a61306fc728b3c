package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jacreg.gradient.Gradients;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Odd graphs: each is refused with its name and a way out, and stays as it was to the byte; or its penalty is right. */
class BadInputTest {

    private static final DataType F64 = DataType.DOUBLE;

    @Test
    void inputsOfRankZeroAreRefused() {
        SameDiff sd = graph(g -> g.math().tanh(g.placeHolder("x", F64)));
        assertRefused(sd, BadInputTest::frobenius)
                .hasMessageContaining("placeholder 'x' has shape []")
                .hasMessageContaining(".inputShape(...)");
    }

    @Test
    void logitsOfRankZeroAreRefused() {
        SameDiff sd = graph(g -> dense(g, placeholder(g)).sum());
        assertRefused(sd, BadInputTest::frobenius)
                .hasMessageContaining("logits 'logits' must have the batch as first axis, [N, ...], but has []")
                .hasMessageContaining(".logits(");
    }

    /** One number per sample is a Jacobian of one row. */
    @Test
    void logitsOfRankOneHaveOneRow() {
        SameDiff sd = graph(g -> g.sum(placeholder(g).mul(g.var("W", numbers(1, 4))), 1));
        frobenius(sd);
        double expected = square(sd, "W");
        assertThat(penalty(sd, numbers(2, 3, 4))).isCloseTo(expected, within(1e-12 * expected));
    }

    @Test
    void axesOfSizeOneEverywhere() {
        SameDiff sd = graph(g -> g.placeHolder("x", F64, -1, 1, 1).mul(g.var("W", numbers(1, 1))));
        frobenius(sd);
        double expected = square(sd, "W");
        for (int n : new int[] {1, 3}) {
            assertThat(penalty(sd, numbers(2, n, 1, 1))).isCloseTo(expected, within(1e-12 * expected));
        }
    }

    @Test
    void integerInputsAreRefused() {
        SameDiff sd = graph(g -> dense(g, embedding(g)));
        assertRefused(sd, BadInputTest::frobenius)
                .hasMessageContaining("placeholders of the graph: [ids]")
                .hasMessageContaining("take the embedding's output as the input: .input(");
        assertRefused(
                        sd,
                        g -> JacobianRegularizer.frobenius(g)
                                .input("ids")
                                .logits("logits")
                                .attach())
                .hasMessageContaining("input 'ids' must be floating point to have a Jacobian, but is INT")
                .hasMessageContaining("take the embedding's output");
        assertRefused(sd, g -> Gradients.gradientOf(g.getVariable("loss"), g.getVariable("ids")))
                .hasMessageContaining("'ids' must be floating point to be differentiated, but is INT");
    }

    /** The cure that the message names. */
    @Test
    void theEmbeddingOfIntegersIsAnInput() {
        SameDiff sd = graph(g -> dense(g, embedding(g)));
        JacobianRegularizer.frobenius(sd).input("embedded").logits("logits").attach();
        INDArray ids = org.nd4j.linalg.factory.Nd4j.createFromArray(1, 4, 0);
        double expected = square(sd, "W");
        assertThat(sd.outputSingle(Map.of("ids", ids), RegularizedGraph.PENALTY).getDouble(0))
                .isCloseTo(expected, within(1e-12 * expected));
    }

    @Test
    void moreRowsThanSamplesAreRefused() {
        SameDiff doubled = graph(g -> dense(g, g.concat(0, placeholder(g), g.getVariable("x"))));
        assertRefused(doubled, BadInputTest::frobenius)
                .hasMessageContaining("logits 'logits' has 4 rows for 2 samples; expected one row for each")
                .hasMessageContaining(".logits(");
        SameDiff oneMore = graph(g -> dense(g, g.concat(0, placeholder(g), g.constant(numbers(5, 1, 4)))));
        assertRefused(oneMore, BadInputTest::frobenius).hasMessageContaining("has 3 rows for 2 samples");
        SameDiff fixed = graph(g -> {
            SDVariable x = g.placeHolder("x", F64, 3, 4);
            return dense(g, g.concat(0, x, x));
        });
        assertRefused(fixed, BadInputTest::frobenius).hasMessageContaining("must have the batch as first axis");
    }

    @Test
    void fewerRowsThanSamplesAreRefused() {
        SameDiff first = graph(g -> dense(g, placeholder(g).get(SDIndex.interval(0, 1))));
        assertRefused(first, BadInputTest::frobenius).hasMessageContaining("must have the batch as first axis");
        SameDiff pairs = graph(g -> g.reshape(placeholder(g), -1, 8).mmul(g.var("W", numbers(1, 8, 3))));
        assertRefused(pairs, BadInputTest::frobenius)
                .hasMessageContaining("cannot be evaluated on a batch of 3 samples")
                .hasMessageContaining("declare that in sd.placeHolder(...)");
    }

    @Test
    void logitsThatDoNotDependOnTheInputAreRefused() {
        SameDiff apart = graph(g -> {
            placeholder(g);
            return dense(g, g.placeHolder("y", F64, -1, 4));
        });
        assertRefused(
                        apart,
                        g -> JacobianRegularizer.frobenius(g)
                                .input("x")
                                .logits("logits")
                                .attach())
                .hasMessageContaining("logits 'logits' do not depend on input 'x'")
                .hasMessageContaining(".input(");
        assertRefused(apart, g -> Gradients.gradientOf(g.getVariable("loss"), g.getVariable("x")))
                .hasMessageContaining("'loss' does not depend on 'x'");
        SameDiff steps = graph(g -> dense(g, g.math().sign(placeholder(g))));
        assertRefused(steps, BadInputTest::frobenius).hasMessageContaining("'x' is zero: every path runs through");
        assertRefused(steps, g -> Gradients.gradientOf(g.getVariable("loss"), g.getVariable("x")))
                .hasMessageContaining("zero");
    }

    @Test
    void oneInputNamedTwiceIsRefused() {
        assertRefused(
                        SmallNets.mlp(F64),
                        g -> JacobianRegularizer.frobenius(g).input("x", "x").attach())
                .hasMessageContaining("each once; got [x, x]");
    }

    @Test
    void penaltiesOfOneNameAreNumbered() {
        SameDiff sd = SmallNets.mlp(F64);
        RegularizedGraph graph = JacobianRegularizer.attachAll(
                JacobianRegularizer.frobenius(sd).name("p_2"),
                JacobianRegularizer.l11(sd).name("p"),
                JacobianRegularizer.frobenius(sd).name("p"));
        assertThat(graph.terms())
                .extracting(RegularizedGraph.Term::name)
                .doesNotHaveDuplicates()
                .hasSize(3)
                .contains("p", "p_2");
    }

    @Test
    void namesWithTheReservedPrefixAreRefused() {
        SameDiff sd = graph(g -> dense(g, g.math().tanh("jacreg/h", placeholder(g))));
        for (Function<SameDiff, Object> call : calls()) {
            assertRefused(sd, call)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("such as 'jacreg/h'")
                    .hasMessageContaining("rename that variable");
        }
    }

    @Test
    void aDecoratedGraphIsNotDecoratedAgain() {
        SameDiff sd = SmallNets.mlp(F64);
        RegularizedGraph first = SurrogateLoss.linf(sd).epsilon(0.1).attach();
        for (Function<SameDiff, Object> call : calls()) {
            assertRefused(sd, call)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("call detach() on it first");
        }
        first.detach();
        SurrogateLoss.l2(sd).epsilon(0.1).attach();
    }

    private static List<Function<SameDiff, Object>> calls() {
        return List.of(
                sd -> JacobianRegularizer.frobenius(sd).logits("logits").attach(),
                sd -> SurrogateLoss.l2(sd).epsilon(0.1).attach(),
                sd -> SurrogateLoss.marginwise(sd, SurrogateLoss.Norm.LINF)
                        .epsilon(0.1)
                        .attach());
    }

    /** Gradients live under a scope of their own, which a user may have used too. */
    @Test
    void scopesOfGradientsAreFree() {
        SameDiff sd = SmallNets.mlp(F64);
        sd.constant("gradient_0/mine", numbers(1, 2));
        Gradients.gradientOf(sd.getVariable("loss"), sd.getVariable("x"));
        SDVariable again = Gradients.gradientOf(sd.getVariable("loss"), sd.getVariable("x"));
        assertThat(again.name()).startsWith("gradient_2/");
    }

    @Test
    void severalLossesAreAddedUpAndComeBack() {
        SameDiff sd = SmallNets.mlp(F64);
        sd.math().square(sd.getVariable("W1")).mean("decay");
        sd.setLossVariables("loss", "decay");
        RegularizedGraph graph = PenaltyKind.FROBENIUS.attach(sd, 0.1);
        Map<String, INDArray> fed = Map.of("x", numbers(1, 3, 4), "label", SmallNets.labels(F64, 1, 3, 3));
        Map<String, INDArray> values =
                sd.output(fed, "loss", "decay", RegularizedGraph.PENALTY, RegularizedGraph.TOTAL);
        double expected = values.get("loss").getDouble(0)
                + values.get("decay").getDouble(0)
                + 0.1 * values.get(RegularizedGraph.PENALTY).getDouble(0);
        assertThat(values.get(RegularizedGraph.TOTAL).getDouble(0)).isCloseTo(expected, within(1e-14));
        graph.detach();
        assertThat(sd.getLossVariables()).containsExactly("loss", "decay");
    }

    /** The gradient of (mean)^2 by one sample depends on the others; doubling the batch alone does not show it. */
    @Test
    void functionsOfMeanLossesHaveNoInputGradients() {
        for (Consumer<SameDiff> bend : List.<Consumer<SameDiff>>of(
                g -> g.math().square(g.getVariable("loss")).rename("odd"),
                g -> g.math().sqrt(g.getVariable("loss")).rename("odd"),
                g -> g.norm2("odd", g.getVariable("logits")))) {
            SameDiff sd = SmallNets.mlp(F64);
            bend.accept(sd);
            sd.setLossVariables("odd");
            assertRefused(
                            sd,
                            g -> JacobianRegularizer.inputGradient(g)
                                    .logits("logits")
                                    .attach())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the loss 'odd' is neither a mean nor a sum over the batch");
        }
    }

    @Test
    void weightsAndMarginsNeedALabel() {
        for (Function<SameDiff, JacobianRegularizer> kind : List.<Function<SameDiff, JacobianRegularizer>>of(
                g -> JacobianRegularizer.frobenius(g).weights(SampleWeights.labelAware()),
                g -> JacobianRegularizer.frobenius(g).marginRows(),
                g -> SurrogateLoss.l2(g).epsilon(0.1).labelAware().regularizer(),
                g -> SurrogateLoss.marginwise(g, SurrogateLoss.Norm.L2)
                        .epsilon(0.1)
                        .regularizer())) {
            SameDiff sd = graph(g -> dense(g, placeholder(g)));
            assertRefused(sd, g -> kind.apply(g).logits("logits").attach())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no label placeholder")
                    .hasMessageContaining(".label(");
        }
    }

    /** The rows of a batch of one have one entry each in many a sum, which ND4J takes for something else. */
    @ParameterizedTest
    @EnumSource(PenaltyKind.class)
    void batchesOfOneTrain(PenaltyKind kind) {
        SameDiff sd = SmallNets.training(SmallNets.mlp(F64), new org.nd4j.linalg.learning.config.Sgd(0.01));
        kind.attach(sd, 0.1);
        INDArray x = numbers(1, 1, 4);
        INDArray jacobian = org.jacreg.nets.CentralDifferences.jacobian(sd, "x", "logits", x);
        if (kind != PenaltyKind.PROJECTIONS) {
            // Differences have errors of 1e-10, see CentralDifferences.
            assertThat(penalty(sd, x)).isCloseTo(kind.onJacobian(jacobian), within(1e-8));
        }
        INDArray before = sd.getVariable("W1").getArr().dup();
        sd.fit(new org.nd4j.linalg.dataset.DataSet(x, SmallNets.labels(F64, 2, 1, 3)));
        INDArray moved = sd.getVariable("W1").getArr().sub(before);
        assertThat(moved.norm2Number().doubleValue()).isPositive().isLessThan(1);
    }

    static SameDiff graph(Function<SameDiff, SDVariable> logits) {
        SameDiff sd = SameDiff.create();
        logits.apply(sd).rename("logits").mean("loss");
        sd.setLossVariables("loss");
        return sd;
    }

    private static SDVariable placeholder(SameDiff sd) {
        return sd.placeHolder("x", F64, -1, 4);
    }

    private static SDVariable embedding(SameDiff sd) {
        SDVariable table = sd.var("E", numbers(3, 5, 4));
        return sd.gather(table, sd.placeHolder("ids", DataType.INT32, -1), 0).rename("embedded");
    }

    private static SDVariable dense(SameDiff sd, SDVariable x) {
        return x.mmul(sd.var("W", numbers(1, 4, 3)));
    }

    private static INDArray numbers(long seed, long... shape) {
        return SmallNets.inputs(F64, seed, shape);
    }

    private static RegularizedGraph frobenius(SameDiff sd) {
        return JacobianRegularizer.frobenius(sd).logits("logits").attach();
    }

    private static double square(SameDiff sd, String weight) {
        INDArray values = sd.getVariable(weight).getArr();
        return values.mul(values).sumNumber().doubleValue();
    }

    private static double penalty(SameDiff sd, INDArray x) {
        return sd.outputSingle(Map.of("x", x), RegularizedGraph.PENALTY).getDouble(0);
    }

    private static org.assertj.core.data.Offset<Double> within(double tolerance) {
        return org.assertj.core.data.Offset.offset(tolerance);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
            SameDiff sd, Function<SameDiff, ?> call) {
        byte[] before = sd.asFlatBuffers(true).array().clone();
        AbstractThrowableAssert<?, ? extends Throwable> thrown = assertThatThrownBy(() -> call.apply(sd));
        assertThat(sd.asFlatBuffers(true).array()).isEqualTo(before);
        return thrown;
    }
}
