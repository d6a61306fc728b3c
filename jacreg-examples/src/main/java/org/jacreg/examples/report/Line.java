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
 */
public record Line(String name, List<Double> x, List<Double> y, Color colour, boolean dashed) {

    /** Copies the lists. */
    public Line {
        x = List.copyOf(x);
        y = List.copyOf(y);
    }
}
