package org.jacreg.jacobian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Random directions as the graph draws them: distribution, seeds, and the variances that {@link Directions} states. */
class DirectionsTest {

    private static final int SAMPLES = 1000;
    private static final int RUNS = 8;
    private static final int C = 4;

    /** Five standard errors: a right implementation fails one run in a million, and the seeds are fixed. */
    private static final double BARS = 5;

    /** J [C, 3] with rows of different lengths, none of them alone, so that no formula happens to equal another. */
    private static final INDArray J =
            Nd4j.createFromArray(new double[][] {{1, -2, 0.3}, {0.5, 1, -1}, {-1, 0.25, 0}, {2, 2, 1}});

    private static SameDiff graph(int classes, int count, Directions directions) {
        SameDiff sd = SameDiff.create();
        SDVariable logits = sd.placeHolder("logits", DataType.DOUBLE, -1, classes);
        sd.identity("v", CotangentSeeds.randomDirections(logits, new long[] {classes}, count, directions));
        return sd;
    }

    /** {@code [V*N, C]}. */
    private static INDArray draw(SameDiff sd, int samples, int classes) {
        INDArray logits = Nd4j.zeros(DataType.DOUBLE, samples, classes);
        return sd.outputSingle(Map.of("logits", logits), "v").dup();
    }

    @ParameterizedTest
    @CsvSource({
        "UNIT_SPHERE, 1",
        "UNIT_SPHERE, 3",
        "GAUSSIAN, 1",
        "GAUSSIAN, 3",
        "RADEMACHER, 1",
        "RADEMACHER, 3",
        "ORTHOGONAL, 1",
        "ORTHOGONAL, 2",
        "ORTHOGONAL, 3",
        "ORTHOGONAL, 6"
    })
    void estimatesAreUnbiasedWithTheStatedVariance(Directions directions, int count) {
        SameDiff sd = graph(C, count, directions);
        Nd4j.getRandom().setSeed(20240817);
        INDArray estimates = Nd4j.create(DataType.DOUBLE, RUNS, SAMPLES);
        for (int run = 0; run < RUNS; run++) {
            estimates.putRow(run, estimates(draw(sd, SAMPLES, C), count));
        }
        INDArray a = J.mmul(J.transpose());
        double trace = J.mul(J).sumNumber().doubleValue();
        double diagonal = 0;
        for (int c = 0; c < C; c++) {
            diagonal += Math.pow(a.getDouble(c, c), 2);
        }
        double variance = directions.variance(trace, a.mul(a).sumNumber().doubleValue(), diagonal, C, count);
        INDArray centred = estimates.sub(trace);
        double n = centred.length();
        double fourth = Transforms.pow(centred, 4).meanNumber().doubleValue();
        assertThat(variance).isGreaterThan(1);
        assertThat(centred.meanNumber().doubleValue()).isCloseTo(0, within(BARS * Math.sqrt(variance / n)));
        assertThat(centred.mul(centred).meanNumber().doubleValue())
                .isCloseTo(variance, within(BARS * Math.sqrt((fourth - variance * variance) / n)));
    }

    private static INDArray estimates(INDArray v, int count) {
        INDArray products = v.mmul(J);
        return products.mul(products).sum(1).reshape(count, -1).mean(0);
    }

    /** As many orthogonal directions as classes, or a multiple, leave nothing to chance. */
    @ParameterizedTest
    @ValueSource(ints = {C, 2 * C})
    void fullGroupsOfOrthogonalDirectionsAreExact(int count) {
        INDArray estimates = estimates(draw(graph(C, count, Directions.ORTHOGONAL), 20, C), count);
        double squared = J.mul(J).sumNumber().doubleValue();
        // Rounding of a QR decomposition in float64.
        assertThat(estimates.sub(squared).normmaxNumber().doubleValue()).isLessThan(1e-12 * squared);
        assertThat(Directions.ORTHOGONAL.variance(squared, 100, 10, C, count)).isZero();
    }

