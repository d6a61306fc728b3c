package org.jacreg.examples.report;

import java.nio.charset.StandardCharsets;

/**
 * A plot in the page: one picture for a light page, one for a dark one.
 *
 * @param alt what the plot shows, for those who cannot see it
 * @param light a data URI
 * @param dark a data URI
 */
record Figure(String alt, String light, String dark) {

    /** Draws a chart in both themes. */
    static Figure of(LineChart chart) {
        return new Figure(
                chart.title() + ": " + chart.yTitle() + " against " + chart.xTitle(),
                DataUri.svg(chart.svg(ChartTheme.LIGHT)),
                DataUri.svg(chart.svg(ChartTheme.DARK)));
    }

    /** A stand-in with the reason why there is no plot. */
    static Figure missing(LineChart chart, String reason) {
        String text = escape(chart.title() + ": not drawn, " + reason);
        String document = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"560\" height=\"60\">"
                + "<text x=\"12\" y=\"34\" font-family=\"sans-serif\" font-size=\"13\" fill=\"#8a94a3\">" + text
                + "</text></svg>";
        String uri = DataUri.svg(document.getBytes(StandardCharsets.UTF_8));
        return new Figure(chart.title() + ": not drawn, " + reason, uri, uri);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
