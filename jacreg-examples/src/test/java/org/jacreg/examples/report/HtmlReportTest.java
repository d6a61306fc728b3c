package org.jacreg.examples.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.jacreg.examples.result.ExperimentResult;
import org.jacreg.examples.result.ModelResult;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HtmlReportTest {

    private static final ExperimentResult RESULT = MadeUpResult.make();
    private static String page;

    @BeforeAll
    static void render() throws IOException {
        page = new HtmlReport().render(RESULT);
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target/made-up-report.html"), page);
    }

    private static List<String> all(String regex, String text) {
        Matcher matcher = Pattern.compile(regex).matcher(text);
        List<String> found = new ArrayList<>();
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    @Test
    void everyFigureOfTheTableIsThere() {
        for (ModelResult model : RESULT.models()) {
            assertThat(page)
                    .contains(model.kind().label(), model.kind().description().replace("&", "&amp;"));
            for (ScoreColumn column : ScoreColumn.values()) {
                assertThat(page).contains(">" + column.text(model.scores()) + "</td>");
            }
        }
    }

    @Test
    void everyPlotIsAnSvgOfItsOwnInBothThemes() {
        Fonts.assumeUsable();
        List<String> light = all("<img src=\"data:image/svg\\+xml;base64,([^\"]+)\"", page);
        List<String> dark = all("srcset=\"data:image/svg\\+xml;base64,([^\"]+)\"", page);

        // 2 of accuracy, 2 of norms, 2 of gaps, and for each of 7 models one a norm.
        assertThat(light).hasSize(2 + 2 + 2 + 2 * 8 + 2 * 8).doesNotHaveDuplicates();
        assertThat(dark).hasSameSizeAs(light).doesNotHaveDuplicates().doesNotContainAnyElementsOf(light);
        for (String plot : light) {
            // Text is drawn as outlines, so that the page needs no fonts; lines of at least four series are there.
            assertThat(svg(plot)).contains("<svg", "<path", "</svg>");
        }
        assertThat(page)
                .contains(
                        "alt=\"Accuracy under PGD, l_inf: accuracy, % against eps",
                        "alt=\"Mean ||J||_1,1 after each epoch",
                        "alt=\"frobenius: gaps and bound, l_inf: gap of the mean loss (log) against lambda",
                        "400 VACUOUS",
                        "2 eps c R(Jacobian)")
                .contains(
                        "alt=\"plain: between certificate and attack, l2: accuracy, % against eps",
                        // certified and not broken at 0.1, the open rest, the two medians, nothing broken inside
                        "<td>l_inf</td><td>25.0%</td><td>50.0%</td><td>25.0%</td><td>0.000</td><td>0.080</td><td>0</td>")
                .contains("alt=\"plain, l_inf eps 0.1: mean loss (log) against epoch", "alt=\"pgd-at, l2 eps 1.5");
    }

    private static String svg(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    @Test
    void everyDigitHasItsThreePicturesAndCaption() throws IOException {
        List<String> pictures = all("<img src=\"data:image/png;base64,([^\"]+)\"", page);

        assertThat(pictures).hasSize(8 * 8 * 3);
        for (String picture : pictures) {
            var image =
                    ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(picture)));
            assertThat(image.getWidth()).isEqualTo(28);
            assertThat(image.getHeight()).isEqualTo(28);
        }
        assertThat(page).contains("3: 3 → 4 <b>fooled</b>", "2: 2 → 2 <b>held</b>", "7: 1 → 7 <b>wrong anyway</b>");
    }

    @Test
    void settingsVersionsAndCommandAreThereAndEscaped() {
        assertThat(page)
                .contains("jacreg --preset standard --seed 1 &lt;invented &amp; &quot;quoted&quot;&gt;")
                .contains("0123abcd", "CpuBackend", "OPENBLAS", "[200, 200]", "2025-01-02T03:04:05Z")
                .contains("upper bound of the robust accuracy, not a certificate");
    }

    @Test
    void nothingIsLoadedFromElsewhere() {
        String withoutData = page.replaceAll("data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+", "DATA");

        assertThat(withoutData)
                .doesNotContain("http:", "https:", "//", "@import", "url(", "<script", "<link", "<iframe");
        assertThat(all("(?:src|srcset|href)=\"([^\"]*)\"", withoutData))
                .isNotEmpty()
                .containsOnly("DATA");
        for (String plot : all("data:image/svg\\+xml;base64,([A-Za-z0-9+/=]+)", page)) {
            assertThat(svg(plot)).doesNotContain("<image", "<script", "xlink:href=\"http");
        }
    }

    @Test
    void noTagOfTheTemplateIsLeft() {
        assertThat(page).doesNotContain("{{", "}}");
    }
}
