package org.jacreg.bounds.rounding;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
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
