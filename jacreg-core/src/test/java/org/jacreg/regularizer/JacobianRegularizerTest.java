package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.nets.CentralDifferences;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.listeners.records.History;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.learning.config.Sgd;

/** What every penalty owes its user while it is attached: the right number, and a graph that works as ever. */
class JacobianRegularizerTest {

    private static final double LAMBDA = 0.3;

    @ParameterizedTest
    @EnumSource(PenaltyKind.class)
    void trainingLowersTheTotal(PenaltyKind kind) {
        SameDiff sd = SmallNets.training(SmallNets.mlp(DataType.DOUBLE), new Sgd(0.05));
        kind.attach(sd, LAMBDA);
        DataSet batch = SmallNets.batch(DataType.DOUBLE, 3, 24);
        double before = exactTotal(sd, kind, batch);
        sd.fit(new SingletonDataSetIterator(batch), 10);
        double after = exactTotal(sd, kind, batch);
        assertThat(after).isLessThan(0.85 * before);
        // The penalty's part in it: training without it gets less far.
        SameDiff plain = SmallNets.training(SmallNets.mlp(DataType.DOUBLE), new Sgd(0.05));
        plain.fit(new SingletonDataSetIterator(batch), 10);
        assertThat(after).isLessThan(0.95 * exactTotal(plain, kind, batch));
    }

    /** Loss plus lambda times the penalty, from outputs of the graph alone. */
    private static double exactTotal(SameDiff sd, PenaltyKind kind, DataSet batch) {
        double loss = sd.outputSingle(feed(batch), "loss").getDouble(0);
        return loss + LAMBDA * kind.onJacobian(CentralDifferences.jacobian(sd, "x", "logits", batch.getFeatures()));
    }

