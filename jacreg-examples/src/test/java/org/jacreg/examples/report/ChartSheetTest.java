package org.jacreg.examples.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChartSheetTest {

    private static final LineChart CHART = new LineChart("Title <1>", "x", "y", Axes.LINEAR, List.of());

    @Test
    void withoutFontsEveryPlotSaysWhyItIsMissing() {
        ChartSheet sheet = new ChartSheet(chart -> {
            throw new InternalError(new IllegalStateException("Fontconfig head is null"));
        });

        List<Figure> figures = sheet.draw(List.of(CHART, CHART));

        assertThat(figures).hasSize(2).allSatisfy(figure -> {
            assertThat(figure.alt()).contains("Title <1>: not drawn", "install fontconfig", "Fontconfig head is null");
            String svg = new String(
                    Base64.getDecoder()
                            .decode(figure.light().substring(figure.light().indexOf(',') + 1)),
                    StandardCharsets.UTF_8);
            assertThat(svg).contains("Title &lt;1>: not drawn", "</svg>");
        });
    }
}
