package org.jacreg.bounds.measures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.classifier.Classifier;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Margins against hand-made numbers and counting. */
class MarginDistributionTest {

    private static final INDArray LOGITS =
            Nd4j.createFromArray(new double[][] {{3, 1, 2}, {0, 5, 1}, {1, 1, 0}, {2, 4, 9}});

    @Test
    void marginsByHand() {
        MarginDistribution d = MarginDistribution.of(LOGITS, Nd4j.createFromArray(0, 2, 1, 2));
        assertThat(d.margins()).containsExactly(1, -4, 0, 5);
        assertThat(d.quantile(0.25)).isEqualTo(-4);
        assertThat(d.quantile(0.5)).isEqualTo(0);
        assertThat(d.quantile(0.51)).isEqualTo(1);
        assertThat(d.quantile(1)).isEqualTo(5);
        assertThat(d.mean()).isEqualTo(0.5);
        assertThat(d.smallest()).isEqualTo(-4);
        assertThat(d.shareAtMost(0)).as("errors and ties").isEqualTo(0.5);
        assertThat(d.over(2).margins()).containsExactly(0.5, -2, 0, 2.5);
        assertThat(d.quantiles(5)).containsExactly(-4, -4, 0, 1, 5);
    }

    @Test
    void sameForClassifierAndNetwork() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 20, 4);
        INDArray y = SmallNets.labels(DataType.DOUBLE, 2, 20, 3);
        double[] a = MarginDistribution.of(Classifier.of(sd).build(), x, y).margins();
        double[] b = MarginDistribution.of(LayeredNetwork.of(sd), x, y).margins();
        assertThat(a).containsExactly(b, within(1e-12));
    }

    @Property(tries = 100, seed = "17")
    void quantileIsTheSmallestMarginWithEnoughBelow(
            @ForAll @Size(min = 1, max = 12) double[] raw, @ForAll @IntRange(min = 1, max = 100) int percent) {
        double[] values = Arrays.stream(raw).map(v -> Math.rint(v % 8)).toArray();
        double[][] logits =
                Arrays.stream(values).mapToObj(v -> new double[] {v, 0}).toArray(double[][]::new);
        MarginDistribution d =
                MarginDistribution.of(Nd4j.createFromArray(logits), Nd4j.zeros(DataType.INT32, values.length));
        double share = percent / 100.0;
        double quantile = d.quantile(share);
        assertThat(d.shareAtMost(quantile)).isGreaterThanOrEqualTo(share - 1e-9);
        double below = (double) Arrays.stream(values).filter(v -> v < quantile).count() / values.length;
        assertThat(below).isLessThan(share + 1e-9);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesScales(double scale) {
        MarginDistribution d = MarginDistribution.of(LOGITS, Nd4j.createFromArray(0, 2, 1, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> d.over(scale)).withMessageContaining("got " + scale);
    }

    @Test
    void refusesBadInput() {
        INDArray labels = Nd4j.createFromArray(0, 2, 1, 2);
        MarginDistribution d = MarginDistribution.of(LOGITS, labels);
        assertThatIllegalArgumentException().isThrownBy(() -> d.quantile(0));
        assertThatIllegalArgumentException().isThrownBy(() -> d.quantile(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> d.shareAtMost(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> d.quantiles(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MarginDistribution.of(LOGITS, Nd4j.createFromArray(0, 2, 1)))
                .withMessageContaining("got 3 for 4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MarginDistribution.of(Nd4j.ones(DataType.DOUBLE, 4, 1), labels))
                .withMessageContaining("two classes");
        INDArray nan = LOGITS.dup();
        nan.putScalar(1, 1, Double.NaN);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MarginDistribution.of(nan, labels))
                .withMessageContaining("sample 1");
    }
}
