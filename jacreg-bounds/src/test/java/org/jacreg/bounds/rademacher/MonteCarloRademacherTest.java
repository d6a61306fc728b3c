package org.jacreg.bounds.rademacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class MonteCarloRademacherTest {

    private static final double[][] POINTS = {{0.3, -1.1}, {0.7, 0.2}, {-0.9, 0.4}, {1.3, 0.8}, {-0.2, -0.6}, {0.1, 1.7}
    };
    private static final double[] LABELS = {1, -1, 1, 1, -1, -1};
    private static final INDArray X = Nd4j.createFromArray(POINTS);
    private static final INDArray Y = Nd4j.createFromArray(LABELS);

    /** A value this far out, in standard errors, has probability 1e-6; the seeds are fixed, so a pass stays a pass. */
    private static final double LEVEL = 1 - 1e-6;

    /** The oracle was itself drawn 2e5 times and printed to 5 digits: 5 joint standard errors and half a digit, and no more than the 1e-3 it came with. */
    private static double oracleTolerance(RademacherEstimate estimate) {
        return Math.min(1e-3, 5 * Math.sqrt(2) * estimate.standardError() + 5e-6);
    }

    private static boolean agrees(RademacherEstimate estimate, double exact) {
        return estimate.studentInterval(LEVEL).contains(exact);
    }

    @ParameterizedTest
    @CsvSource({"1, 0.16596", "2, 0.23514", "Infinity, 0.47827"})
    void publishedOracle(double p, double oracle) {
        LinearClass linear = new LinearClass(new LpNorm(p), 1);
        RademacherEstimate estimate =
                MonteCarloRademacher.seed(1).draws(200_000).build().estimate(linear, BruteForce.sineSample());
        assertThat(estimate.value()).isCloseTo(oracle, within(oracleTolerance(estimate)));
    }

    @Test
    void publishedAdversarialOracle() {
        INDArray x = BruteForce.sineSample();
        MonteCarloRademacher draws = MonteCarloRademacher.seed(2).draws(200_000).build();
        RademacherEstimate attacked =
                draws.estimateAdversarial(LinearClass.l2(1), x, Nd4j.ones(DataType.DOUBLE, 50), 0.1);
        assertThat(attacked.value()).isCloseTo(0.23597, within(oracleTolerance(attacked)));
        // The oracle's bound adds the attack's share to its estimate of the standard complexity.
        RademacherEstimate standard = draws.estimate(LinearClass.l2(1), x);
        double bound = standard.value()
                + RademacherBounds.linfAttackExcess(LinearClass.l2(1), x, 0.1).value();
        assertThat(bound).isCloseTo(0.24892, within(oracleTolerance(standard)));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1.5, 2, 3, Double.POSITIVE_INFINITY})
    void standardAgreesWithBruteForceInItsOwnInterval(double p) {
        double exact = BruteForce.complexity(p, 1.7, POINTS, BruteForce.ones(6), 0);
        RademacherEstimate estimate =
                MonteCarloRademacher.seed(3).draws(100_000).build().estimate(new LinearClass(new LpNorm(p), 1.7), X);
        assertThat(agrees(estimate, exact)).as("%s against %s", estimate, exact).isTrue();
        assertThat(estimate.guaranteedInterval(LEVEL).contains(exact)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"1, 0.2", "1.5, 0.2", "2, 0.2", "3, 0.2", "Infinity, 0.2", "1, 1.5", "2, 1.5", "Infinity, 1.5"})
    void adversarialAgreesWithBruteForceInItsOwnInterval(double p, double epsilon) {
        double exact = BruteForce.complexity(p, 0.6, POINTS, LABELS, epsilon);
        RademacherEstimate estimate = MonteCarloRademacher.seed(4)
                .draws(100_000)
                .build()
                .estimateAdversarial(new LinearClass(new LpNorm(p), 0.6), X, Y, epsilon);
        assertThat(agrees(estimate, exact)).as("%s against %s", estimate, exact).isTrue();
        assertThat(estimate.guaranteedInterval(LEVEL).contains(exact)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"1, 0.3", "1.5, 0.3", "2, 0.3", "3, 0.3", "Infinity, 0.3", "2, 0"})
    void eachSupremumIsTheBestOfTheGrid(double p, double epsilon) {
        double[][] values = BruteForce.values(p, 1, POINTS, LABELS, epsilon);
        // scaled: the largest entry, 1.7, lies in [1, 2), so the scale is 1
        Sample sample = Sample.of("sample", X).signedBy(Y);
        SignDraws kernel = new SignDraws(sample, new LpNorm(p).dual(), epsilon);
        for (int signs = 0; signs < 64; signs++) {
            double[] u = new double[2];
            int signSum = 0;
            for (int i = 0; i < 6; i++) {
                int sign = BruteForce.sign(signs, i);
                signSum += sign;
                u[0] += sign * sample.row(i)[0];
                u[1] += sign * sample.row(i)[1];
            }
            double exact = kernel.supremum(u, signSum);
            double grid = BruteForce.supremum(values, signs);
            // The grid is never above the supremum, but for rounding, and below it by the grid's error at most.
            assertThat(grid)
                    .as("signs %d", signs)
                    .isBetween(exact * (1 - BruteForce.GRID_ERROR) - 1e-14, exact + 1e-14);
        }
    }

    @Test
    void theCheckerRejectsAnEstimateOffByOnePercent() {
        double exact = BruteForce.complexity(2, 1, POINTS, LABELS, 0.2);
        RademacherEstimate right =
                MonteCarloRademacher.seed(5).draws(400_000).build().estimateAdversarial(LinearClass.l2(1), X, Y, 0.2);
        assertThat(agrees(right, exact)).isTrue();
        assertThat(agrees(scaled(right, 1.01), exact)).isFalse();
        assertThat(agrees(scaled(right, 0.99), exact)).isFalse();
    }

    @Test
    void theCheckerRejectsLabelsLeftOut() {
        // Six equal points: with equal labels |u| >= c and nothing is cut off, with mixed labels much is.
        double[][] equal = new double[6][];
        Arrays.fill(equal, new double[] {1, 0});
        double exact = BruteForce.complexity(2, 1, equal, LABELS, 0.9);
        MonteCarloRademacher draws = MonteCarloRademacher.seed(5).draws(100_000).build();
        INDArray x = Nd4j.createFromArray(equal);
        assertThat(agrees(draws.estimateAdversarial(LinearClass.l2(1), x, Y, 0.9), exact))
                .isTrue();
        INDArray ones = Nd4j.ones(DataType.DOUBLE, 6);
        assertThat(agrees(draws.estimateAdversarial(LinearClass.l2(1), x, ones, 0.9), exact))
                .isFalse();
    }

    private static RademacherEstimate scaled(RademacherEstimate e, double factor) {
        return new RademacherEstimate(
                e.quantity(), factor * e.value(), e.standardError(), e.subGaussianScale(), e.draws(), e.seed());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 100})
    void constantsHaveTheClosedForm(int n) {
        // Scalars with w in [-1, 1] and x = 1: sup_w w S_n = |S_n|.
        MonteCarloRademacher draws = MonteCarloRademacher.seed(6).draws(100_000).build();
        double expected = RademacherSum.expectedAbsolute(n) / n;
        RademacherEstimate ones = draws.estimate(LinearClass.l2(1), Nd4j.ones(DataType.DOUBLE, n, 1));
        assertThat(ones.studentInterval(LEVEL).contains(expected)
                        || (ones.standardError() == 0 && Math.abs(ones.value() - expected) < 1e-15))
                .as("%s against %s", ones, expected)
                .isTrue();
        // A sample of zeros under attack: sup over c in [0, eps] of -c S_n = eps max(-S_n, 0), math of the constant
        // class.
        RademacherEstimate zeros = draws.estimateAdversarial(
                LinearClass.l1(1), Nd4j.zeros(DataType.DOUBLE, n, 1), Nd4j.ones(DataType.DOUBLE, n), 0.25);
        assertThat(agrees(zeros, 0.25 * expected / 2)).as("%s", zeros).isTrue();
    }

    @Test
    void intervalsCoverAsOftenAsTheySay() {
        double exact = BruteForce.complexity(2, 1, POINTS, BruteForce.ones(6), 0);
        int student = 0;
        int guaranteed = 0;
        for (int seed = 0; seed < 1000; seed++) {
            RademacherEstimate e =
                    MonteCarloRademacher.seed(seed).draws(200).build().estimate(LinearClass.l2(1), X);
            student += e.studentInterval(0.9).contains(exact) ? 1 : 0;
            guaranteed += e.guaranteedInterval(0.9).contains(exact) ? 1 : 0;
        }
        // 1000 trials of probability 0.9 have standard deviation 9.5: four of them to each side.
        assertThat(student).isBetween(862, 938);
        assertThat(guaranteed).isGreaterThanOrEqualTo(student).isGreaterThanOrEqualTo(900);
    }

    @Test
    void drawsForHalfWidthReachIt() {
        RademacherEstimate pilot = MonteCarloRademacher.seed(7).draws(2).build().estimate(LinearClass.l2(1), X);
        int needed = pilot.drawsForHalfWidth(0.01, 0.99);
        RademacherEstimate e =
                MonteCarloRademacher.seed(7).draws(needed).build().estimate(LinearClass.l2(1), X);
        ConfidenceInterval interval = e.guaranteedInterval(0.99);
        assertThat(interval.upper() - e.value()).isLessThanOrEqualTo(0.01 + 1e-12);
        RademacherEstimate fewer =
                MonteCarloRademacher.seed(7).draws(needed - 1).build().estimate(LinearClass.l2(1), X);
        assertThat(fewer.guaranteedInterval(0.99).upper() - fewer.value()).isGreaterThan(0.01);
    }

    @Test
    void scaleOfADrawIsThatOfItsFlips() {
        MonteCarloRademacher draws = MonteCarloRademacher.seed(7).draws(2).build();
        // by hand: a_i = (W/n) || |x_i| + eps ||_2 = (5/3) 0.1 sqrt(4) = 1/3 for three zeros in R^4
        RademacherEstimate zeros = draws.estimateAdversarial(
                LinearClass.l2(5), Nd4j.zeros(DataType.DOUBLE, 3, 4), Nd4j.ones(DataType.DOUBLE, 3), 0.1);
        // a few roundings in double precision
        assertThat(zeros.subGaussianScale()).isCloseTo(Math.sqrt(3) / 3, within(1e-15));
        for (double p : new double[] {1, 2, Double.POSITIVE_INFINITY}) {
            double scale = draws.estimateAdversarial(new LinearClass(new LpNorm(p), 1), X, Y, 0.4)
                    .subGaussianScale();
            assertThat(2 * scale).as("p = %s", p).isGreaterThanOrEqualTo(largestFlips(p, 0.4));
        }
    }

    /** The root of the sum of squares of the largest change that flipping each sign makes, over all sign vectors. */
    private static double largestFlips(double p, double epsilon) {
        double[][] values = BruteForce.values(p, 1, POINTS, LABELS, epsilon);
        double squares = 0;
        for (int i = 0; i < 6; i++) {
            double largest = 0;
            for (int signs = 0; signs < 64; signs++) {
                double change = BruteForce.supremum(values, signs) - BruteForce.supremum(values, signs ^ 1 << i);
                largest = Math.max(largest, change / 6);
            }
            squares += largest * largest;
        }
        return Math.sqrt(squares);
    }

    @Test
    void theSeedFixesTheResultWhateverTheThreads() throws Exception {
        MonteCarloRademacher draws = MonteCarloRademacher.seed(8).draws(1001).build();
        RademacherEstimate here = draws.estimate(LinearClass.l1(1), BruteForce.sineSample());
        for (int threads : new int[] {1, 3}) {
            ForkJoinPool pool = new ForkJoinPool(threads);
            try {
                RademacherEstimate there = pool.submit(() -> draws.estimate(LinearClass.l1(1), BruteForce.sineSample()))
                        .get();
                assertThat(there).isEqualTo(here);
            } finally {
                pool.shutdown();
            }
        }
        RademacherEstimate other =
                MonteCarloRademacher.seed(9).draws(1001).build().estimate(LinearClass.l1(1), BruteForce.sineSample());
        assertThat(other.value()).isNotEqualTo(here.value());
    }

    @Test
    void moreDrawsKeepTheFirst() {
        // 150 points need three words of signs a draw
        INDArray x = Nd4j.vstack(BruteForce.sineSample(), BruteForce.sineSample(), BruteForce.sineSample());
        SignDraws kernel = new SignDraws(Sample.of("sample", x), LpNorm.L2, 0);
        double[] few = kernel.suprema(Multipliers.SIGNS, 21, 10);
        double[] many = kernel.suprema(Multipliers.SIGNS, 70, 10);
        assertThat(Arrays.copyOf(many, 21)).isEqualTo(few);
        assertThat(Arrays.stream(many).distinct().count()).as("draws differ").isEqualTo(70);
    }

    @Test
    void moreThanOneWordOfSignsIsDrawn() {
        // A sample of 200 points needs four words of bits a draw; repeated words would make Var S_200 four times
        // larger.
        RademacherEstimate e = MonteCarloRademacher.seed(11)
                .draws(50_000)
                .build()
                .estimate(LinearClass.l2(200), Nd4j.ones(DataType.DOUBLE, 200, 1));
        assertThat(agrees(e, RademacherSum.expectedAbsolute(200))).as("%s", e).isTrue();
    }

    @Test
    void inputsStayAndTheirLayoutDoesNotMatter() {
        MonteCarloRademacher draws = MonteCarloRademacher.seed(12).draws(100).build();
        INDArray x = BruteForce.sineSample();
        INDArray before = x.dup();
        INDArray y = Nd4j.ones(DataType.DOUBLE, 50, 1);
        RademacherEstimate e = draws.estimateAdversarial(LinearClass.l2(1), x, y, 0.1);
        assertThat(x).isEqualTo(before);
        assertThat(y).isEqualTo(Nd4j.ones(DataType.DOUBLE, 50, 1));
        assertThat(draws.estimateAdversarial(LinearClass.l2(1), x.dup('f'), y, 0.1))
                .isEqualTo(e);
        INDArray wide = Nd4j.hstack(Nd4j.ones(DataType.DOUBLE, 50, 2), x);
        INDArray view = wide.get(NDArrayIndex.all(), NDArrayIndex.interval(2, 8));
        assertThat(draws.estimateAdversarial(LinearClass.l2(1), view, y, 0.1)).isEqualTo(e);
        INDArray single = x.castTo(DataType.FLOAT);
        assertThat(draws.estimate(LinearClass.l2(1), single))
                .isEqualTo(draws.estimate(LinearClass.l2(1), single.castTo(DataType.DOUBLE)));
    }

    @Test
    void extremeScalesNeitherOverflowNorVanish() {
        MonteCarloRademacher draws = MonteCarloRademacher.seed(13).draws(100).build();
        double value = draws.estimate(LinearClass.l2(1), X).value();
        for (int exponent : new int[] {-900, 900}) {
            // a power of two, so the result must be the very same digits
            INDArray scaled = X.mul(Math.scalb(1.0, exponent));
            assertThat(draws.estimate(LinearClass.l2(1), scaled).value()).isEqualTo(Math.scalb(value, exponent));
        }
    }
}
