package org.jacreg.bounds.rademacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Laws that hold for every sample; samples of 1 to 5 points in the plane, so that all sign vectors can be listed. */
class RademacherPropertyTest {

    private static final double[] EXPONENTS = {1, 1.2, 1.5, 2, 3, 8, Double.POSITIVE_INFINITY};

    /** A few operations in double precision on sums of at most five terms err by some 1e-15 of the largest of them. */
    private static final double ROUNDING = 1e-13;

    @Provide
    Arbitrary<double[][]> samples() {
        Arbitrary<Double> entry = Arbitraries.doubles().between(-3, 3).ofScale(3);
        return entry.array(double[].class)
                .ofSize(2)
                .array(double[][].class)
                .ofMinSize(1)
                .ofMaxSize(5);
    }

    @Provide
    Arbitrary<LpNorm> norms() {
        return Arbitraries.of(1.0, 1.2, 1.5, 2.0, 3.0, 8.0, Double.POSITIVE_INFINITY)
                .map(LpNorm::new);
    }

    private static MonteCarloRademacher draws(long seed) {
        return MonteCarloRademacher.seed(seed).draws(20).build();
    }

    private static double[] alternating(int n) {
        double[] y = new double[n];
        for (int i = 0; i < n; i++) {
            y[i] = i % 2 == 0 ? 1 : -1;
        }
        return y;
    }

