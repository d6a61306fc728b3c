package org.jacreg.attacks.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.jacreg.attacks.ClosedFormNet;
import org.jacreg.classifier.Classifier;
import org.jacreg.nets.PreparedObjective;
import org.jacreg.nets.SmallNets;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.training.EpochRecord;
import org.jacreg.training.Objective;
import org.jacreg.training.RobustTrainer;
import org.jacreg.training.TrainingHistory;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** What is fed, attacked and reported. */
class RobustSessionTest {

    private static final int CLASSES = 3;
    private static final int SAMPLES = 6;

    private final INDArray x = Nets.inputs(DataType.DOUBLE, 1, SAMPLES);
    private final int[] classes = Nets.classes(2, SAMPLES, CLASSES);
    private final INDArray labels = Rows.oneHot(classes, CLASSES, DataType.DOUBLE);

    private ViewIterator data() {
        return new ViewIterator(new DataSet(x, labels), SAMPLES);
    }

    private double crossEntropy(SameDiff sd, INDArray at) {
        double[][] z = Classifier.of(sd).build().logits(at).toDoubleMatrix();
        double sum = 0;
        for (int n = 0; n < SAMPLES; n++) {
            sum += ClosedFormNet.crossEntropy(z[n], classes[n]);
        }
        return sum / SAMPLES;
    }

    /** The weights stand still, so that the losses of the history can be computed again. */
    @Test
    void validationIsAttackedToo() {
        SameDiff sd = Nets.trained(Nets.mlp(DataType.DOUBLE, CLASSES), new Sgd(0));
        PgdAdversarialTraining objective = PgdAdversarialTraining.linf(.2).build();
        TrainingHistory history = RobustTrainer.of(sd)
                .objective(objective)
                .validation(data())
                .build()
                .fit(data());
        InnerSearch search =
                new InnerSearch(objective.options().attack(), Classifier.of(sd).build());
        double training = crossEntropy(sd, search.run(x, labels, 0, false).points());
        double validation = crossEntropy(sd, search.run(x, labels, 1, false).points());
        String name = "jacreg/objective/attacked";
        EpochRecord last = history.last();
        assertThat(last.losses().get(name)).isCloseTo(training, Offset.offset(1e-12));
        assertThat(last.validation().orElseThrow().losses().get(name)).isCloseTo(validation, Offset.offset(1e-12));
        assertThat(validation).isGreaterThan(crossEntropy(sd, x) + .01);
        // Other draws.
        assertThat(validation).isNotEqualTo(training);
    }

    @Test
    void scheduledPenaltiesFollowTheirSchedule() {
        SameDiff sd = Nets.mlp(DataType.DOUBLE, CLASSES);
        MapSchedule lambda = new MapSchedule(ScheduleType.EPOCH, Map.of(0, .5, 1, .125));
        JacobianRegularizer.frobenius(sd).lambda(lambda).name("smooth").attach();
        TrainingHistory history = RobustTrainer.of(sd)
                .epochs(2)
                .objective(Trades.linf(.1).build())
                .build()
                .fit(data());
        for (int epoch = 0; epoch < 2; epoch++) {
            EpochRecord record = history.epochs().get(epoch);
            assertThat(record.losses().get("jacreg/objective/penalty_of/smooth"))
                    .isCloseTo(lambda.valueAt(0, epoch) * record.penalties().get("smooth"), Offset.offset(1e-12));
        }
    }

    @Test
    void lossesMayBeNamedByTheConfigurationAlone() {
        SameDiff sd = Nets.mlp(DataType.DOUBLE, CLASSES);
        SDVariable norm = sd.math().square(sd.getVariable("W1")).sum("norm");
        sd.setLossVariables(new String[0]);
        sd.setTrainingConfig(TrainingConfig.builder()
                .updater(new Sgd(.1))
                .dataSetFeatureMapping("x")
                .dataSetLabelMapping("label")
                .minimize("loss", norm.name())
                .build());
        TrainingHistory history =
                RobustTrainer.of(sd).objective(Mart.linf(.1).build()).build().fit(data());
        assertThat(history.last().losses())
                .containsOnlyKeys("jacreg/objective/attacked", "jacreg/objective/divergence", "norm");
        assertThat(sd.getLossVariables()).isEmpty();
    }

