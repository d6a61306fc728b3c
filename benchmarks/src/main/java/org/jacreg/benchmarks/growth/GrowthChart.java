package org.jacreg.benchmarks.growth;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Curves over one axis, both logarithmic, as SVG. */
record GrowthChart(String title, String xTitle, List<Curve> curves) {

    private static final List<Color> COLOURS = List.of(
            new Color(0x555f6b), new Color(0x2f86c9), new Color(0xe0932f), new Color(0x2f9e76), new Color(0xd1495b));

    void write(Path file) throws IOException {
        XYChart chart = new XYChartBuilder()
                .width(560)
                .height(400)
                .title(title)
                .xAxisTitle(xTitle)
                .yAxisTitle("milliseconds")
                .build();
        XYStyler styler = chart.getStyler();
        styler.setYAxisLogarithmic(true);
        styler.setXAxisLogarithmic(true);
        styler.setLocale(Locale.ROOT);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setLegendPosition(LegendPosition.OutsideS);
        styler.setLegendLayout(LegendLayout.Horizontal);
        for (int i = 0; i < curves.size(); i++) {
            Curve curve = curves.get(i);
            XYSeries series = chart.addSeries(curve.job(), curve.x(), curve.ms());
            series.setLineColor(COLOURS.get(i % COLOURS.size()));
            series.setMarkerColor(COLOURS.get(i % COLOURS.size()));
            series.setMarker(SeriesMarkers.CIRCLE);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
        Files.write(file, out.toByteArray());
    }
}
