package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.jacreg.attacks.threat.FeasibleSet;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.Projection;
import org.jacreg.classifier.InputBox;
import org.jacreg.runtime.HostRows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Steps in one pass against the same steps by ND4J's ops. */
class FusedStepTest {

    private static final int SAMPLES = 24;
    private static final int ENTRIES = 785;
    private static final InputBox UNIT = new InputBox(0, 1);

    private static INDArray rows(long seed, double scale) {
        Random random = new Random(seed);
        double[] values = new double[SAMPLES * ENTRIES];
        for (int k = 0; k < values.length; k++) {
            values[k] = k % 7 == 0 ? 0 : scale * random.nextGaussian();
        }
        return Nd4j.createFromArray(values).reshape('c', SAMPLES, ENTRIES).castTo(DataType.FLOAT);
    }

    /** Many entries on the bounds of the box, as pixels have them. */
    private static INDArray centers() {
        Random random = new Random(1);
        double[] values = random.doubles(SAMPLES * (long) ENTRIES, -0.5, 1.5)
                .map(v -> Math.min(Math.max(v, 0), 1))
                .toArray();
        return Nd4j.createFromArray(values).reshape('c', SAMPLES, ENTRIES).castTo(DataType.FLOAT);
    }

    private static Pgd.Options options(NormBall ball, boolean targeted, Projection projection) {
        return new Pgd.Options(ball, 1, ball.epsilon() * 0.4, true, 1, 0, targeted, projection);
    }

    /** The greatest difference between the two ways after each of some steps, points carried on from the fused one. */
    private static double difference(Pgd.Options options, InputBox box) {
        FeasibleSet set = options.ball().around(centers(), box);
        Ascent ascent = new Ascent(options, set);
        INDArray points = set.randomPoints(3);
        double greatest = 0;
        for (int k = 0; k < 8; k++) {
            INDArray gradient = rows(k, Math.pow(10, k - 4));
            INDArray byOps = points.dup();
            boolean[] zeroByOps = ascent.moveByOps(byOps, gradient.dup());
            assertThat(ascent.move(points, gradient)).isEqualTo(zeroByOps);
            greatest = Math.max(greatest, points.sub(byOps).amaxNumber().doubleValue());
        }
        return greatest;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLinfStepIsTheSameToTheBit(boolean targeted) {
        Pgd.Options options = options(NormBall.linf(0.1), targeted, Projection.EXACT);
        assertThat(difference(options, UNIT)).isZero();
        assertThat(difference(options, InputBox.unbounded())).isZero();
    }

    @ParameterizedTest
    @EnumSource(Projection.class)
    void anL2StepDiffersByRoundingOnly(Projection projection) {
        for (double epsilon : new double[] {0.2, 2, 8}) {
            Pgd.Options options = options(NormBall.l2(epsilon), false, projection);
            // Norms and the factor of the projection differ by about ten roundings of 2^-24 each, entries of a
            // perturbation (at
            // most epsilon) with them; the sum with the center rounds once more.
            double tolerance = (20 * epsilon + 2) * 0x1p-24;
            assertThat(difference(options, UNIT)).isLessThanOrEqualTo(tolerance);
            assertThat(difference(options, InputBox.unbounded())).isLessThanOrEqualTo(tolerance);
        }
    }

    @Test
    void anL2StepStaysInBallAndBox() {
        FeasibleSet set = NormBall.l2(2).around(centers(), UNIT);
        Ascent ascent = new Ascent(options(NormBall.l2(2), false, Projection.EXACT), set);
        INDArray points = set.randomPoints(3);
        for (int k = 0; k < 5; k++) {
            ascent.move(points, rows(k, 1));
            assertThat(points.minNumber().doubleValue()).isNotNegative();
            assertThat(points.maxNumber().doubleValue()).isLessThanOrEqualTo(1);
            for (double distance : set.distances(points)) {
                // Four steps of 0.8 reach the edge; ten roundings in the factor's sums.
                assertThat(distance).isLessThanOrEqualTo(2 * (1 + 20 * 0x1p-24));
                assertThat(distance).isGreaterThan(k < 4 ? 0 : 1.999);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Norm.class)
    void gradientsOfAnySizeAreFollowedAndZeroOnesCounted(Norm norm) {
        NormBall ball = new NormBall(norm, 0.1);
        FeasibleSet set = ball.around(Nd4j.create(DataType.FLOAT, 4, 3), InputBox.unbounded());
        Ascent ascent = new Ascent(options(ball, false, Projection.EXACT), set);
        INDArray gradient =
                Nd4j.createFromArray(new float[][] {{0, 0, 0}, {1e-40f, 0, 0}, {0, -1e30f, 0}, {0, 0, 1e-30f}});
        INDArray points = Nd4j.create(DataType.FLOAT, 4, 3);
        assertThat(ascent.move(points, gradient)).containsExactly(true, false, false, false);
        float step = (float) 0.04000000000000001;
        assertThat(points.toFloatMatrix())
                .isDeepEqualTo(new float[][] {{0, 0, 0}, {step, 0, 0}, {0, -step, 0}, {0, 0, step}});
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void gradientsThatAreNotFiniteAreNamed(float bad) {
        for (Norm norm : Norm.values()) {
            NormBall ball = new NormBall(norm, 0.1);
            Ascent ascent = new Ascent(options(ball, false, Projection.EXACT), ball.around(centers(), UNIT));
            INDArray gradient = rows(1, 1).putScalar(5, 17, bad);
            assertThatExceptionOfType(ArithmeticException.class)
                    .isThrownBy(() -> ascent.move(centers(), gradient))
                    .withMessageContaining("rows [5]");
        }
    }

    @Test
    void float64AndExtremeRadiiGoThroughOps() {
        INDArray doubles = centers().castTo(DataType.DOUBLE);
        assertThat(NormBall.linf(1).around(doubles, UNIT).fusedStep(1, Projection.EXACT))
                .isEmpty();
        assertThat(NormBall.l2(1e-20).around(centers(), UNIT).fusedStep(1, Projection.EXACT))
                .isEmpty();
        assertThat(NormBall.l2(1).around(centers(), UNIT).fusedStep(1, Projection.EXACT))
                .isPresent();
    }

    @Test
    void anotherShapeIsRefused() {
        HostRows points = HostRows.of(centers()).orElseThrow();
        HostRows narrow = HostRows.of(Nd4j.create(DataType.FLOAT, SAMPLES, 2)).orElseThrow();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NormBall.linf(1)
                        .around(centers(), UNIT)
                        .fusedStep(1, Projection.EXACT)
                        .orElseThrow()
                        .apply(points, narrow))
                .withMessageContaining("gradient: expected [24, 785], got rows of [24, 2]");
    }

    @ParameterizedTest
    @EnumSource(Norm.class)
    void distancesAreThoseOfFloat64(Norm norm) {
        INDArray a = centers();
        INDArray b = rows(9, 0.3);
        double[] expected = norm.distances(a.castTo(DataType.DOUBLE), b.castTo(DataType.DOUBLE));
        double[] found = norm.distances(a, b);
        for (int n = 0; n < SAMPLES; n++) {
            // Every difference is rounded to float32 once.
            assertThat(found[n]).isBetween(expected[n] * (1 - 0x1p-23), expected[n] * (1 + 0x1p-23));
        }
    }
}
