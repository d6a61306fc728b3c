package org.jacreg.examples.report;

import java.awt.Color;
import java.util.List;

/**
 * One line of a plot.
 *
 * @param name as the legend says it
 * @param x abscissae
 * @param y ordinates, as many
 * @param colour of the line
 * @param dashed whether it is dashed
 * @param listed whether the legend has it
 */
public record Line(String name, List<Double> x, List<Double> y, Color colour, boolean dashed, boolean listed) {

    /** Copies the lists. */
    public Line {
        x = List.copyOf(x);
        y = List.copyOf(y);
    }

    /**
     * A line that the legend has.
     *
     * @param name as the legend says it
     * @param x abscissae
     * @param y ordinates, as many
     * @param colour of the line
     * @param dashed whether it is dashed
     */
    public Line(String name, List<Double> x, List<Double> y, Color colour, boolean dashed) {
        this(name, x, y, colour, dashed, true);
    }
}
