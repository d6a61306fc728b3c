package org.jacreg.attacks.objective;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.jacreg.attacks.Pgd;
import org.jacreg.classifier.Classifier;
import org.jacreg.training.Objective;
import org.jacreg.training.RobustTrainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Every objective makes a model robust where plain training does not. */
class RobustTrainingTest {

    private static final int ENTRIES = 51;
    private static final int SAMPLES = 200;
    private static final double EPSILON = .15;

    /**
     * Entry 0 tells the class by a wide margin and is wrong once in ten times; every other entry tells it always but only by
     * a hair, less than epsilon (after Tsipras et al., "Robustness may be at odds with accuracy", arXiv 1805.12152).
     */
    private static DataSet data() {
        Random random = new Random(1);
        double[][] x = new double[SAMPLES][ENTRIES];
        double[][] y = new double[SAMPLES][2];
        for (int n = 0; n < SAMPLES; n++) {
            int label = n % 2;
            int sign = 2 * label - 1;
            x[n][0] = .4 * (random.nextInt(10) == 0 ? -sign : sign);
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
        SDVariable y = sd.placeHolder("label", DataType.DOUBLE, -1, 2);
        SDVariable w = sd.var("w", Nd4j.zeros(DataType.DOUBLE, ENTRIES, 2));
        SDVariable b = sd.var("b", Nd4j.zeros(DataType.DOUBLE, 1, 2));
        sd.loss.softmaxCrossEntropy("loss", y, x.mmul(w).add("logits", b), null);
        return Nets.trained(sd, new Sgd(.1));
    }

    private static double robustAccuracy(SameDiff sd) {
        DataSet data = data();
        return Pgd.linf(EPSILON)
                .steps(10)
                .seed(9)
                .build()
                .attack(Classifier.of(sd).bounds(-1, 1).build(), data.getFeatures(), data.getLabels())
                .robustAccuracy();
    }

    private static SameDiff plain() {
        SameDiff sd = graph();
        RobustTrainer.of(sd).epochs(60).build().fit(new ViewIterator(data(), 100));
        return sd;
    }

    static List<Objective> objectives() {
        Classifier teacher = Classifier.of(plain()).bounds(-1, 1).build();
        return List.of(
                PgdAdversarialTraining.linf(EPSILON).attack(a -> a.steps(4)).build(),
                FastAdversarialTraining.linf(EPSILON).build(),
                Trades.linf(EPSILON).attack(a -> a.steps(4)).build(),
                Mart.linf(EPSILON).attack(a -> a.steps(4)).build(),
                Arow.linf(EPSILON).attack(a -> a.steps(4)).build(),
                Hat.linf(EPSILON, teacher).attack(a -> a.steps(4)).build(),
                FreeAdversarialTraining.linf(EPSILON).bounds(-1, 1).replays(4).build(),
                AdversarialWeightPerturbation.over(PgdAdversarialTraining.linf(EPSILON)
                                .attack(a -> a.steps(4))
                                .build())
                        .build());
    }

    @Test
    void plainTrainingIsNotRobust() {
        assertThat(robustAccuracy(plain())).isLessThan(.3);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objectives")
    void robustTrainingIs(Objective objective) {
        SameDiff sd = graph();
        RobustTrainer.of(sd).epochs(60).objective(objective).build().fit(new ViewIterator(data(), 100));
        assertThat(robustAccuracy(sd)).isGreaterThan(.8);
    }
}
