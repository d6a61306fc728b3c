package org.jacreg.examples.comparison;

import java.util.Locale;

/**
 * A mean with its standard error, {@code s / sqrt(n)} with {@code s^2} the unbiased variance.
 *
 * @param count of the values
 * @param mean their mean
 * @param error the standard error; NaN for a single value
 */
record Spread(int count, double mean, double error) {

    static Spread of(double[] values) {
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        double error = Math.sqrt(squares / (values.length - 1) / values.length);
        return new Spread(values.length, mean, values.length > 1 ? error : Double.NaN);
    }

    /** Percent, with the standard error in parentheses where there is one. */
    String percent() {
        return count > 1
                ? String.format(Locale.ROOT, "%.1f (%.1f)", 100 * mean, 100 * error)
                : String.format(Locale.ROOT, "%.1f", 100 * mean);
    }
}
