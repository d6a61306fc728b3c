package org.jacreg.attacks.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.jacreg.attacks.Pgd;
import org.jacreg.classifier.Classifier;
import org.jacreg.graph.QuietGradients;
import org.jacreg.training.RobustTrainer;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Plain {@code sd.fit} with the wrapping iterator is adversarial training. */
class AdversarialFitTest {

    private static final int ENTRIES = 51;
    private static final int SAMPLES = 200;
    private static final double EPSILON = .15;

    /**
     * Entry 0 tells the class by a wide margin and is wrong once in ten times; every other entry tells it always but only by
     * a hair, less than epsilon. Plain training uses the fifty weak entries, which an attacker can turn around; a robust
     * model must not (after Tsipras et al., "Robustness may be at odds with accuracy", arXiv 1805.12152).
     */
    private static DataSet data() {
        Random random = new Random(1);
        double[][] x = new double[SAMPLES][ENTRIES];
        double[][] y = new double[SAMPLES][2];
        for (int n = 0; n < SAMPLES; n++) {
            int label = n % 2;
            int sign = 2 * label - 1;
            int strong = random.nextInt(10) == 0 ? -sign : sign;
            x[n][0] = .4 * strong;
            for (int j = 1; j < ENTRIES; j++) {
                x[n][j] = .1 * sign + .02 * random.nextGaussian();
            }
            y[n][label] = 1;
        }
        return new DataSet(Nd4j.create(x), Nd4j.create(y));
    }

    private static SameDiff graph() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, ENTRIES);
        SDVariable y = sd.placeHolder("y", DataType.DOUBLE, -1, 2);
        SDVariable w = sd.var("w", Nd4j.zeros(DataType.DOUBLE, ENTRIES, 2));
        SDVariable b = sd.var("b", Nd4j.zeros(DataType.DOUBLE, 1, 2));
        SDVariable logits = x.mmul(w).add("logits", b);
        sd.loss.softmaxCrossEntropy("loss", y, logits, null);
        sd.setTrainingConfig(TrainingConfig.builder()
                .updater(new Sgd(.5))
                .dataSetFeatureMapping("x")
                .dataSetLabelMapping("y")
                .build());
        return sd;
    }

    private static double robustAccuracy(Classifier model, DataSet data) {
        return Pgd.linf(EPSILON)
                .steps(10)
                .seed(9)
                .build()
                .attack(model, data.getFeatures(), data.getLabels())
                .robustAccuracy();
    }

    /** The iterator attacks the weights of the moment, so nothing may be fetched ahead, by whichever loop. */
    @Test
    void theCompiledLoopTrainsTheSameModel() {
        SameDiff expected = graph();
        QuietGradients.create(expected);
        expected.fit(attacked(expected), 3);
        SameDiff actual = graph();
        RobustTrainer.of(actual).epochs(3).build().fit(attacked(actual));
        INDArray difference =
                actual.getVariable("w").getArr().sub(expected.getVariable("w").getArr());
        // Rounding of other orders of summation over six steps; the weights are of order 1.
        assertThat(difference.normmaxNumber().doubleValue()).isLessThanOrEqualTo(1e-12);
    }

    private static DataSetIterator attacked(SameDiff sd) {
        return AdversarialDataSetIterator.of(
                new ViewIterator(data(), 100),
                Classifier.of(sd).bounds(-1, 1).build(),
                seed -> Pgd.linf(EPSILON).steps(5).seed(seed).build(),
                3);
    }

    @Test
    void adversarialTrainingIsRobustWherePlainTrainingIsNot() {
        DataSet data = data();
        SameDiff plain = graph();
        plain.fit(new ViewIterator(data, 100), 30);
        Classifier plainModel = Classifier.of(plain).bounds(-1, 1).build();
        assertThat(robustAccuracy(plainModel, data)).as("plain").isLessThan(.3);

        SameDiff robust = graph();
        Classifier model = Classifier.of(robust).bounds(-1, 1).build();
        DataSetIterator train = AdversarialDataSetIterator.of(
                new ViewIterator(data, 100),
                model,
                seed -> Pgd.linf(EPSILON).steps(4).seed(seed).build(),
                7);
        robust.fit(train, 30);
        assertThat(robustAccuracy(model, data)).as("robust").isGreaterThan(.8);
    }

    /** The attack meets the weights of the moment: the second batch is attacked against the weights after the first. */
    @Test
    void attackFollowsTheWeights() {
        SameDiff sd = graph();
        Classifier model = Classifier.of(sd).bounds(-1, 1).build();
        DataSet data = data();
        DataSetIterator train = AdversarialDataSetIterator.of(
                new ViewIterator(data, SAMPLES),
                model,
                seed -> Pgd.linf(EPSILON).steps(1).randomStart(false).build(),
                7);
        INDArray before = train.next().getFeatures();
        assertThat(before.distance2(data.getFeatures()))
                .as("all weights are zero")
                .isZero();
        train.reset();
        sd.fit(train, 1);
        train.reset();
        INDArray after = train.next().getFeatures();
        assertThat(after.distance2(data.getFeatures())).isGreaterThan(1);
    }
}
