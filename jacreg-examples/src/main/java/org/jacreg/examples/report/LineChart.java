package org.jacreg.examples.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A plot of lines, drawn as SVG.
 *
 * @param title above the plot
 * @param xTitle under the horizontal axis
 * @param yTitle beside the vertical axis
 * @param axes which axes are logarithmic; points that have no place on them are left out
 * @param lines what is drawn
 */
public record LineChart(String title, String xTitle, String yTitle, Axes axes, List<Line> lines) {

    private static final int WIDTH = 560;
    private static final int HEIGHT = 380;

    /** Copies the list. */
    public LineChart {
        lines = List.copyOf(lines);
    }

    /** The plot as an SVG document, {@value #WIDTH} by {@value #HEIGHT}. */
    byte[] svg(ChartTheme theme) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(xTitle)
                .yAxisTitle(yTitle)
                .build();
        style(chart.getStyler(), theme);
        for (Line line : lines) {
            add(chart, line);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
        } catch (IOException e) {
            throw new UncheckedIOException("SVG encoding in memory failed", e);
        }
        return out.toByteArray();
    }

    /**
     * Writes the plot for a light page.
     *
     * @param file an SVG file; replaced if there
     * @throws IOException if writing fails, or this Java finds no fonts
     */
    public void write(Path file) throws IOException {
        try {
            Files.write(file, svg(ChartTheme.LIGHT));
        } catch (LinkageError | InternalError e) {
            throw new IOException(file + ": this Java finds no fonts to draw with; install fontconfig and a font", e);
        }
    }

    private void add(XYChart chart, Line line) {
        List<Integer> kept = IntStream.range(0, line.x().size())
                .filter(i -> axes.hold(line.x().get(i), line.y().get(i)))
                .boxed()
                .toList();
        if (kept.isEmpty()) {
            return;
        }
        XYSeries series = chart.addSeries(
                line.name(),
                kept.stream().map(line.x()::get).toList(),
                kept.stream().map(line.y()::get).toList());
        series.setShowInLegend(line.listed());
        series.setLineColor(line.colour());
        series.setMarkerColor(line.colour());
        series.setMarker(SeriesMarkers.CIRCLE);
        series.setLineStyle(line.dashed() ? SeriesLines.DASH_DASH : SeriesLines.SOLID);
        series.setLineWidth(2.2f);
    }

    private void style(XYStyler styler, ChartTheme theme) {
        styler.setYAxisLogarithmic(axes.logarithmicY());
        styler.setXAxisLogarithmic(axes.logarithmicX());
        styler.setLocale(Locale.ROOT);
        styler.setXAxisDecimalPattern(axes.logarithmicX() ? "0.#####" : "0.###");
        styler.setChartBackgroundColor(theme.background());
        styler.setPlotBackgroundColor(theme.background());
        styler.setPlotBorderVisible(false);
        styler.setPlotGridLinesColor(theme.grid());
        styler.setPlotGridLinesStroke(new BasicStroke(1f));
        styler.setChartFontColor(theme.text());
        styler.setAxisTickLabelsColor(theme.text());
        styler.setAxisTickMarksColor(theme.grid());
        styler.setLegendBackgroundColor(theme.background());
        styler.setLegendBorderColor(new Color(0, 0, 0, 0));
        styler.setLegendPosition(LegendPosition.OutsideS);
        styler.setLegendLayout(LegendLayout.Horizontal);
        styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
        styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
        styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        styler.setMarkerSize(6);
        styler.setChartTitleBoxVisible(false);
    }
}