    @Test
    void orthogonalDirectionsAreOrthogonalWithinTheirGroup() {
        int count = C + 2;
        INDArray v = draw(graph(C, count, Directions.ORTHOGONAL), 7, C).reshape('c', count, 7, C);
        for (int n = 0; n < 7; n++) {
            for (int i = 0; i < count; i++) {
                for (int k = 0; k < count; k++) {
                    double product = 0;
                    for (int c = 0; c < C; c++) {
                        product += v.getDouble(i, n, c) * v.getDouble(k, n, c);
                    }
                    if (i / C == k / C) {
                        assertThat(product).isCloseTo(i == k ? C : 0, within(1e-12));
                    } else {
                        assertThat(Math.abs(product)).isGreaterThan(1e-6);
                    }
                }
            }
        }
    }

    /**
     * {@code E[v] = 0}, {@code E[v v^T] = I}, and no correlation between what two samples get: also with so many classes that
     * samples share a pool of normal numbers.
     */
    @ParameterizedTest
    @EnumSource(Directions.class)
    void directionsAreCentredWithUnitCovariance(Directions directions) {
        int classes = 100;
        int samples = 2000;
        Nd4j.getRandom().setSeed(7);
        INDArray v = draw(graph(classes, 1, directions), samples, classes);
        double entries = Math.sqrt((double) samples * classes);
        assertThat(v.meanNumber().doubleValue()).isCloseTo(0, within(BARS / entries));
        // Of each coordinate too: a QR decomposition alone may prefer one sign in the first.
        assertThat(v.mean(0).normmaxNumber().doubleValue()).isLessThan(BARS / Math.sqrt(samples));
        // A pool row of 655 serves three samples, whose squares agree: at most sqrt(3 * 3) times the error of the mean
        // square.
        assertThat(v.mul(v).meanNumber().doubleValue()).isCloseTo(1, within(BARS * 3 * Math.sqrt(2) / entries));
        INDArray covariance = v.transpose().mmul(v).div(samples);
        for (int c = 0; c < classes; c++) {
            covariance.putScalar(c, c, 0);
        }
        // The largest of 4950 off-diagonal means, each of variance at most 3/samples (shared magnitudes).
        assertThat(covariance.normmaxNumber().doubleValue()).isLessThan(BARS * Math.sqrt(3.0 / samples));
        INDArray shifted = v.get(org.nd4j.linalg.indexing.NDArrayIndex.interval(655, samples));
        INDArray before = v.get(org.nd4j.linalg.indexing.NDArrayIndex.interval(0, samples - 655));
        double correlation = shifted.mul(before).meanNumber().doubleValue();
        assertThat(correlation).isCloseTo(0, within(BARS * Math.sqrt(3) / entries));
        assertThat(shifted.sub(before).normmaxNumber().doubleValue()).isGreaterThan(1);
    }

    @ParameterizedTest
    @EnumSource(Directions.class)
    void theSameSeedDrawsTheSameAndEveryRunDrawsAfresh(Directions directions) {
        SameDiff sd = graph(C, 2, directions);
        Nd4j.getRandom().setSeed(11);
        INDArray first = draw(sd, 16, C);
        INDArray second = draw(sd, 16, C);
        Nd4j.getRandom().setSeed(11);
        assertThat(draw(graph(C, 2, directions), 16, C)).isEqualTo(first);
        assertThat(second).isNotEqualTo(first);
        Nd4j.getRandom().setSeed(12);
        assertThat(draw(sd, 16, C)).isNotEqualTo(first);
    }

    @ParameterizedTest
    @EnumSource(Directions.class)
    void separateDirectionsAreThoseOfOneSet(Directions directions) {
        SameDiff sd = SameDiff.create();
        SDVariable logits = sd.placeHolder("logits", DataType.FLOAT, -1, 3, 2);
        var each = CotangentSeeds.separateDirections(logits, new long[] {3, 2}, 3, directions);
        String[] names = each.stream().map(SDVariable::name).toArray(String[]::new);
        Map<String, INDArray> drawn = sd.output(Map.of("logits", Nd4j.zeros(DataType.FLOAT, 5, 3, 2)), names);
        assertThat(drawn.values()).allSatisfy(v -> {
            assertThat(v.shape()).containsExactly(5, 3, 2);
            assertThat(v.dataType()).isEqualTo(DataType.FLOAT);
        });
        INDArray first = drawn.get(names[0]);
        INDArray second = drawn.get(names[1]);
        assertThat(first).isNotEqualTo(second);
        if (directions == Directions.ORTHOGONAL) {
            double product = first.mul(second).sum(1, 2).normmaxNumber().doubleValue();
            // Float32, vectors of length sqrt(6).
            assertThat(product).isLessThan(1e-5);
        }
    }

