package org.jacreg.bounds.certify.smoothing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CancellationException;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.jacreg.classifier.Classifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class RandomizedSmoothingTest {

    /** Logits {@code (<w, x>, 0)}: smoothing changes nothing, and the distance to the boundary is {@code |<w, x>| / ||w||}. */
    private static Classifier linear(DataType type) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("input", type, -1, 3);
        SDVariable w = sd.var(
                "w",
                Nd4j.createFromArray(new double[][] {{2, 0}, {-1, 0}, {2, 0}}).castTo(type));
        x.mmul("logits", w);
        return Classifier.of(sd).input("input").logits("logits").build();
    }

    private static INDArray inputs(DataType type) {
        // <w, x> = 3, 0.6, -1.5, and 0 on the boundary itself
        return Nd4j.createFromArray(new double[][] {{1, 1, 1}, {.3, 0, 0}, {0, 1.5, 0}, {.5, 2, .5}})
                .castTo(type);
    }

    private static final double[] DISTANCES = {1, .2, .5, 0};

    @ParameterizedTest
    @ValueSource(strings = {"FLOAT", "DOUBLE"})
    void radiiOfALinearModelStayBelowTheDistanceAndComeNearIt(String type) {
        DataType data = DataType.valueOf(type);
        List<SmoothedRadius> radii = RandomizedSmoothing.of(linear(data), .5)
                .samples(20_000)
                .seed(5)
                .build()
                .certify(inputs(data));
        for (int n = 0; n < 3; n++) {
            assertThat(radii.get(n).topClass()).isEqualTo(n == 2 ? 1 : 0);
            // fails once in a thousand seeds, and this is one
            assertThat(radii.get(n).radius()).isLessThanOrEqualTo(DISTANCES[n]);
            double p = new NormalDistribution().cumulativeProbability(DISTANCES[n] / .5);
            // the bound lies 3.1 standard deviations below the mean; twice that is another one in a thousand
            double low = p - 6.5 * Math.sqrt(p * (1 - p) / 20_000);
            assertThat(radii.get(n).lowerProbability()).isBetween(low, p);
        }
        assertThat(radii.get(3).abstains()).isTrue();
        assertThat(radii.get(3).radius()).isZero();
    }

    /** Over many seeds the bound may exceed the true probability in a share alpha of them: here 10 of 200 expected, at most. */
    @Test
    void certificatesFailNoOftenerThanAllowed() {
        Classifier model = linear(DataType.DOUBLE);
        INDArray x = inputs(DataType.DOUBLE);
        double p = new NormalDistribution().cumulativeProbability(.2 / .5);
        int failures = 0;
        for (int seed = 0; seed < 200; seed++) {
            SmoothedRadius radius = RandomizedSmoothing.of(model, .5)
                    .samples(200)
                    .selectionSamples(20)
                    .alpha(.05)
                    .seed(seed)
                    .build()
                    .certify(x)
                    .get(1);
            failures += radius.topClass() == 0 && radius.lowerProbability() > p ? 1 : 0;
        }
        // 10 expected at most, standard deviation 3.1: 23 is four of these away; and draws that never vary would never
        // fail
        assertThat(failures).isBetween(1, 23);
    }

    @Test
    void resultsDependOnSeedAndValuesAlone() {
        Classifier model = linear(DataType.DOUBLE);
        INDArray x = inputs(DataType.DOUBLE);
        RandomizedSmoothing.Builder builder =
                RandomizedSmoothing.of(model, .5).samples(700).seed(3);
        List<SmoothedRadius> all = builder.batchSize(500).build().certify(x);
        assertThat(builder.batchSize(64).build().certify(x)).isEqualTo(all);
        INDArray second = Nd4j.createFromArray(new double[][] {{.3, 0, 0}});
        assertThat(builder.build().certify(second).get(0)).isEqualTo(all.get(1));
        assertThat(builder.seed(4).build().certify(x)).isNotEqualTo(all);
        assertThat(x).isEqualTo(inputs(DataType.DOUBLE));
    }

    @Test
    void predictionsAbstainWhereCountsAreClose() {
        RandomizedSmoothing smoothing = RandomizedSmoothing.of(linear(DataType.DOUBLE), .5)
                .selectionSamples(400)
                .seed(1)
                .build();
        List<SmoothedPrediction> predictions = smoothing.predict(inputs(DataType.DOUBLE));
        assertThat(predictions.get(0).topClass()).isZero();
        assertThat(predictions.get(0).abstains()).isFalse();
        assertThat(predictions.get(2).topClass()).isEqualTo(1);
        assertThat(predictions.get(3).abstains()).isTrue();
    }

    @Test
    void tiesAndNaNCountForNoClass() {
        assertThat(NoisyAnswers.top(new double[] {1, 2, 2})).isEqualTo(-1);
        assertThat(NoisyAnswers.top(new double[] {2, 2, 3})).isEqualTo(2);
        assertThat(NoisyAnswers.top(new double[] {1, Double.NaN, 0})).isEqualTo(-1);
        assertThat(NoisyAnswers.top(new double[] {Double.NaN, 1, 0})).isEqualTo(-1);
        assertThat(NoisyAnswers.top(new double[] {3, 1, 2})).isZero();
    }

    @Test
    void theLargestRadiusIsThatOfAllDraws() {
        RandomizedSmoothing.Options options =
                RandomizedSmoothing.of(linear(DataType.DOUBLE), 1).build().options();
        // sigma Phi^-1(0.001^(1/100000)): 3.81 sigma, as the paper says
        assertThat(options.largestRadius()).isBetween(3.81, 3.82);
        assertThat(RandomizedSmoothing.of(linear(DataType.DOUBLE), 1)
                        .samples(9)
                        .build()
                        .options()
                        .largestRadius())
                .as("nine draws of nine prove no majority at one in a thousand")
                .isZero();
    }

    @Test
    void anInterruptEndsIt() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> RandomizedSmoothing.of(linear(DataType.DOUBLE), 1)
                        .build()
                        .certify(inputs(DataType.DOUBLE)))
                .isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void progressAddsUp() {
        long[] drawn = {0};
        RandomizedSmoothing.of(linear(DataType.DOUBLE), 1)
                .samples(1200)
                .progress(size -> drawn[0] += size)
                .build()
                .certify(inputs(DataType.DOUBLE));
        assertThat(drawn[0]).isEqualTo(4 * 1300);
    }

    /** At alpha 0.001 nine draws of nine leave a probability of 0.46, ten of ten one of 0.501. */
    @Test
    void tooFewSamplesForAlphaAreRefused() {
        INDArray x = Nd4j.createFromArray(new double[][] {{5, 0, 0}});
        RandomizedSmoothing nine =
                RandomizedSmoothing.of(linear(DataType.DOUBLE), .01).samples(9).build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> nine.certify(x))
                .withMessageContaining("9 samples")
                .withMessageContaining("alpha 0.001")
                .withMessageContaining("at least 10");
        assertThat(nine.predict(x)).hasSize(1);
        assertThat(RandomizedSmoothing.of(linear(DataType.DOUBLE), .01)
                        .samples(10)
                        .build()
                        .certify(x))
                .noneMatch(SmoothedRadius::abstains);
    }

    @Test
    void badInputIsNamed() {
        Classifier model = linear(DataType.DOUBLE);
        for (double sigma : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RandomizedSmoothing.of(model, sigma).build())
                    .withMessageContaining("sigma")
                    .withMessageContaining("" + sigma);
        }
        for (double alpha : new double[] {0, .5, -1, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> RandomizedSmoothing.of(model, 1).alpha(alpha).build())
                    .withMessageContaining("alpha");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RandomizedSmoothing.of(model, 1).samples(0).build())
                .withMessageContaining("samples");
        RandomizedSmoothing smoothing = RandomizedSmoothing.of(model, 1).build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> smoothing.certify(Nd4j.zeros(DataType.DOUBLE, 2, 4)))
                .withMessageContaining("[2, 4]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> smoothing.predict(Nd4j.createFromArray(new double[][] {{1, Double.NaN, 0}})))
                .withMessageContaining("NaN");
    }
}
