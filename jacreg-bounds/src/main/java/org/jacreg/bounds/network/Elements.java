package org.jacreg.bounds.network;

import java.util.function.DoubleUnaryOperator;

/** Changes arrays in place, number by number in order. */
final class Elements {

    private Elements() {}

    static double[] change(double[] values, DoubleUnaryOperator change) {
        for (int i = 0; i < values.length; i++) {
            values[i] = change.applyAsDouble(values[i]);
        }
        return values;
    }

    static double[] square(double[] values) {
        return change(values, value -> value * value);
    }
}
