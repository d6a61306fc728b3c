package org.jacreg.jacobian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Estimates of squared Frobenius norms: exactness, scatter, honest standard errors, seeds. */
class JacobianEstimatorTest {

    private static final double[][] W = {{1, -2, 0.3}, {0.5, 1, -1}, {-1, 0.25, 0}, {2, 2, 1}};
    private static final double EXACT = Nd4j.createFromArray(W).norm2Number().doubleValue()
            * Nd4j.createFromArray(W).norm2Number().doubleValue();

    private static JacobianEstimator ofLinear() {
        return JacobianEstimator.of(SmallNets.linear(W, new double[4]));
    }

    @Test
    void exactProjectionsGiveTheNorm() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 3, 6, 4);
        FrobeniusEstimate e =
                JacobianEstimator.of(sd).projections(Projections.exact()).estimate(x);
        INDArray norms = Jacobian.of(sd).norms(x).frobenius();
        assertThat(e.isExact()).isTrue();
        // The same rows, summed in another order.
        assertThat(e.squared().sub(norms.mul(norms)).normmaxNumber().doubleValue())
                .isLessThan(1e-12 * e.mean());
        assertThat(e.standardErrors().orElseThrow().maxNumber().doubleValue()).isZero();
        assertThat(e.standardErrorOfMean().orElseThrow()).isZero();
        assertThat(e.standardErrorOverInputs().orElseThrow()).isGreaterThan(0);
        assertThat(e.projections()).isEmpty();
    }

    /**
     * Over 4000 samples of one linear model the estimates scatter as they say: mean square error, stated squared error and
     * formula agree.
     */
    @ParameterizedTest
    @CsvSource({
        "UNIT_SPHERE, 3",
        "GAUSSIAN, 3",
        "RADEMACHER, 3",
        "ORTHOGONAL, 2",
        "ORTHOGONAL, 3",
        "ORTHOGONAL, 6",
    })
    void standardErrorsAreHonest(Directions directions, int count) {
        int samples = 4000;
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, samples, 3);
        FrobeniusEstimate e = ofLinear()
                .projections(Projections.count(count))
                .directions(directions)
                .seed(5)
                .estimate(x);
        INDArray w = Nd4j.createFromArray(W);
        INDArray a = w.mmul(w.transpose());
        double diagonal = 0;
        for (int c = 0; c < 4; c++) {
            diagonal += a.getDouble(c, c) * a.getDouble(c, c);
        }
        double variance = directions.variance(EXACT, a.mul(a).sumNumber().doubleValue(), diagonal, 4, count);
        INDArray errors = e.standardErrors().orElseThrow();
        double stated = errors.mul(errors).meanNumber().doubleValue();
        INDArray deviation = e.squared().sub(EXACT);
        // The mean of 4000 squares of kurtosis up to about 10 is off by 5 percent at one standard error in twenty; 4 of
        // them.
        assertThat(deviation.mul(deviation).meanNumber().doubleValue()).isCloseTo(variance, within(0.2 * variance));
        assertThat(stated).isCloseTo(variance, within(0.2 * variance));
        assertThat(e.mean()).isCloseTo(EXACT, within(4 * Math.sqrt(variance / samples)));
        assertThat(e.standardErrorOfMean().orElseThrow()).isCloseTo(Math.sqrt(stated / samples), within(1e-12));
        // All samples have the same Jacobian, so both standard errors measure the same.
        assertThat(e.standardErrorOverInputs().orElseThrow())
                .isCloseTo(Math.sqrt(variance / samples), within(0.1 * Math.sqrt(variance / samples)));
    }

    @Test
    void fullGroupsOfOrthogonalDirectionsAreExactAndSaySo() {
        FrobeniusEstimate e = ofLinear()
                .projections(Projections.count(4))
                .directions(Directions.ORTHOGONAL)
                .estimate(SmallNets.inputs(DataType.DOUBLE, 1, 10, 3));
        // Rounding of two passes of Gram-Schmidt in float64.
        assertThat(e.squared().sub(EXACT).normmaxNumber().doubleValue()).isLessThan(1e-12 * EXACT);
        assertThat(e.standardErrorOfMean().orElseThrow()).isZero();
        assertThat(e.isExact()).isFalse();
    }

    @Test
    void aSingleProjectionHasNoScatterToTell() {
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 10, 3);
        FrobeniusEstimate e = ofLinear().projections(Projections.count(1)).estimate(x);
        assertThat(e.standardErrors()).isEmpty();
        assertThat(e.standardErrorOfMean()).isEmpty();
        assertThat(e.standardErrorOverInputs()).isPresent();
        assertThat(ofLinear()
                        .projections(Projections.count(1))
                        .estimate(x.getRow(0, true))
                        .standardErrorOverInputs())
                .isEmpty();
    }

    @Test
    void theSeedDecidesAndNd4jsGeneratorIsLeftAlone() {
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 5, 3);
        JacobianEstimator estimator =
                ofLinear().projections(Projections.count(2)).seed(1);
        Nd4j.getRandom().setSeed(4);
        double untouched = Nd4j.getRandom().nextDouble();
        Nd4j.getRandom().setSeed(4);
        FrobeniusEstimate first = estimator.estimate(x);
        assertThat(Nd4j.getRandom().nextDouble()).isEqualTo(untouched);
        assertThat(estimator.estimate(x).squared()).isEqualTo(first.squared());
        assertThat(estimator.seed(2).estimate(x).squared()).isNotEqualTo(first.squared());
        assertThat(first.seed()).isEqualTo(1);
        assertThat(estimator)
                .hasToString("JacobianEstimator[projections=Count[count=2], directions=UNIT_SPHERE, seed=1, classes=4,"
                        + " inputShape=[3]]");
    }

    /** The means and second moments of what the sampler draws; 20000 draws, five standard errors. */
    @ParameterizedTest
    @EnumSource(Directions.class)
    void sampledDirectionsHaveUnitCovariance(Directions directions) {
        int samples = 20000;
        double[][][] drawn = DirectionSampler.draw(new Random(8), directions, samples, 3, 2);
        double[][] covariance = new double[3][3];
        double[] mean = new double[3];
        for (double[][] each : drawn) {
            for (double[] v : each) {
                for (int i = 0; i < 3; i++) {
                    mean[i] += v[i] / (2 * samples);
                    for (int k = 0; k < 3; k++) {
                        covariance[i][k] += v[i] * v[k] / (2 * samples);
                    }
                }
            }
        }
        // Variances of an entry: 1; of a product: at most 2 (square of a normal). Pairs of a frame add no more than
        // independent.
        double n = 2.0 * samples;
        for (int i = 0; i < 3; i++) {
            assertThat(mean[i]).isCloseTo(0, within(5 / Math.sqrt(n)));
            for (int k = 0; k < 3; k++) {
                assertThat(covariance[i][k]).isCloseTo(i == k ? 1 : 0, within(5 * Math.sqrt(2 / n)));
            }
        }
    }

    @Test
    void autoComputesAllRowsWhereTheyAreFew() {
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 5, 3);
        assertThat(ofLinear().estimate(x).isExact()).isTrue();
        FrobeniusEstimate rough = ofLinear().projections(Projections.auto(0.9)).estimate(x);
        assertThat(rough.projections()).hasValue(2);
    }

    /** Outputs of rank 3, six numbers per sample; a full frame of directions against all rows. */
    @Test
    void outputsOfHigherRankAreServed() {
        SameDiff sd = SameDiff.create();
        var x = sd.placeHolder("x", DataType.DOUBLE, -1, 4);
        var w = sd.var("W", SmallNets.inputs(DataType.DOUBLE, 2, 4, 6));
        sd.reshape("out", sd.math().tanh(x.mmul(w)), -1, 3, 2);
        INDArray batch = SmallNets.inputs(DataType.DOUBLE, 3, 5, 4);
        JacobianEstimator estimator = JacobianEstimator.of(
                Jacobian.builder(sd).input("x").logits("out").build());
        INDArray exact =
                estimator.projections(Projections.exact()).estimate(batch).squared();
        INDArray frames = estimator
                .directions(Directions.ORTHOGONAL)
                .projections(Projections.count(6))
                .estimate(batch)
                .squared();
        // Rounding of float64.
        assertThat(frames.sub(exact).normmaxNumber().doubleValue())
                .isLessThan(1e-12 * exact.maxNumber().doubleValue());
    }

    @Test
    void aWrongInputIsRefused() {
        assertThatThrownBy(() -> ofLinear()
                        .projections(Projections.count(2))
                        .estimate(SmallNets.inputs(DataType.DOUBLE, 1, 5, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has shape [5, 2]; expected [N, 3]");
        INDArray nan = Nd4j.zeros(DataType.DOUBLE, 2, 3);
        nan.putScalar(0, 1, Double.NaN);
        assertThatThrownBy(() -> ofLinear().projections(Projections.count(2)).estimate(nan))
                .hasMessageContaining("NaN");
    }
}
