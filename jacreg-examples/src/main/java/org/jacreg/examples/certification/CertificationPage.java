package org.jacreg.examples.certification;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.examples.report.Axes;
import org.jacreg.examples.report.Line;
import org.jacreg.examples.report.LineChart;
import org.jacreg.examples.runs.MarkedPage;

/** What was found, as tables for a console and as tables and a plot for a page. */
public final class CertificationPage {

    private static final int POINTS = 40;

    private final CertificationResult result;
    private final CertificationTables tables;

    /**
     * Makes the page's parts.
     *
     * @param result what to show
     */
    public CertificationPage(CertificationResult result) {
        this.result = result;
        this.tables = new CertificationTables(result);
    }

    /**
     * The tables.
     *
     * @return rows of cells by title, the head of each first
     */
    public Map<String, List<List<String>>> tables() {
        return tables.all();
    }

    /**
     * What the figures are, and every violation.
     *
     * @return lines of plain text
     */
    public List<String> notes() {
        List<String> notes = new ArrayList<>(tables.notes());
        notes.addAll(tables.contradictions());
        return notes;
    }

    /**
     * Puts the tables between the marks of a page and the plot into the folder {@code images} beside it. Of a result that has only small
     * networks, only the table of them.
     *
     * @param page a Markdown file with the marks {@code certification-radii}, {@code -brackets}, {@code -violations} and {@code -ladder}
     * @throws IOException if the page has not these marks, or reading, writing or drawing fails
     */
    public void write(Path page) throws IOException {
        MarkedPage.replace(page, "certification-ladder", CertificationTables.markdown(tables.ladder()));
        if (!result.radii().isEmpty()) {
            writeLarge(page);
        }
    }

    private void writeLarge(Path page) throws IOException {
        MarkedPage.replace(
                page,
                "certification-radii",
                byNorm(tables::radii) + "\nMean radii on the same digits, "
                        + result.settings().few() + " of each fifty:\n\n"
                        + CertificationTables.markdown(tables.sameDigits()) + list(tables.notes()));
        MarkedPage.replace(page, "certification-brackets", byNorm(tables::brackets));
        MarkedPage.replace(
                page,
                "certification-violations",
                CertificationTables.markdown(tables.violations()) + list(tables.contradictions()));
        Path images = Files.createDirectories(page.toAbsolutePath().resolveSibling("images"));
        for (BallNorm norm : CertificationResult.NORMS) {
            chart(norm)
                    .write(images.resolve(
                            "certification-" + Distances.norm(norm).toString().replace("_", "") + ".svg"));
        }
    }

    private static String byNorm(Function<BallNorm, List<List<String>>> table) {
        return CertificationResult.NORMS.stream()
                .map(norm -> Distances.norm(norm) + ":\n\n" + CertificationTables.markdown(table.apply(norm)))
                .collect(Collectors.joining("\n"));
    }

    private static String list(List<String> lines) {
        StringBuilder out = new StringBuilder(lines.isEmpty() ? "" : "\n");
        lines.forEach(
                line -> out.append("- ").append(line.replace("||", "\\|\\|")).append('\n'));
        return out.toString();
    }

    /** Certified accuracy, solid, under accuracy under all attacks, dashed: the truth lies between. */
    private LineChart chart(BallNorm norm) {
        List<Line> lines = new ArrayList<>();
        for (Way way : tables.ways()) {
            double[] nearest = result.nearest(way, norm);
            if (nearest.length > 0) {
                double[] radii = Arrays.copyOf(result.radii(way, CertificationTables.tightest(norm)), nearest.length);
                lines.add(line(way.label(), norm, way.colour(), false, e -> Summary.certified(radii, e)));
                lines.add(line(way.label() + " attacked", norm, way.colour(), true, e -> Summary.standing(nearest, e)));
            }
        }
        return new LineChart(
                "Between certificate (solid) and attack (dashed), " + Distances.norm(norm),
                "eps (" + Distances.norm(norm) + ", pixels in [0, 1])",
                "accuracy, %",
                Axes.LINEAR,
                lines);
    }

    private Line line(String name, BallNorm norm, Color colour, boolean dashed, DoubleUnaryOperator share) {
        double largest = result.settings().radii(norm).largest();
        List<Double> x = IntStream.rangeClosed(0, POINTS)
                .mapToObj(k -> largest * k / POINTS)
                .toList();
        return new Line(
                name, x, x.stream().map(e -> 100 * share.applyAsDouble(e)).toList(), colour, dashed, !dashed);
    }
}
