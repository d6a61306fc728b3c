package org.jacreg.examples.result;

import java.util.List;

/** Conditions on settings, written so that NaN fails them. */
public final class Checks {

    private Checks() {}

    /**
     * Wants at least 1.
     *
     * @param name of the setting, for the message
     * @param value what came
     * @throws IllegalArgumentException if it is not so; the message says what came and what was wanted
     */
    public static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": expected at least 1, got " + value);
        }
    }

    /**
     * Wants a finite number above 0.
     *
     * @param name of the setting, for the message
     * @param value what came
     * @throws IllegalArgumentException if it is not so; the message says what came and what was wanted
     */
    public static void positive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + ": expected a finite number above 0, got " + value);
        }
    }

    /**
     * Wants a finite number, at least 0.
     *
     * @param name of the setting, for the message
     * @param value what came
     * @throws IllegalArgumentException if it is not so; the message says what came and what was wanted
     */
    public static void notNegative(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + ": expected a finite number, at least 0, got " + value);
        }
    }

    /**
     * Wants at least one value.
     *
     * @param name of the setting, for the message
     * @param values what came
     * @throws IllegalArgumentException if it is not so; the message says what came and what was wanted
     */
    public static void notEmpty(String name, List<?> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException(name + ": expected at least one value, got none");
        }
    }

    /**
     * Wants increasing finite numbers above 0, at least one.
     *
     * @param name of the setting, for the message
     * @param values what came
     * @throws IllegalArgumentException if it is not so; the message says what came and what was wanted
     */
    public static void increasing(String name, List<Double> values) {
        notEmpty(name, values);
        double before = 0;
        for (double value : values) {
            if (!(value > before && value < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(name + ": expected increasing numbers above 0, got " + values);
            }
            before = value;
        }
    }
}
