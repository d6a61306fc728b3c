package org.jacreg.examples.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws the plots of one page.
 *
 * <p>Java needs fonts to lay a plot out, and a bare system may have none (no {@code fontconfig}, no {@code libfreetype}).
 * Then the page is written all the same, with the reason in place of each plot: the figures are in the table and the JSON.
 */
final class ChartSheet {

    private static final Logger LOG = LoggerFactory.getLogger(ChartSheet.class);

    private @Nullable String failure;

    List<Figure> draw(List<LineChart> charts) {
        List<Figure> figures = new ArrayList<>();
        for (LineChart chart : charts) {
            figures.add(draw(chart));
        }
        return figures;
    }

    private Figure draw(LineChart chart) {
        if (failure != null) {
            return Figure.missing(chart, failure);
        }
        try {
            return Figure.of(chart);
        } catch (LinkageError | InternalError e) {
            failure = "this Java has no usable fonts (install fontconfig and a font): " + e.getMessage();
            LOG.warn("Plots are not drawn: {}", failure);
            return Figure.missing(chart, failure);
        }
    }
}
