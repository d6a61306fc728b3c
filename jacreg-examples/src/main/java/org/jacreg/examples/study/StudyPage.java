package org.jacreg.examples.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.examples.gaps.GapBounds;
import org.jacreg.examples.report.LineChart;
import org.jacreg.examples.report.TextTable;
import org.jacreg.examples.runs.MarkedPage;

/** What a study found, as tables for a console and as tables and plots for a page. */
public final class StudyPage {

    private final StudyResult result;
    private final StudyTables tables;

    /**
     * Makes the page's parts.
     *
     * @param result what to show
     */
    public StudyPage(StudyResult result) {
        this.result = result;
        this.tables = new StudyTables(result);
    }

    /**
     * The short tables: gaps and correlations.
     *
     * @return rows of cells by title, the head of each first
     */
    public Map<String, List<List<String>>> tables() {
        Map<String, List<List<String>>> shown = new LinkedHashMap<>();
        shown.put("gaps: accuracies in percent, losses in nats, mean over the seeds (standard error)", tables.gaps());
        shown.put(
                "Kendall's tau of measures with loss gaps (p by permutation)",
                tables.correlations(GapKind.STANDARD_LOSS, GapKind.LINF_LOSS, GapKind.L2_LOSS));
        return shown;
    }

    /**
     * Puts all tables between the marks of a page and the plots into the folder {@code images} beside it.
     *
     * @param page a Markdown file with the marks {@code generalization-gaps}, {@code -correlations}, {@code -measures}, {@code
     *     -bounds} and {@code -terms}
     * @throws IOException if the page has not these marks, or reading, writing or drawing fails
     */
    public void write(Path page) throws IOException {
        MarkedPage.replace(page, "generalization-gaps", TextTable.markdown(tables.gaps()));
        MarkedPage.replace(
                page,
                "generalization-correlations",
                TextTable.markdown(tables.correlations(GapKind.STANDARD_LOSS, GapKind.LINF_LOSS, GapKind.L2_LOSS))
                        + "\n"
                        + TextTable.markdown(tables.correlations(
                                GapKind.STANDARD_ACCURACY, GapKind.LINF_ACCURACY, GapKind.L2_ACCURACY)));
        MarkedPage.replace(page, "generalization-measures", joined(tables.measures()));
        MarkedPage.replace(page, "generalization-bounds", joined(tables.bounds()));
        List<List<List<String>>> terms = new ArrayList<>(
                tables.parts(GapBounds.LINF, risks -> risks.linfSurrogate().rise()));
        terms.addAll(tables.parts(GapBounds.L2, risks -> risks.l2Surrogate().rise()));
        MarkedPage.replace(page, "generalization-terms", joined(terms));
        Path images = Files.createDirectories(page.toAbsolutePath().resolveSibling("images"));
        for (Map.Entry<String, LineChart> chart : new StudyCharts(result).all().entrySet()) {
            chart.getValue().write(images.resolve(chart.getKey()));
        }
    }

    private static String joined(List<List<List<String>>> tables) {
        return String.join("\n", tables.stream().map(TextTable::markdown).toList());
    }
}