    /** The mean of our supremum over all sign vectors: the expectation without the noise of drawing. */
    private static double enumerated(LpNorm norm, double[][] x, double epsilon) {
        double[] y = alternating(x.length);
        SignDraws kernel = new SignDraws(Sample.of("sample", Nd4j.createFromArray(x)), norm.dual(), epsilon);
        int n = x.length;
        double sum = 0;
        for (int signs = 0; signs < 1 << n; signs++) {
            double[] u = new double[2];
            int signSum = 0;
            for (int i = 0; i < n; i++) {
                int sign = BruteForce.sign(signs, i);
                signSum += sign;
                u[0] += sign * y[i] * x[i][0];
                u[1] += sign * y[i] * x[i][1];
            }
            sum += kernel.supremum(u, signSum) / n;
        }
        return sum / (1 << n);
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.MIXIN, seed = "51")
    void homogeneousInTheRadius(
            @ForAll("samples") double[][] x,
            @ForAll("norms") LpNorm norm,
            @ForAll @DoubleRange(min = 0.01, max = 100) double factor,
            @ForAll @LongRange long seed) {
        INDArray sample = Nd4j.createFromArray(x);
        LinearClass one = new LinearClass(norm, 1);
        LinearClass many = new LinearClass(norm, factor);
        INDArray y = Nd4j.createFromArray(alternating(x.length));
        assertClose(
                draws(seed).estimate(many, sample).value(),
                factor * draws(seed).estimate(one, sample).value());
        assertClose(
                draws(seed).estimateAdversarial(many, sample, y, 0.3).value(),
                factor * draws(seed).estimateAdversarial(one, sample, y, 0.3).value());
        assertClose(
                RademacherBounds.adversarialLinear(many, sample, 0.3).value(),
                factor * RademacherBounds.adversarialLinear(one, sample, 0.3).value());
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.MIXIN, seed = "52")
    void homogeneousInTheSampleAndTheAttackTogether(
            @ForAll("samples") double[][] x,
            @ForAll("norms") LpNorm norm,
            @ForAll @DoubleRange(min = 0.01, max = 100) double factor,
            @ForAll @LongRange long seed) {
        INDArray sample = Nd4j.createFromArray(x);
        INDArray scaled = sample.mul(factor);
        INDArray y = Nd4j.createFromArray(alternating(x.length));
        LinearClass linear = new LinearClass(norm, 1);
        // max(|u| - c, 0) cancels: the error is that of |u| and c, at most 5 points of size 3.3
        double absolute = 20 * factor * ROUNDING;
        assertThat(draws(seed)
                        .estimateAdversarial(linear, scaled, y, 0.3 * factor)
                        .value())
                .isCloseTo(
                        factor
                                * draws(seed)
                                        .estimateAdversarial(linear, sample, y, 0.3)
                                        .value(),
                        within(absolute));
        assertClose(
                RademacherBounds.adversarialLinear(linear, scaled, 0.3 * factor).value(),
                factor * RademacherBounds.adversarialLinear(linear, sample, 0.3).value());
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.MIXIN, seed = "53")
    void growsWithTheExponentForTheSameDraws(@ForAll("samples") double[][] x, @ForAll @LongRange long seed) {
        INDArray sample = Nd4j.createFromArray(x);
        INDArray y = Nd4j.createFromArray(alternating(x.length));
        double before = 0;
        for (double p : EXPONENTS) {
            LinearClass linear = new LinearClass(new LpNorm(p), 1);
            double value =
                    draws(seed).estimateAdversarial(linear, sample, y, 0.3).value();
            assertThat(value).as("p = %s", p).isGreaterThanOrEqualTo(before * (1 - ROUNDING));
            before = value;
        }
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.MIXIN, seed = "54")
    void growsWithTheAttackInExpectation(
            @ForAll("samples") double[][] x,
            @ForAll("norms") LpNorm norm,
            @ForAll @DoubleRange(min = 0, max = 2) double epsilon,
            @ForAll @DoubleRange(min = 0, max = 1) double more) {
        // Each draw's supremum is convex in epsilon, and sigma -> -sigma makes the slope at 0 vanish in the mean.
        assertThat(enumerated(norm, x, epsilon + more))
                .isGreaterThanOrEqualTo(enumerated(norm, x, epsilon) - 20 * ROUNDING);
        INDArray sample = Nd4j.createFromArray(x);
        LinearClass linear = new LinearClass(norm, 1);
        assertThat(RademacherBounds.adversarialLinear(linear, sample, epsilon + more)
                        .value())
                .isGreaterThanOrEqualTo(RademacherBounds.adversarialLinear(linear, sample, epsilon)
                        .value());
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.MIXIN, seed = "55")
    void expectationIsTheBruteForceValueAndTheBoundIsAboveIt(
            @ForAll("samples") double[][] x,
            @ForAll("norms") LpNorm norm,
            @ForAll @DoubleRange(min = 0, max = 1) double epsilon) {
        double exact = enumerated(norm, x, epsilon);
        double grid = BruteForce.complexity(norm.p(), 1, x, alternating(x.length), epsilon);
        assertThat(grid).isBetween(exact * (1 - BruteForce.GRID_ERROR) - ROUNDING, exact + 20 * ROUNDING);
        assertThat(isSound(
                        RademacherBounds.adversarialLinear(new LinearClass(norm, 1), Nd4j.createFromArray(x), epsilon)
                                .value(),
                        grid))
                .as("bound against %s", grid)
                .isTrue();
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.MIXIN, seed = "56")
    void noAttackAndPositiveLabelsIsTheStandardEstimate(
            @ForAll("samples") double[][] x, @ForAll("norms") LpNorm norm, @ForAll @LongRange long seed) {
        INDArray sample = Nd4j.createFromArray(x);
        LinearClass linear = new LinearClass(norm, 1);
        INDArray ones = Nd4j.createFromArray(BruteForce.ones(x.length));
        RademacherEstimate attacked = draws(seed).estimateAdversarial(linear, sample, ones, 0);
        RademacherEstimate standard = draws(seed).estimate(linear, sample);
        assertThat(attacked.value()).isEqualTo(standard.value());
        assertThat(attacked.subGaussianScale()).isEqualTo(standard.subGaussianScale());
    }

    /** Soundness has no tolerance. */
    private static boolean isSound(double bound, double exact) {
        return bound >= exact;
    }

    @Test
    void theSoundnessCheckRejectsABoundShrunkByOnePercent() {
        // One point: the Euclidean bound is the exact value.
        double[][] x = {{0.6, -0.8}};
        double bound = RademacherBounds.linear(LinearClass.l2(1), Nd4j.createFromArray(x))
                .value();
        double exact = BruteForce.complexity(2, 1, x, BruteForce.ones(1), 0);
        assertThat(isSound(bound, exact)).isTrue();
        assertThat(isSound(0.99 * bound, exact)).isFalse();
        assertThat(isSound(Double.NaN, exact)).isFalse();
    }

    private static void assertClose(double value, double expected) {
        // powers amplify rounding by their exponent, at most 8; outward rounding is relative as well
        assertThat(value).isCloseTo(expected, within(1e-12 + 8 * ROUNDING * Math.abs(expected)));
    }
}