    @Test
    void helpersLieBeyondTheAttackedInputWithTheTeachersLabels() {
        Classifier teacher =
                Classifier.of(Nets.mlp(DataType.DOUBLE, CLASSES, 99)).build();
        Objective objective = Hat.linf(.2, teacher).distance(3).build();
        try (PreparedObjective prepared =
                new PreparedObjective(Nets.mlp(DataType.DOUBLE, CLASSES), objective, x, labels)) {
            double[][] attacked = prepared.fed().get(Branches.ATTACKED).toDoubleMatrix();
            double[][] helper = prepared.fed().get(Branches.HELPER).toDoubleMatrix();
            double[][] said = prepared.fed().get(Branches.HELPER_TARGETS).toDoubleMatrix();
            double[][] answers =
                    teacher.logits(prepared.fed().get(Branches.ATTACKED)).toDoubleMatrix();
            for (int n = 0; n < SAMPLES; n++) {
                for (int j = 0; j < Nets.INPUTS; j++) {
                    double expected = 3 * attacked[n][j] - 2 * x.getDouble(n, j);
                    assertThat(helper[n][j]).isCloseTo(expected, Offset.offset(1e-12));
                }
                int top = 0;
                for (int c = 1; c < CLASSES; c++) {
                    top = answers[n][c] > answers[n][top] ? c : top;
                }
                for (int c = 0; c < CLASSES; c++) {
                    assertThat(said[n][c]).isEqualTo(c == top ? 1 : 0);
                }
            }
        }
    }

    @Test
    void float32TrainsAsFloat64() {
        for (Objective objective : List.of(
                PgdAdversarialTraining.l2(.1)
                        .attack(a -> a.steps(2).start(InnerStart.INPUT))
                        .build(),
                Trades.l2(.1).attack(a -> a.steps(2)).build(),
                Mart.l2(.1).attack(a -> a.steps(2)).build())) {
            SameDiff single = Nets.mlp(DataType.FLOAT, CLASSES);
            SameDiff twice = Nets.mlp(DataType.DOUBLE, CLASSES);
            RobustTrainer.of(single).epochs(3).objective(objective).build().fit(data());
            RobustTrainer.of(twice).epochs(3).objective(objective).build().fit(data());
            SmallNets.weights(twice).forEach((name, weight) -> {
                INDArray difference = SmallNets.weights(single)
                        .get(name)
                        .castTo(DataType.DOUBLE)
                        .sub(weight);
                // Rounding of float32 over three steps.
                // epsilon.
                assertThat(difference.normmaxNumber().doubleValue()).as(name).isLessThan(1e-5);
            });
        }
    }

    @Test
    void randomOpsAreRefused() {
        SameDiff sd = SameDiff.create();
        SDVariable input = sd.placeHolder("x", DataType.DOUBLE, -1, 4);
        SDVariable label = sd.placeHolder("label", DataType.DOUBLE, -1, 3);
        SDVariable w = sd.var("W", Nets.normal(DataType.DOUBLE, new java.util.Random(1), 1, 4, 3));
        SDVariable noise = sd.random().normal(0, 1, DataType.DOUBLE, 1, 3);
        sd.loss().softmaxCrossEntropy("loss", label, input.mmul(w).mul("logits", noise), null);
        byte[] before = sd.asFlatBuffers(true).array().clone();
        assertThatThrownBy(() -> Trades.linf(.1).build().start(sd)).isInstanceOf(IllegalArgumentException.class);
        assertThat(sd.asFlatBuffers(true).array()).isEqualTo(before);
    }
}
