package org.jacreg.benchmarks.growth;

import java.util.List;

/**
 * The cost of a job along an axis.
 *
 * @param job its key
 * @param x what grew
 * @param ms median milliseconds, as many
 */
record Curve(String job, List<Integer> x, List<Double> ms) {

    Curve {
        x = List.copyOf(x);
        ms = List.copyOf(ms);
    }
}
