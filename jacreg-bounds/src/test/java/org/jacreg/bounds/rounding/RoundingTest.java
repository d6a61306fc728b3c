package org.jacreg.bounds.rounding;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;

/** Rounded results stand on the right side of the exact ones, which BigDecimal knows. */
class RoundingTest {

    private static final MathContext PRECISE = new MathContext(60);

    private static boolean atLeast(double bound, BigDecimal exact) {
        return new BigDecimal(bound).compareTo(exact) >= 0;
    }

    @Property(tries = 300, seed = "13")
    void arithmetic(
            @ForAll @Scale(9) @DoubleRange(min = 1e-3, max = 1e3) double a,
            @ForAll @Scale(9) @DoubleRange(min = 1e-3, max = 1e3) double b) {
        BigDecimal x = new BigDecimal(a);
        BigDecimal y = new BigDecimal(b);
        assertThat(atLeast(RoundUp.sum(a, b), x.add(y))).isTrue();
        assertThat(atLeast(RoundUp.product(a, b), x.multiply(y))).isTrue();
        assertThat(atLeast(RoundUp.quotient(a, b), x.divide(y, PRECISE))).isTrue();
        assertThat(atLeast(RoundUp.sqrt(a), x.sqrt(PRECISE))).isTrue();
        assertThat(atLeast(-RoundDown.quotient(a, b), x.divide(y, PRECISE).negate()))
                .isTrue();
        double high = Math.max(a, b);
        double low = Math.min(a, b);
        assertThat(atLeast(-RoundDown.difference(high, low), new BigDecimal(low).subtract(new BigDecimal(high))))
                .isTrue();
        assertThat(RoundUp.product(a, b)).isLessThanOrEqualTo(a * b * (1 + 1e-15));
    }

    @Property(tries = 200, seed = "14")
    void rootMinusOneUndoesThePower(
            @ForAll @Scale(9) @DoubleRange(min = 1e-9, max = 1e3) double a,
            @ForAll @IntRange(min = 1, max = 12) int k) {
        double root = RoundDown.rootMinusOne(a, k);
        BigDecimal power = BigDecimal.ONE.add(new BigDecimal(root)).pow(k, PRECISE);
        assertThat(power).isLessThanOrEqualTo(BigDecimal.ONE.add(new BigDecimal(a)));
        // within a few units of the last place
        assertThat(root).isGreaterThanOrEqualTo(Math.expm1(Math.log1p(a) / k) * (1 - 1e-14));
    }

    @Property(tries = 200, seed = "15")
    void logarithmsAndPowersAgainstTheirInverse(@ForAll @Scale(9) @DoubleRange(min = 1.001, max = 1e6) double a) {
        // StrictMath errs by one unit as well: the bound must be above its value
        assertThat(RoundUp.log(a)).isGreaterThan(StrictMath.log(a));
        assertThat(RoundUp.log1p(a)).isGreaterThan(StrictMath.log1p(a));
        assertThat(RoundUp.pow(a, 1.5)).isGreaterThan(a * Math.sqrt(a));
    }

    /** Numbers of all sizes, so that squares and products underflow. */
    @Property(tries = 300, seed = "16")
    void computedSumsAndNorms(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int terms) {
        Random random = new Random(seed);
        int spread = random.nextInt(1060);
        double[] values = random.doubles(terms)
                .map(v -> Math.scalb(v - 0.5, -random.nextInt(spread + 1)))
                .toArray();
        double sum = 0;
        double products = 0;
        BigDecimal exactSum = BigDecimal.ZERO;
        BigDecimal exactProducts = BigDecimal.ZERO;
        for (double value : values) {
            BigDecimal exact = new BigDecimal(value).abs();
            sum += Math.abs(value);
            exactSum = exactSum.add(exact);
            products += value * value;
            exactProducts = exactProducts.add(exact.pow(2));
        }
        assertThat(atLeast(ComputedSums.above(sum, terms), exactSum)).isTrue();
        assertThat(atLeast(ComputedSums.absoluteSum(values), exactSum)).isTrue();
        assertThat(atLeast(ComputedSums.aboveUnderflow(products, terms), exactProducts))
                .isTrue();
        double norm = ComputedSums.norm(values);
        assertThat(new BigDecimal(norm).pow(2)).isGreaterThanOrEqualTo(exactProducts);
        // a hundred units of the last place above at most, and more only where nothing but underflow is left
        assertThat(new BigDecimal(norm))
                .isLessThanOrEqualTo(exactProducts
                        .sqrt(PRECISE)
                        .multiply(new BigDecimal(1 + 0x1p-45))
                        .add(new BigDecimal(0x1p-899)));
        assertThat(ComputedSums.largest(values)).isLessThanOrEqualTo(norm);
    }

    @Test
    void exactAndExtremeValues() {
        assertThat(RoundUp.product(0, Double.POSITIVE_INFINITY)).isZero();
        assertThat(RoundUp.product(2, Double.NaN, 0)).isNaN();
        assertThat(RoundUp.product()).isEqualTo(1);
        assertThat(RoundUp.product(1, 3)).isEqualTo(3);
        assertThat(RoundUp.product(1e300, 1e300)).isInfinite();
        assertThat(RoundUp.product(1e-300, 1e-300)).isPositive();
        assertThat(RoundUp.sum()).isZero();
        assertThat(RoundUp.sum(0, 5)).isEqualTo(5);
        assertThat(RoundUp.sum(1, Double.NaN)).isNaN();
        assertThat(ComputedSums.norm()).isZero();
        assertThat(ComputedSums.norm(0, -0.0)).isZero();
        assertThat(ComputedSums.norm(1, Double.NEGATIVE_INFINITY)).isInfinite();
        assertThat(ComputedSums.norm(1, Double.NaN)).isNaN();
        assertThat(ComputedSums.norm(Double.MIN_VALUE, Double.MIN_VALUE)).isGreaterThan(Double.MIN_VALUE);
        assertThat(ComputedSums.norm(Double.MAX_VALUE, Double.MAX_VALUE)).isInfinite();
        assertThat(ComputedSums.above(0, 5)).isZero();
        assertThat(ComputedSums.aboveUnderflow(0, 5)).isPositive();
        assertThat(ComputedSums.absoluteSum(1, Double.NaN)).isNaN();
        assertThat(RoundUp.log(1)).isZero();
        assertThat(RoundUp.log1p(0)).isZero();
        assertThat(RoundUp.sqrt(0)).isZero();
        assertThat(RoundUp.pow(0, 1.5)).isZero();
        assertThat(RoundUp.quotient(0, 3)).isZero();
        assertThat(RoundDown.quotient(1, Double.POSITIVE_INFINITY)).isZero();
        assertThat(RoundDown.difference(1, 1)).isZero();
        assertThat(RoundDown.rootMinusOne(0, 3)).isZero();
    }
}
