package org.jacreg.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.data.Offset;
import org.jacreg.graph.QuietGradients;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.evaluation.regression.RegressionEvaluation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.adapter.SingletonMultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** Evaluation through the compiled graph, and how data sets reach placeholders. */
class EvaluationTest {

    @Test
    void itIsSameDiffsEvaluation() {
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        Evaluation expected = new Evaluation();
        RegressionEvaluation errors = new RegressionEvaluation();
        sd.evaluate(Twins.batches(), SmallNets.LOGITS, expected, errors);
        Evaluation actual = new Evaluation();
        RegressionEvaluation ours = new RegressionEvaluation();
        RobustTrainer.of(sd).build().evaluate(Twins.batches(), SmallNets.LOGITS, actual, ours);
        assertThat(actual.getConfusion()).isEqualTo(expected.getConfusion());
        assertThat(actual.getNumRowCounter()).isEqualTo(10);
        assertThat(ours.averageMeanSquaredError()).isEqualTo(errors.averageMeanSquaredError());
        assertThatThrownBy(() -> RobustTrainer.of(sd).build().evaluate(Twins.batches(), SmallNets.LOGITS))
                .hasMessageContaining("at least one evaluation");
        assertThatThrownBy(() -> RobustTrainer.of(sd).build().evaluate(Twins.batches(), "nothing", new Evaluation()))
                .hasMessageContaining("'nothing'");
    }

    @Test
    void trainingEvaluationsAreOfTheWeightsBeforeEachUpdate() {
        SameDiff sd = Twins.mlp(new Sgd(0.0), config -> config.trainEvaluation(SmallNets.LOGITS, 0, new Evaluation()));
        Evaluation expected = new Evaluation();
        RobustTrainer.of(sd).build().evaluate(Twins.batches(), SmallNets.LOGITS, expected);
        TrainingHistory history = Twins.train(sd, 2);
        assertThat(history.last().evaluations().getValue(SmallNets.LOGITS, Evaluation.Metric.ACCURACY))
                .isEqualTo(expected.accuracy());
        Evaluation evaluation = history.last().evaluations().evaluation(SmallNets.LOGITS);
        assertThat(evaluation.getNumRowCounter()).as("fresh in every epoch").isEqualTo(10);
    }

    /** Two inputs, two labels and a mask, of another type than the placeholders. */
    private static SameDiff two() {
        SameDiff sd = SameDiff.create();
        SDVariable a = sd.placeHolder("a", DataType.DOUBLE, -1, 2);
        SDVariable b = sd.placeHolder("b", DataType.DOUBLE, -1, 3);
        SDVariable mask = sd.placeHolder("mask", DataType.DOUBLE, -1, 1);
        SDVariable u = sd.placeHolder("u", DataType.DOUBLE, -1, 2);
        SDVariable v = sd.placeHolder("v", DataType.DOUBLE, -1, 2);
        SDVariable w = sd.var("w", SmallNets.inputs(DataType.DOUBLE, 3, 2, 2));
        SDVariable z = sd.var("z", SmallNets.inputs(DataType.DOUBLE, 4, 3, 2));
        SDVariable first = sd.math().tanh("first", a.mmul(w));
        SDVariable second = b.mmul("second", z);
        SDVariable errors = sd.math().square(first.sub(u)).add(sd.math().square(second.sub(v)));
        errors.mul(mask).mean("loss");
        sd.setLossVariables("loss");
        sd.setTrainingConfig(TrainingConfig.builder()
                .updater(new Adam(0.1))
                .dataSetFeatureMapping("a", "b")
                .dataSetLabelMapping("u", "v")
                .dataSetFeatureMaskMapping(null, "mask")
                .build());
        return sd;
    }

    private static MultiDataSet data() {
        INDArray mask = Nd4j.createFromArray(new float[][] {{1}, {0}, {1}, {1}, {0}});
        return new MultiDataSet(
                new INDArray[] {SmallNets.inputs(DataType.FLOAT, 1, 5, 2), SmallNets.inputs(DataType.FLOAT, 2, 5, 3)},
                new INDArray[] {SmallNets.inputs(DataType.FLOAT, 3, 5, 2), SmallNets.inputs(DataType.FLOAT, 4, 5, 2)},
                new INDArray[] {Nd4j.ones(5, 1), mask},
                null);
    }

    @Test
    void severalInputsLabelsAndMasksOfAnotherTypeAreMapped() {
        SameDiff expected = two();
        SameDiff actual = two();
        QuietGradients.create(expected);
        expected.fit(new SingletonMultiDataSetIterator(data()), 3);
        RobustTrainer.of(actual).epochs(3).build().fit(new SingletonMultiDataSetIterator(data()));
        Twins.assertAlike(actual, expected, Twins.ROUNDING);
        RegressionEvaluation evaluation = new RegressionEvaluation();
        MultiDataSet given = data();
        RobustTrainer.of(actual).build().evaluate(new SingletonMultiDataSetIterator(given), "second", 1, evaluation);
        INDArray difference = given.getFeatures(1)
                .castTo(DataType.DOUBLE)
                .mmul(actual.getVariable("z").getArr())
                .sub(given.getLabels(1).castTo(DataType.DOUBLE));
        double expectedError = difference.mul(difference).meanNumber().doubleValue();
        assertThat(evaluation.averageMeanSquaredError()).isCloseTo(expectedError, Offset.offset(1e-12));
        assertThat(given.getFeatures(0).dataType()).as("the caller's data").isEqualTo(DataType.FLOAT);
        assertThatThrownBy(() -> RobustTrainer.of(actual)
                        .build()
                        .evaluate(new SingletonMultiDataSetIterator(data()), "second", 2, evaluation))
                .hasMessageContaining("no number 2");
    }

    @Test
    void dataThatDoesNotFitTheMappingIsRefused() {
        SameDiff sd = two();
        MultiDataSet unmasked = data();
        unmasked.setFeaturesMaskArrays(null);
        assertThatThrownBy(() -> RobustTrainer.of(sd).build().fit(new SingletonMultiDataSetIterator(unmasked)))
                .hasMessageContaining("no feature masks number 1")
                .hasMessageContaining("'mask'");
        DataSet single = SmallNets.batch(DataType.DOUBLE, 1, 4);
        assertThatThrownBy(() -> RobustTrainer.of(sd).build().fit(new ViewIterator(single, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maps 2 feature arrays, to [a, b], but the data set has 1");
        SameDiff misspelt = Twins.mlp(new Sgd(0.1));
        misspelt.getTrainingConfig().setDataSetFeatureMapping(List.of("y"));
        assertThatThrownBy(() -> Twins.train(misspelt, 1)).hasMessageContaining("'y'");
        misspelt.getTrainingConfig().setDataSetFeatureMapping(null);
        assertThatThrownBy(() -> Twins.train(misspelt, 1)).hasMessageContaining("dataSetFeatureMapping");
    }
}
