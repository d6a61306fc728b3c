package org.jacreg.benchmarks.paired;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * Some repetitions in a row by one contender.
 *
 * @param ms milliseconds, one number a repetition
 * @param others the share of all CPUs that other processes used meanwhile
 */
record Turn(List<Double> ms, double others) {

    /** OpenMP threads wait for each other at every barrier, so even one busy neighbour slows two of them many times. */
    private static final double DISTURBED = 0.04;

    Turn {
        ms = List.copyOf(ms);
    }

    @JsonIgnore
    boolean isDisturbed() {
        return others > DISTURBED;
    }

    double median() {
        return median(ms);
    }

    static double median(List<Double> values) {
        return new Median()
                .evaluate(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
