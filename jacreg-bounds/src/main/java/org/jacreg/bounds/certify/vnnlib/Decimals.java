package org.jacreg.bounds.certify.vnnlib;

import java.math.BigDecimal;

/** Decimal numbers and the binary ones around them. */
final class Decimals {

    private Decimals() {}

    /** One form for equal numbers. */
    static BigDecimal normal(BigDecimal value) {
        return value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
    }

    /** The largest double that is not above; -infinity if there is none. */
    static double down(BigDecimal value) {
        double d = value.doubleValue();
        if (d == Double.POSITIVE_INFINITY) {
            return Double.MAX_VALUE;
        }
        return d != Double.NEGATIVE_INFINITY && new BigDecimal(d).compareTo(value) > 0 ? Math.nextDown(d) : d;
    }

    /** The smallest double that is not below. */
    static double up(BigDecimal value) {
        return -down(value.negate());
    }

    /** The largest float that is not above. */
    static float floatDown(BigDecimal value) {
        float f = value.floatValue();
        if (f == Float.POSITIVE_INFINITY) {
            return Float.MAX_VALUE;
        }
        return f != Float.NEGATIVE_INFINITY && new BigDecimal(f).compareTo(value) > 0 ? Math.nextDown(f) : f;
    }

    /** The smallest float that is not below. */
    static float floatUp(BigDecimal value) {
        return -floatDown(value.negate());
    }
}