    /** One number per sample: plus and minus 1, except for the Gaussian. */
    @ParameterizedTest
    @EnumSource(Directions.class)
    void oneOutputIsServedToo(Directions directions) {
        Nd4j.getRandom().setSeed(3);
        INDArray v = draw(graph(1, 2, directions), 400, 1);
        // 800 signs: five standard errors of their mean.
        assertThat(v.meanNumber().doubleValue()).isCloseTo(0, within(BARS / Math.sqrt(800)));
        if (directions != Directions.GAUSSIAN) {
            assertThat(Transforms.abs(v)).isEqualTo(Nd4j.ones(DataType.DOUBLE, 800, 1));
            assertThat(directions.variance(2, 4, 4, 1, 1)).isZero();
            assertThat(directions.worstRelativeVariance(1, 1)).isZero();
        }
    }

    /** {@code E||J^T v||_1 = sqrt(2/pi) ||J||_{2,1}} for normal v, because {@code (J^T v)_i} is normal. */
    @Test
    void gaussianDirectionsEstimateTheSumOfColumnNorms() {
        SameDiff sd = graph(C, 1, Directions.GAUSSIAN);
        Nd4j.getRandom().setSeed(99);
        INDArray estimates = Nd4j.create(DataType.DOUBLE, RUNS, SAMPLES);
        for (int run = 0; run < RUNS; run++) {
            estimates.putRow(
                    run, Transforms.abs(draw(sd, SAMPLES, C).mmul(J)).sum(1).mul(Math.sqrt(Math.PI / 2)));
        }
        double exact = J.norm2(0).sumNumber().doubleValue();
        double bar = estimates.stdNumber().doubleValue() / Math.sqrt(estimates.length());
        assertThat(estimates.meanNumber().doubleValue()).isCloseTo(exact, within(BARS * bar));
        assertThat(bar).isLessThan(0.01 * exact);
    }

    /** Random Jacobians never exceed the bound, and a Jacobian of rank one with equal entries reaches it. */
    @ParameterizedTest
    @EnumSource(Directions.class)
    void theWorstRelativeVarianceIsThatOfRankOne(Directions directions) {
        for (int count : new int[] {1, 2, 5}) {
            for (int seed = 0; seed < 20; seed++) {
                INDArray j = SmallNets.inputs(DataType.DOUBLE, seed, C, 3);
                assertThat(relativeVariance(j, directions, count))
                        .isLessThanOrEqualTo(directions.worstRelativeVariance(C, count) * (1 + 1e-12));
            }
            assertThat(relativeVariance(Nd4j.ones(DataType.DOUBLE, C, 3), directions, count))
                    .isCloseTo(directions.worstRelativeVariance(C, count), within(1e-12));
        }
    }

    private static double relativeVariance(INDArray j, Directions directions, int count) {
        INDArray a = j.mmul(j.transpose());
        double trace = j.mul(j).sumNumber().doubleValue();
        double diagonal = 0;
        for (int c = 0; c < C; c++) {
            diagonal += Math.pow(a.getDouble(c, c), 2);
        }
        double squares = a.mul(a).sumNumber().doubleValue();
        return directions.variance(trace, squares, diagonal, C, count) / (trace * trace);
    }

    @Test
    void varianceRefusesWhatIsNoNormOrNumber() {
        assertThatThrownBy(() -> Directions.GAUSSIAN.variance(Double.NaN, 1, 1, 3, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("trace must be finite and not negative, but is NaN");
        assertThatThrownBy(() -> Directions.GAUSSIAN.variance(1, -1, 1, 3, 1))
                .hasMessage("traceOfSquare must be finite and not negative, but is -1.0");
        assertThatThrownBy(() -> Directions.UNIT_SPHERE.worstRelativeVariance(3, 0))
                .hasMessage("classes and count must be at least 1, but are 3 and 0");
    }
}
