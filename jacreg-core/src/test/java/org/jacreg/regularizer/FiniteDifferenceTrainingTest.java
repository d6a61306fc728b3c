package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jacreg.graph.GradientFailure;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.QuietGradients;
import org.jacreg.jacobian.FiniteDifference;
import org.jacreg.jacobian.FiniteDifferenceGraph;
import org.jacreg.nets.CentralDifferences;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.custom.Lgamma;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMActivations;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDataFormat;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDirectionMode;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMLayerConfig;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMLayerWeights;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** Networks regularized by finite differences: no derivative rule is used, SameDiff's own gradients are. */
class FiniteDifferenceTrainingTest {

    private static final int STEPS = 5;

    /** [N, 3 features, 5 steps] - LSTM of 4 units, the whole sequence - dense to 3 classes. */
    private static SameDiff lstm() {
        SameDiff sd = SameDiff.create();
        Random random = new Random(21);
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3, STEPS);
        LSTMLayerWeights weights = LSTMLayerWeights.builder()
                .weights(sd.var("Wx", SmallNets.normal(DataType.DOUBLE, random, 0.5, 3, 16)))
                .rWeights(sd.var("Wr", SmallNets.normal(DataType.DOUBLE, random, 0.5, 4, 16)))
                .bias(sd.var("b", SmallNets.normal(DataType.DOUBLE, random, 0.3, 16)))
                .build();
        LSTMLayerConfig config = LSTMLayerConfig.builder()
                .lstmdataformat(LSTMDataFormat.NST)
                .directionMode(LSTMDirectionMode.FWD)
                .gateAct(LSTMActivations.SIGMOID)
                .cellAct(LSTMActivations.TANH)
                .outAct(LSTMActivations.TANH)
                .retFullSequence(true)
                .retLastC(false)
                .retLastH(false)
                .build();
        SDVariable sequence = sd.rnn().lstmLayer(x, null, null, null, weights, config)[0];
        SDVariable flat = sd.reshape(sequence, -1, 4 * STEPS);
        SDVariable w = sd.var("W", SmallNets.normal(DataType.DOUBLE, random, 0.5, 4 * STEPS, 3));
        SDVariable logits = flat.mmul("logits", w);
        SDVariable label = sd.placeHolder("label", DataType.DOUBLE, -1, 3);
        sd.loss().softmaxCrossEntropy("loss", label, logits, null);
        return sd;
    }

    private static SDVariable penalty(SameDiff sd, FiniteDifference setting) {
        FiniteDifferenceGraph graph = FiniteDifferenceGraph.of(GraphModel.of(sd), null);
        return GraphDecoration.add(sd, () -> {
            SDVariable sum = graph.differences(setting).stream()
                    .map(sd::squaredNorm)
                    .reduce(SDVariable::add)
                    .orElseThrow();
            SDVariable samples = sd.sizeAt(sd.getVariable("logits"), 0).castTo(DataType.DOUBLE);
            return sum.div(samples).div(setting.directions());
        });
    }

    @Test
    void anLstmsPenaltyIsItsMeanSquaredJacobian() {
        SameDiff sd = lstm();
        INDArray one = SmallNets.inputs(DataType.DOUBLE, 5, 1, 3, STEPS);
        double exact = 0;
        for (int i = 0; i < one.length(); i++) {
            INDArray unit = one.mul(0);
            unit.putScalar(i, 1);
            for (int c = 0; c < 3; c++) {
                int k = c;
                exact += Math.pow(
                        CentralDifferences.alongDirection(
                                one,
                                unit,
                                () -> sd.outputSingle(Map.of("x", one), "logits")
                                        .getDouble(0, k)),
                        2);
            }
        }
        SDVariable penalty = penalty(sd, FiniteDifference.central().withDirections(2));
        Nd4j.getRandom().setSeed(17);
        int samples = 1000;
        INDArray x = Nd4j.tile(one, samples, 1, 1);
        double mean = 0;
        for (int run = 0; run < 5; run++) {
            mean += sd.output(Map.of("x", x), penalty.name())
                            .get(penalty.name())
                            .getDouble(0)
                    / 5;
        }
        // 10000 directions of relative variance below 2: four standard errors.
        assertThat(Math.abs(mean / exact - 1)).isLessThan(4 * Math.sqrt(2.0 / 10000));
    }

    @Test
    void anLstmsWeightsGetTheGradientOfThePenalty() {
        SameDiff sd = lstm();
        SDVariable penalty = penalty(sd, FiniteDifference.central().withStep(0.01));
        sd.setLossVariables(penalty.name());
        Map<String, INDArray> fed = new HashMap<>(Map.of("x", SmallNets.inputs(DataType.DOUBLE, 5, 4, 3, STEPS)));
        List<String> names = List.of("Wx", "Wr", "b", "W");
        QuietGradients.create(sd);
        Nd4j.getRandom().setSeed(3);
        Map<String, INDArray> gradients = sd.calculateGradients(fed, names);
        for (String name : names) {
            INDArray expected = CentralDifferences.gradient(sd.getVariable(name).getArr(), () -> {
                Nd4j.getRandom().setSeed(3);
                return sd.output(fed, penalty.name()).get(penalty.name()).getDouble(0);
            });
            double scale = expected.normmaxNumber().doubleValue();
            assertThat(scale).as(name).isGreaterThan(1e-3);
            // With step 0.01 the emitted difference has rounding 1e-14; the outer one is off by 1e-9.
            assertThat(gradients.get(name).sub(expected).normmaxNumber().doubleValue() / scale)
                    .as(name)
                    .isLessThan(1e-7);
        }
    }

    @Test
    void anLstmTrainsWithThePenaltyThroughFit() {
        DataSet batch = new DataSet(
                SmallNets.inputs(DataType.DOUBLE, 5, 16, 3, STEPS), SmallNets.labels(DataType.DOUBLE, 6, 16, 3));
        double[] norms = new double[2];
        for (int penalised = 0; penalised < 2; penalised++) {
            SameDiff sd = SmallNets.training(lstm(), new Adam(0.02));
            SDVariable penalty = penalty(sd, FiniteDifference.central().withDirections(2));
            sd.setLossVariables(
                    sd.getVariable("loss").add("total", penalty.mul(penalised)).name());
            QuietGradients.create(sd);
            Nd4j.getRandom().setSeed(3);
            sd.fit(new SingletonDataSetIterator(batch), 60);
            norms[penalised] = sd.output(Map.of("x", batch.getFeatures()), penalty.name())
                    .get(penalty.name())
                    .getDouble(0);
        }
        assertThat(norms[1]).isLessThan(0.2 * norms[0]);
    }

    /** The copies are in order, but nothing can be trained through this op, and the explanation says so. */
    @Test
    void anOpWithoutGradientInNd4jIsNamed() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3);
        SDVariable w = sd.var("W", SmallNets.inputs(DataType.DOUBLE, 1, 3, 3));
        sd.identity("logits", new Lgamma(sd, sd.math().exp(x.mmul(w))).outputVariable());
        sd.setLossVariables(sd.squaredNorm("loss", sd.getVariable("logits")).name());
        GraphModel model = GraphModel.builder(sd).input("x").logits("logits").build();
        FiniteDifferenceGraph graph = FiniteDifferenceGraph.of(model, null);
        SDVariable difference = GraphDecoration.add(sd, () -> graph.differences(FiniteDifference.central()))
                .get(0);
        sd.setLossVariables(sd.squaredNorm(difference).name());
        assertThatThrownBy(() -> QuietGradients.create(sd)).isInstanceOfSatisfying(RuntimeException.class, e -> {
            assertThat(GradientFailure.explain(sd, e))
                    .startsWith("ND4J fails to differentiate op 'lgamma' computing [")
                    .contains("evaluated but not trained");
        });
    }
}
