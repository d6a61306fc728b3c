package org.jacreg.bounds.rademacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class RademacherBoundsTest {

    @ParameterizedTest
    @CsvSource({"1, 0.22548", "2, 0.24427", "Infinity, 0.59830"})
    void publishedOracle(double p, double oracle) {
        RademacherBound bound = RademacherBounds.linear(new LinearClass(new LpNorm(p), 1), BruteForce.sineSample());
        // half of the last digit printed
        assertThat(bound.value()).isCloseTo(oracle, within(5.1e-6));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 1.5", "10, 2.4609375", "100, 7.9589237387", "1000, 25.2250181784"})
    void publishedSumOfSigns(int n, double oracle) {
        // half of the last digit printed
        assertThat(RademacherSum.expectedAbsolute(n)).isCloseTo(oracle, within(5.1e-11));
    }

    @Test
    void sumOfSignsAgreesWithExactIntegers() {
        for (int n = 1; n <= 3000; n += n < 60 ? 1 : 97) {
            double exact = exactExpectedAbsolute(n);
            // the accuracy that the Javadoc states
            assertThat(RademacherSum.expectedAbsolute(n)).as("n = %d", n).isCloseTo(exact, within(1e-13 * exact));
        }
    }

    /** {@code sum_k C(n, k) |n - 2k| / 2^n} in integers: the definition of the expectation. */
    private static double exactExpectedAbsolute(int n) {
        BigInteger choose = BigInteger.ONE;
        BigInteger sum = BigInteger.ZERO;
        for (int k = 0; k <= n; k++) {
            sum = sum.add(choose.multiply(BigInteger.valueOf(Math.abs(n - 2L * k))));
            choose = choose.multiply(BigInteger.valueOf(n - k)).divide(BigInteger.valueOf(k + 1L));
        }
        return new BigDecimal(sum)
                .divide(new BigDecimal(BigInteger.TWO.pow(n)), MathContext.DECIMAL64)
                .doubleValue();
    }

    @Test
    void sumOfSignsOfManyPointsFollowsTheNormalLimit() {
        // E|S_n| = sqrt(2n/pi) (1 - 1/(4n) + O(n^-2)) for even n: at n = 2^30 the correction is 2e-10
        int n = 1 << 30;
        double limit = Math.sqrt(2.0 * n / Math.PI) * (1 - 1 / (4.0 * n));
        assertThat(RademacherSum.expectedAbsolute(n)).isCloseTo(limit, within(1e-12 * limit));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1.05, 1.3, 1.5, 1.8, 1.999})
    void khintchineHoldsWithEqualityInTheGaussianLimit(double p) {
        // One column of n equal entries: R_S = (W/n) E|S_n|, and E|S_n|^q -> n^(q/2) E|g|^q, so the bound on
        // (E|S_n|^q)^(1/q), which is what the formula bounds, is the limit. Moments come from the binomial weights.
        int n = 2000;
        double q = p / (p - 1);
        INDArray ones = Nd4j.ones(DataType.DOUBLE, n, 1);
        double bound = n
                * RademacherBounds.linear(new LinearClass(new LpNorm(p), 1), ones)
                        .value();
        double moment = binomialMomentRoot(n, q);
        assertThat(bound).isGreaterThanOrEqualTo(moment);
        // the q-th moment of S_n is short of its limit by a share of about q (q - 2) / (12 n) at most, the root by 1/q
        // of it
        assertThat(bound).isCloseTo(moment, within(bound * (1e-11 + q / n)));
    }

    private static double binomialMomentRoot(int n, double q) {
        double log = -n * Math.log(2);
        double sum = 0;
        for (int k = 0; k <= n; k++) {
            sum += Math.exp(log) * Math.pow(Math.abs(n - 2.0 * k) / Math.sqrt(n), q);
            log += Math.log((n - k) / (k + 1.0));
        }
        return Math.sqrt(n) * Math.pow(sum, 1 / q);
    }

    @Test
    void onePointIsTightForTheEuclideanClass() {
        INDArray x = Nd4j.createFromArray(new double[][] {{3, 4}});
        double bound = RademacherBounds.linear(LinearClass.l2(2), x).value();
        // exactly 10, rounded outward by at most the 2^-39 that the Javadoc states
        assertThat(bound).isGreaterThan(10).isLessThan(10 * (1 + 0x1p-39));
    }

    @Test
    void excessIsTightForZerosAndAdds() {
        INDArray zeros = Nd4j.zeros(DataType.DOUBLE, 3, 4);
        // d^(1 - 1/p) = 2, E|S_3| = 1.5: 0.1 * 5 * 2 * 1.5 / 6
        double excess =
                RademacherBounds.linfAttackExcess(LinearClass.l2(5), zeros, 0.1).value();
        assertThat(excess).isBetween(0.25, 0.25 * (1 + 1e-11));
        assertThat(RademacherBounds.adversarialLinear(LinearClass.l2(5), zeros, 0.1)
                        .value())
                .isEqualTo(excess);
        INDArray x = BruteForce.sineSample();
        double linear = RademacherBounds.linear(LinearClass.l2(1), x).value();
        double attacked =
                RademacherBounds.adversarialLinear(LinearClass.l2(1), x, 0.1).value();
        // the bound with sqrt(n) for E|S_n| is the looser one
        assertThat(attacked).isBetween(linear, linear + 0.1 * Math.sqrt(6) / (2 * Math.sqrt(50)));
    }

    @Test
    void massartBoundsAFiniteClassByEnumeration() {
        double[][] values = {{1, -1, 0.5, 2, 0}, {0.3, 0.3, -2, 1, 1}, {-1, 1, 1, 1, -1}, {0, 0, 0, 0, 0}};
        double bound =
                RademacherBounds.finiteClass(Nd4j.createFromArray(values)).value();
        double exact = 0;
        for (int signs = 0; signs < 32; signs++) {
            exact += BruteForce.supremum(values, signs) / 5 / 32;
        }
        assertThat(exact).isPositive();
        assertThat(bound).isGreaterThanOrEqualTo(exact);
        // by hand: the longest row has square norm 6.25 against 4 + 2 + 0.18 and 5
        double byHand = 2.5 * Math.sqrt(2 * Math.log(4)) / 5;
        assertThat(bound).isBetween(byHand, byHand * (1 + 1e-11));
    }

    @Test
    void degenerateClassesAreZero() {
        assertThat(RademacherBounds.finiteClass(Nd4j.createFromArray(new double[][] {{1, 2, 3}}))
                        .value())
                .isZero();
        INDArray zeros = Nd4j.zeros(DataType.DOUBLE, 3, 2);
        assertThat(RademacherBounds.linear(LinearClass.linf(1), zeros).value()).isZero();
        assertThat(RademacherBounds.linfAttackExcess(LinearClass.linf(1), zeros, 0)
                        .value())
                .isZero();
    }

    @Test
    void extremeScalesStaySound() {
        INDArray x = BruteForce.sineSample();
        double plain = RademacherBounds.linear(LinearClass.l2(1), x).value();
        double small =
                RademacherBounds.linear(LinearClass.l2(1), x.mul(0x1p-700)).value();
        // a power of two keeps the digits, and the last rounding may add one unit
        assertThat(small).isBetween(plain * 0x1p-700, Math.nextUp(plain) * 0x1p-700);
        double tiny = RademacherBounds.linear(
                        LinearClass.l2(Double.MIN_VALUE),
                        Nd4j.valueArrayOf(new long[] {2, 2}, 0x1p-1000, DataType.DOUBLE))
                .value();
        assertThat(tiny).as("below the smallest double, but not zero").isPositive();
        double huge = RademacherBounds.linear(LinearClass.l2(Double.MAX_VALUE), x.mul(0x1p900))
                .value();
        assertThat(huge).isInfinite();
    }
}
