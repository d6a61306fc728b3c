package org.jacreg.attacks.threat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.data.Offset.offset;

import java.util.Random;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class RegionTest {

    private static final InputBox UNIT = new InputBox(0, 1);
    private static final int ENTRIES = 7;

    private static INDArray centers(DataType type) {
        return Nd4j.createFromArray(new Random(1).doubles(5 * ENTRIES).toArray())
                .reshape(5, ENTRIES)
                .castTo(type);
    }

    /** The array form is written with other arithmetic, at least for l_inf and l2. */
    @ParameterizedTest
    @EnumSource(Norm.class)
    void rowsAreProjectedAsArraysAre(Norm norm) {
        INDArray x = centers(DataType.DOUBLE);
        NormBall ball = new NormBall(norm, .3);
        Region region = Region.of(ThreatModel.of(ball), x, UNIT);
        INDArray points = x.add(
                Nd4j.createFromArray(new Random(2).doubles(5 * ENTRIES, -1, 1).toArray())
                        .reshape(5, ENTRIES));
        double[][] rows = points.toDoubleMatrix();
        ball.around(x, UNIT).project(points);
        for (int n = 0; n < 5; n++) {
            region.project(n, rows[n]);
            assertThat(rows[n]).containsExactly(points.getRow(n).toDoubleVector(), offset(1e-14));
            assertThat(region.distance(n, rows[n])).isLessThanOrEqualTo(.3 + 1e-14);
        }
    }

    @ParameterizedTest
    @EnumSource(Norm.class)
    void rangesAndFrozenFeaturesHold(Norm norm) {
        INDArray x = Nd4j.createFromArray(new double[][] {{.5, .5, .5, .9}});
        FeatureLimits limits = FeatureLimits.none()
                .withRanges(new double[] {.45, 0, 0, 0}, new double[] {1, Double.POSITIVE_INFINITY, .5, .1})
                .withFrozen(false, false, false, true);
        ThreatModel threat = ThreatModel.of(new NormBall(norm, .4)).withLimits(limits);
        for (double towards : new double[] {-3, 3}) {
            INDArray points = x.add(towards);
            threat.around(x, UNIT).project(points);
            double[] p = points.toDoubleVector();
            assertThat(p[0]).isBetween(.45, 1.0);
            assertThat(p[2]).isBetween(0.0, .5);
            assertThat(p[3]).as("frozen, outside its range").isEqualTo(.9);
            assertThat(norm.distance(p, x.toDoubleVector())).isCloseTo(.4, offset(1e-12));
        }
        assertThat(threat).hasToString(norm + "(0.4)[" + limits + "]");
    }

    /** The mean distance of a uniform point from the center is D / (D + 1) of the radius, in the ball's own norm. */
    @ParameterizedTest
    @EnumSource(Norm.class)
    void randomPointsAreUniform(Norm norm) {
        Region region = Region.of(
                ThreatModel.of(new NormBall(norm, 2)), Nd4j.zeros(DataType.DOUBLE, 1, 3), InputBox.unbounded());
        double sum = 0;
        double inside = 0;
        int draws = 20000;
        for (int seed = 0; seed < draws; seed++) {
            double[] point = region.randomPoint(0, seed);
            double distance = region.distance(0, point);
            assertThat(distance).isLessThanOrEqualTo(2 + 1e-12);
            sum += distance;
            inside += distance <= 1 ? 1 : 0;
        }
        // standard deviation of a distance 0.39, of the mean 0.0027; of the share 1/8, 0.0023: five of them
        assertThat(sum / draws).isCloseTo(1.5, offset(.014));
        assertThat(inside / draws).isCloseTo(.125, offset(.012));
    }

    @Test
    void boundsAreThoseOfTheType() {
        INDArray x = Nd4j.createFromArray(new float[][] {{.1f, .05f}});
        Region region = Region.of(ThreatModel.of(NormBall.linf(1)), x, new InputBox(-.3, .1));
        assertThat(region.upper(0, 0)).isEqualTo((double) .1f);
        assertThat(region.lower(0, 1)).isEqualTo((double) -.3f);
    }

    @Test
    void limitsThatDoNotFitAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FeatureLimits.none().withRanges(new double[] {0, 1}, new double[] {1, .5}))
                .withMessageContaining("feature 1 has the range [1.0, 0.5]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FeatureLimits.none()
                        .withRanges(new double[2], new double[2])
                        .withFrozen(true))
                .withMessageContaining("expected 2 frozen features, one for every feature, got 1");
        ThreatModel narrow = ThreatModel.of(NormBall.l1(1))
                .withLimits(FeatureLimits.none().withRanges(new double[] {0}, new double[] {.4}));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> narrow.around(Nd4j.createFromArray(new double[][] {{.5}}), UNIT))
                .withMessageContaining("sample 0 has 0.5 at feature 0, outside the range [0.0, 0.4]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> narrow.around(Nd4j.createFromArray(new double[][] {{.1, .2}}), UNIT))
                .withMessageContaining("expected 1 ranges, one for every feature, got 2");
    }
}