    /** For projections, whose value changes with every draw, see ProjectionsTest. */
    @ParameterizedTest
    @EnumSource(names = {"FROBENIUS", "L11"})
    void fitReportsTheTotalForEveryBatchSize(PenaltyKind kind) {
        SameDiff sd = SmallNets.training(SmallNets.mlp(DataType.DOUBLE), new Sgd(0.01));
        RegularizedGraph graph = kind.attach(sd, LAMBDA);
        for (int n : new int[] {2, 128, 1, 7, 128}) {
            DataSet batch = SmallNets.batch(DataType.DOUBLE, n, n);
            double expected = value(graph.total(), batch);
            // SameDiff keeps its loss curve in float32: 2^-24 relative, rounded up.
            assertThat(reportedByFit(sd, batch)).isCloseTo(expected, within(1e-7 * expected));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FROBENIUS", "L11"})
    void thePenaltyIsThatOfTheJacobianForEveryBatchSize(PenaltyKind kind) {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        SameDiff twin = SmallNets.mlp(DataType.DOUBLE);
        RegularizedGraph graph = kind.attach(sd, LAMBDA);
        for (int n : new int[] {7, 1, 128, 2}) {
            DataSet batch = SmallNets.batch(DataType.DOUBLE, n, n);
            INDArray jacobian = CentralDifferences.jacobian(twin, "x", "logits", batch.getFeatures());
            double expected = kind.onJacobian(jacobian);
            // Central differences are good to 1e-10 per entry (their own comment); 12 entries of order one.
            assertThat(value(graph.penalty(), batch)).isCloseTo(expected, within(1e-8 * expected));
            double loss = twin.outputSingle(feed(batch), "loss").getDouble(0);
            assertThat(value(graph.total(), batch)).isCloseTo(loss + LAMBDA * expected, within(1e-8 * (1 + expected)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FROBENIUS", "L11"})
    void thePenaltyIsTheMeanNormThatJacobianReports(PenaltyKind kind) {
        SameDiff sd = SmallNets.conv(DataType.DOUBLE);
        RegularizedGraph graph = kind.attach(sd, LAMBDA);
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 5, 6, 1, 6, 6);
        var norms = Jacobian.of(sd).norms(x);
        double expected = kind == PenaltyKind.L11 ? norms.meanL11() : norms.meanFrobeniusSquared();
        // The same sums in another order.
        assertThat(graph.penalty().eval(Map.of("x", x)).getDouble(0)).isCloseTo(expected, within(1e-12 * expected));
        assertThat(kind.onJacobian(CentralDifferences.jacobian(SmallNets.conv(DataType.DOUBLE), "x", "logits", x)))
                .isCloseTo(expected, within(1e-8 * expected));
    }

    @ParameterizedTest
    @EnumSource(PenaltyKind.class)
    void float32WorksToo(PenaltyKind kind) {
        SameDiff sd = SmallNets.training(SmallNets.mlp(DataType.FLOAT), new Sgd(0.05));
        RegularizedGraph graph = kind.attach(sd, LAMBDA);
        DataSet batch = SmallNets.batch(DataType.FLOAT, 3, 24);
        assertThat(graph.total().dataType()).isEqualTo(DataType.FLOAT);
        assertThat(graph.penalty().dataType()).isEqualTo(DataType.FLOAT);
        if (kind != PenaltyKind.PROJECTIONS) {
            RegularizedGraph precise = kind.attach(SmallNets.mlp(DataType.DOUBLE), LAMBDA);
            double expected = value(precise.total(), SmallNets.batch(DataType.DOUBLE, 3, 24));
            // Weights are rounded to 24 bits, 6e-8 each; sums of some tens of terms.
            assertThat(value(graph.total(), batch)).isCloseTo(expected, within(1e-5 * expected));
        }
        double before = Jacobian.of(sd).norms(batch.getFeatures()).meanFrobenius();
        sd.fit(new SingletonDataSetIterator(batch), 10);
        assertThat(Jacobian.of(sd).norms(batch.getFeatures()).meanFrobenius()).isLessThan(0.85 * before);
    }

    @ParameterizedTest
    @EnumSource(PenaltyKind.class)
    void outputAndEvaluateAnswerAsBefore(PenaltyKind kind) {
        SameDiff sd = SmallNets.training(SmallNets.mlp(DataType.DOUBLE), new Sgd(0.05));
        SameDiff twin = SmallNets.training(SmallNets.mlp(DataType.DOUBLE), new Sgd(0.05));
        kind.attach(sd, LAMBDA);
        DataSet batch = SmallNets.batch(DataType.DOUBLE, 9, 32);
        Map<String, INDArray> outputs = sd.output(feed(batch), "logits", "loss");
        assertThat(outputs).isEqualTo(twin.output(feed(batch), "logits", "loss"));
        Evaluation decorated = new Evaluation(3);
        Evaluation plain = new Evaluation(3);
        sd.evaluate(new SingletonDataSetIterator(batch), "logits", decorated);
        twin.evaluate(new SingletonDataSetIterator(batch), "logits", plain);
        assertThat(decorated.getConfusion().toCSV())
                .isEqualTo(plain.getConfusion().toCSV());
        assertThat(decorated.getNumRowCounter()).isEqualTo(32);
        // Logits need no labels.
        sd.outputSingle(Map.of("x", batch.getFeatures()), "logits");
    }

    @ParameterizedTest
    @EnumSource(PenaltyKind.class)
    void lambdaZeroLeavesTrainingAsItIs(PenaltyKind kind) {
        SameDiff sd = SmallNets.training(SmallNets.mlp(DataType.DOUBLE), new Sgd(0.05));
        SameDiff twin = SmallNets.training(SmallNets.mlp(DataType.DOUBLE), new Sgd(0.05));
        RegularizedGraph graph = kind.attach(sd, 0);
        DataSet batch = SmallNets.batch(DataType.DOUBLE, 3, 8);
        assertThat(value(graph.penalty(), batch)).isPositive();
        sd.fit(new SingletonDataSetIterator(batch), 3);
        twin.fit(new SingletonDataSetIterator(batch), 3);
        for (String name : List.of("W1", "b1", "W2", "b2")) {
            INDArray difference =
                    sd.getVariable(name).getArr().sub(twin.getVariable(name).getArr());
            // 0 * penalty adds exact zeros; sums may be taken in another order.
            assertThat(difference.normmaxNumber().doubleValue()).as(name).isLessThan(1e-14);
        }
    }

    @Test
    void severalLossesAndAnL2TermAddUp() {
        SameDiff sd = withAuxiliaryLosses();
        DataSet batch = SmallNets.batch(DataType.DOUBLE, 3, 8);
        Map<String, INDArray> plain = sd.output(feed(batch), "total", "decay");
        RegularizedGraph graph =
                JacobianRegularizer.frobenius(sd).lambda(LAMBDA).attach();
        double expected = plain.get("total").getDouble(0)
                + plain.get("decay").sumNumber().doubleValue()
                + LAMBDA * value(graph.penalty(), batch);
        // The same sum in another order.
        assertThat(value(graph.total(), batch)).isCloseTo(expected, within(1e-13 * expected));
        assertThat(sd.getLossVariables()).containsExactly("jacreg/total");
        assertThat(reportedByFit(sd, batch)).isCloseTo(expected, within(1e-7 * expected));
        graph.detach();
        assertThat(sd.getLossVariables()).containsExactly("total", "decay");
    }

    /** Two loss variables, one with an L2 term in it, the other a vector. */
    private static SameDiff withAuxiliaryLosses() {
        SameDiff sd = SmallNets.training(SmallNets.mlp(DataType.DOUBLE), new Sgd(0.05));
        SDVariable l2 = sd.loss().l2Loss("l2", sd.getVariable("W1"));
        sd.getVariable("loss").add("total", l2.mul(0.01));
        sd.math().square(sd.getVariable("W2")).mul("decay", 0.01);
        sd.setLossVariables("total", "decay");
        return sd;
    }

    @Test
    void theInputMayHaveAnUndeclaredShape() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, -1);
        SDVariable z = sd.math().tanh(x.mmul(sd.var("W", SmallNets.inputs(DataType.DOUBLE, 1, 4, 3))));
        sd.loss().softmaxCrossEntropy("loss", sd.placeHolder("label", DataType.DOUBLE, -1, 3), z, null);
        INDArray at = SmallNets.inputs(DataType.DOUBLE, 2, 5, 4);
        RegularizedGraph graph = JacobianRegularizer.frobenius(sd).inputShape(4).attach();
        double expected = PenaltyKind.FROBENIUS.onJacobian(CentralDifferences.jacobian(sd, "x", z.name(), at));
        assertThat(graph.penalty().eval(Map.of("x", at)).getDouble(0)).isCloseTo(expected, within(1e-8 * expected));
    }

    @Test
    void namesSettleWhatIsAmbiguous() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        SDVariable t = sd.placeHolder("target", DataType.DOUBLE, -1, 3);
        sd.loss().meanSquaredError("mse", t, sd.nn().softmax("p", sd.getVariable("logits"), 1), null);
        RegularizedGraph graph = JacobianRegularizer.l11(sd)
                .input("x")
                .logits("p")
                .label("target")
                .attach();
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 2, 5, 4);
        double expected = PenaltyKind.L11.onJacobian(CentralDifferences.jacobian(sd, "x", "p", x));
        assertThat(graph.penalty().eval(Map.of("x", x)).getDouble(0)).isCloseTo(expected, within(1e-8 * expected));
    }

    @ParameterizedTest
    @EnumSource(PenaltyKind.class)
    void theCallersArraysAreNotModified(PenaltyKind kind) {
        SameDiff sd = SmallNets.training(SmallNets.mlp(DataType.DOUBLE), new Sgd(0.05));
        Map<String, INDArray> weights = new java.util.HashMap<>();
        sd.variables().stream()
                .filter(v -> v.getVariableType() == org.nd4j.autodiff.samediff.VariableType.VARIABLE)
                .forEach(v -> weights.put(v.name(), v.getArr().dup()));
        DataSet batch = SmallNets.batch(DataType.DOUBLE, 3, 8);
        INDArray x = batch.getFeatures();
        INDArray y = batch.getLabels();
        INDArray xBefore = x.dup();
        INDArray yBefore = y.dup();
        RegularizedGraph graph = kind.attach(sd, LAMBDA);
        value(graph.total(), batch);
        sd.calculateGradients(feed(batch), "W1");
        weights.forEach((name, array) ->
                assertThat(sd.getVariable(name).getArr()).as(name).isEqualTo(array));
        sd.fit(new SingletonDataSetIterator(batch), 2);
        assertThat(x).isEqualTo(xBefore);
        assertThat(y).isEqualTo(yBefore);
    }

    private static double reportedByFit(SameDiff sd, DataSet batch) {
        History history = sd.fit(new SingletonDataSetIterator(batch), 1);
        return history.getLossCurve().getLossValues().getDouble(0);
    }

    private static double value(SDVariable variable, DataSet batch) {
        return variable.eval(feed(batch)).getDouble(0);
    }

    private static Map<String, INDArray> feed(DataSet batch) {
        return Map.of("x", batch.getFeatures(), "label", batch.getLabels());
    }
}
