package org.jacreg.examples.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
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

    private final Function<LineChart, Figure> drawing;
    private @Nullable String failure;

    ChartSheet(Function<LineChart, Figure> drawing) {
        this.drawing = drawing;
    }

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
            return drawing.apply(chart);
        } catch (LinkageError | InternalError e) {
            failure = "this Java finds no fonts; install fontconfig and a font (" + rootCause(e) + ")";
            LOG.warn("Plots are not drawn: {}", failure);
            return Figure.missing(chart, failure);
        }
    }

    private static Throwable rootCause(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
