package org.jacreg.bounds.certify.training;

/** What options have in common. */
final class Checks {

    private Checks() {}

    static double nonNegative(String objective, String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    objective + ": " + name + " must be at least 0 and finite, got " + value);
        }
        return value;
    }

    /** {@code Name[option=value, ...]} for a record of options. */
    static String describe(String name, Record options) {
        return name
                + options.toString()
                        .substring(options.getClass().getSimpleName().length());
    }
}
