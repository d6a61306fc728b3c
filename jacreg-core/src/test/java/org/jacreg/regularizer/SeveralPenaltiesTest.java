package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jacreg.nets.CentralDifferences;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.listeners.records.History;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Several penalties at once, at inner layers, on several inputs, on outputs of any rank, and with lambdas that vary. */
class SeveralPenaltiesTest {

    private static final double ROUNDING = 1e-10;

    private static Map<String, INDArray> feed() {
        return Map.of(
                "x", SmallNets.inputs(DataType.DOUBLE, 31, 4, 4), "label", SmallNets.labels(DataType.DOUBLE, 32, 4, 3));
    }

    private static double value(SameDiff sd, SDVariable variable) {
        return sd.outputSingle(feed(), variable.name()).getDouble(0);
    }

    @Test
    void theTotalIsTheLossPlusEveryTerm() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        byte[] before = sd.asFlatBuffers(true).array().clone();
        double loss = value(sd, sd.getVariable("loss"));
        double frobenius = JacobianRegularizer.frobenius(sd)
                .attach()
                .penalty()
                .eval(feed())
                .getDouble(0);
        RegularizedGraph.of(sd).detach();
        RegularizedGraph graph = JacobianRegularizer.attachAll(
                JacobianRegularizer.frobenius(sd).lambda(0.3),
                JacobianRegularizer.l11(sd).lambda(0.2).name("entries"),
                JacobianRegularizer.frobenius(sd).lambda(0.1));
        List<RegularizedGraph.Term> terms = graph.terms();
        assertThat(terms)
                .extracting(RegularizedGraph.Term::name)
                .containsExactlyInAnyOrder("frobenius", "entries", "frobenius_2");
        double sum = loss;
        for (RegularizedGraph.Term term : terms) {
            sum += value(sd, term.lambda()) * value(sd, term.penalty());
            if (term.name().startsWith("frobenius")) {
                assertThat(value(sd, term.penalty())).isCloseTo(frobenius, within(ROUNDING));
            }
        }
        assertThat(value(sd, graph.total())).isCloseTo(sum, within(ROUNDING));
        assertThatIllegalStateException()
                .isThrownBy(graph::penalty)
                .withMessageContaining("several penalties")
                .withMessageContaining("entries");
        graph.detach();
        assertThat(sd.asFlatBuffers(true).array()).isEqualTo(before);
    }

    @Test
    void theJacobianOfAndAtAnInnerLayer() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 4);
        SDVariable w = sd.var("w", SmallNets.normal(DataType.DOUBLE, new Random(1), 0.7, 4, 5));
        SDVariable h = sd.math().tanh("h", x.mmul(w));
        INDArray v = SmallNets.normal(DataType.DOUBLE, new Random(2), 0.7, 5, 3);
        SDVariable logits = sd.math().square(h).mmul("logits", sd.var("v", v));
        sd.loss().softmaxCrossEntropy("loss", sd.placeHolder("label", DataType.DOUBLE, -1, 3), logits, null);
        RegularizedGraph graph = JacobianRegularizer.attachAll(
                JacobianRegularizer.frobenius(sd).logits("h").name("of"),
                JacobianRegularizer.frobenius(sd).input("h").name("at"));
        INDArray hidden = sd.outputSingle(feed(), "h").dup();
        // logits = h^2 V, so J_ci = 2 h_i V_ic.
        double at = 0;
        for (int n = 0; n < 4; n++) {
            for (int i = 0; i < 5; i++) {
                for (int c = 0; c < 3; c++) {
                    at += Math.pow(2 * hidden.getDouble(n, i) * v.getDouble(i, c), 2);
                }
            }
        }
        INDArray of = CentralDifferences.jacobian(sd, "x", "h", feed().get("x"));
        for (RegularizedGraph.Term term : graph.terms()) {
            double expected =
                    (term.name().equals("at") ? at : of.mul(of).sumNumber().doubleValue()) / 4;
            // Central differences with step 1e-5 err by 1e-10.
            assertThat(value(sd, term.penalty())).as(term.name()).isCloseTo(expected, within(1e-8));
        }
    }

    @Test
    void severalInputsStandSideBySide() {
        SameDiff sd = SameDiff.create();
        SDVariable a = sd.placeHolder("a", DataType.DOUBLE, -1, 2);
        SDVariable b = sd.placeHolder("b", DataType.DOUBLE, -1, 3);
        INDArray wa = SmallNets.normal(DataType.DOUBLE, new Random(1), 1, 2, 3);
        INDArray wb = SmallNets.normal(DataType.DOUBLE, new Random(2), 1, 3, 3);
        SDVariable logits = a.mmul(sd.var("wa", wa)).add("logits", b.mmul(sd.var("wb", wb)));
        sd.loss().softmaxCrossEntropy("loss", sd.placeHolder("label", DataType.DOUBLE, -1, 3), logits, null);
        Map<String, INDArray> fed = Map.of(
                "a", SmallNets.inputs(DataType.DOUBLE, 5, 4, 2), "b", SmallNets.inputs(DataType.DOUBLE, 6, 4, 3));
        double[][] matrix = new double[3][5];
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < 5; i++) {
                matrix[c][i] = i < 2 ? wa.getDouble(i, c) : wb.getDouble(i - 2, c);
            }
        }
        NormPenaltiesTest.Sample sample = new NormPenaltiesTest.Sample(matrix, new double[3], 0);
        RegularizedGraph graph = JacobianRegularizer.attachAll(
                JacobianRegularizer.frobenius(sd).input("a", "b").name("squared"),
                JacobianRegularizer.frobenius(sd).unsquared().input("a", "b").name("root"),
                JacobianRegularizer.l11(sd).input("a", "b").name("entries"),
                JacobianRegularizer.l21(sd).input("a", "b").name("columns"),
                JacobianRegularizer.spectral(sd).input("a", "b").name("spectral"));
        Map<String, Double> expected = Map.of(
                "squared", sample.power(2),
                "root", Math.sqrt(sample.power(2)),
                "entries", sample.power(1),
                "columns", sample.columns(),
                "spectral", sample.spectral());
        for (RegularizedGraph.Term term : graph.terms()) {
            assertThat(sd.outputSingle(fed, term.penalty().name()).getDouble(0))
                    .as(term.name())
                    .isCloseTo(expected.get(term.name()), within(ROUNDING));
        }
    }

    @Test
    void outputsOfHigherRank() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3, 2);
        INDArray w = SmallNets.normal(DataType.DOUBLE, new Random(1), 1, 3, 2);
        sd.math().tanh("sequence", x.mul(sd.var("w", w)));
        sd.math().square(sd.getVariable("sequence")).mean("loss");
        sd.setLossVariables("loss");
        INDArray at = SmallNets.inputs(DataType.DOUBLE, 3, 4, 3, 2);
        RegularizedGraph graph = JacobianRegularizer.attachAll(
                JacobianRegularizer.frobenius(sd).logits("sequence"),
                JacobianRegularizer.spectral(sd).logits("sequence"));
        // The Jacobian is diagonal: w (1 - tanh^2(w x)).
        double squares = 0;
        double largest = 0;
        for (int n = 0; n < 4; n++) {
            double top = 0;
            for (int i = 0; i < 6; i++) {
                double weight = w.getDouble(i);
                double d = weight * (1 - Math.pow(Math.tanh(weight * at.slice(n).getDouble(i)), 2));
                squares += d * d / 4;
                top = Math.max(top, Math.abs(d));
            }
            largest += top / 4;
        }
        for (RegularizedGraph.Term term : graph.terms()) {
            assertThat(sd.outputSingle(Map.of("x", at), term.penalty().name()).getDouble(0))
                    .as(term.name())
                    .isCloseTo(term.name().equals("spectral") ? largest : squares, within(ROUNDING));
        }
    }

    @Test
    void powerIterationsEstimateFromBelow() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        double exact =
                JacobianRegularizer.spectral(sd).attach().penalty().eval(feed()).getDouble(0);
        RegularizedGraph.of(sd).detach();
        double few = JacobianRegularizer.spectral(sd)
                .powerIterations(1)
                .attach()
                .penalty()
                .eval(feed())
                .getDouble(0);
        RegularizedGraph.of(sd).detach();
        double many = JacobianRegularizer.spectral(sd)
                .powerIterations(12)
                .attach()
                .penalty()
                .eval(feed())
                .getDouble(0);
        assertThat(few).isBetween(0.2 * exact, exact + ROUNDING);
        // With a ratio q of squared singular values twelve iterations leave about q^24 of the error.
        assertThat(many).isBetween(0.99 * exact, exact + ROUNDING);
    }

    @Test
    void aScheduleSetsLambdaBeforeEveryIteration() {
        SameDiff sd = SmallNets.training(SmallNets.mlp(DataType.DOUBLE), new Sgd(0.05));
        ISchedule warmUp = new MapSchedule(ScheduleType.ITERATION, Map.of(0, 0.0, 1, 0.25, 2, 0.5));
        RegularizedGraph graph =
                JacobianRegularizer.frobenius(sd).lambda(warmUp).attach();
        PenaltyHistory history = PenaltyHistory.of(graph);
        History fitted = sd.fit(new SingletonDataSetIterator(SmallNets.batch(DataType.DOUBLE, 3, 5)), 3, history);
        assertThat(graph.terms().get(0).lambda().getArr().getDouble(0)).isEqualTo(0.5);
        List<Double> penalties = history.values("frobenius");
        List<Double> totals = history.values(PenaltyHistory.TOTAL);
        assertThat(penalties).hasSize(3);
        for (int i = 0; i < 3; i++) {
            // The curve is kept in float32.
            assertThat(fitted.getLossCurve().getLossValues().getDouble(i))
                    .isCloseTo(totals.get(i), within(1e-6 * totals.get(i)));
        }
        graph.detach();
        assertThat(sd.getListeners()).isEmpty();
    }

    @Test
    void aScheduleTrainsLikeChangingLambdaByHand() {
        double[] lambdas = {0, 0.25, 0.5};
        SameDiff scheduled = SmallNets.training(SmallNets.mlp(DataType.DOUBLE), new Sgd(0.05));
        JacobianRegularizer.frobenius(scheduled)
                .lambda(new MapSchedule(ScheduleType.EPOCH, Map.of(0, 0.0, 1, 0.25, 2, 0.5)))
                .attach();
        scheduled.fit(new SingletonDataSetIterator(SmallNets.batch(DataType.DOUBLE, 3, 5)), 3);
        SameDiff byHand = SmallNets.training(SmallNets.mlp(DataType.DOUBLE), new Sgd(0.05));
        for (double lambda : lambdas) {
            RegularizedGraph graph =
                    JacobianRegularizer.frobenius(byHand).lambda(lambda).attach();
            byHand.fit(new SingletonDataSetIterator(SmallNets.batch(DataType.DOUBLE, 3, 5)), 1);
            graph.detach();
        }
        INDArray one = scheduled.getVariable("W1").getArr();
        INDArray two = byHand.getVariable("W1").getArr();
        assertThat(one.sub(two).normmaxNumber().doubleValue()).isLessThan(ROUNDING);
    }

    @Test
    void badSettings() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        byte[] before = sd.asFlatBuffers(true).array().clone();
        assertThatIllegalArgumentException().isThrownBy(JacobianRegularizer::attachAll);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacobianRegularizer.attachAll(
                        JacobianRegularizer.l11(sd), JacobianRegularizer.l11(SmallNets.mlp(DataType.DOUBLE))))
                .withMessageContaining("one graph");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacobianRegularizer.l11(sd).name("a b"))
                .withMessageContaining("'a b'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacobianRegularizer.l11(sd).unsquared())
                .withMessageContaining("l_{1,1}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacobianRegularizer.frobenius(sd).l1());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacobianRegularizer.spectral(sd).marginRows());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacobianRegularizer.l11(sd).powerIterations(2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacobianRegularizer.spectral(sd).powerIterations(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacobianRegularizer.frobenius(sd)
                        .projections(1)
                        .unsquared()
                        .attach())
                .withMessageContaining("biased");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacobianRegularizer.frobenius(sd)
                        .lambda(new MapSchedule(ScheduleType.ITERATION, Map.of(0, -1.0))));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> JacobianRegularizer.frobenius(sd).input("x", "x").attach())
                .withMessageContaining("each once");
        assertThat(sd.asFlatBuffers(true).array()).isEqualTo(before);
    }

    @Test
    void lossesWithoutPenaltiesAreThoseThatWereAddedUp() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        sd.math().square(sd.getVariable("W1")).sum("norm");
        sd.setLossVariables("loss", "norm");
        assertThat(RegularizedGraph.lossesOf(sd)).containsExactly("loss", "norm");
        RegularizedGraph graph = JacobianRegularizer.frobenius(sd).attach();
        assertThat(RegularizedGraph.lossesOf(sd)).containsExactly("loss", "norm");
        sd.math().square(sd.getVariable("W2")).sum("other");
        sd.addLossVariable("other");
        assertThat(RegularizedGraph.lossesOf(sd)).containsExactly("loss", "norm", "other");
        sd.setLossVariables(graph.total().name());
        graph.detach();
        assertThat(RegularizedGraph.lossesOf(sd)).containsExactly("loss", "norm");
    }
}
