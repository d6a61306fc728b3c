package org.jacreg.examples.report;

import com.github.mustachejava.DefaultMustacheFactory;
import com.github.mustachejava.Mustache;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jacreg.examples.result.ExperimentResult;

/**
 * The report of an experiment as one HTML file that needs nothing else: no script, no style sheet, no picture from
 * elsewhere. Drawing works without a display.
 */
public final class HtmlReport {

    private static final String TEMPLATE = "org/jacreg/examples/report/report.html.mustache";

    private final Mustache template = new DefaultMustacheFactory().compile(TEMPLATE);

    /**
     * Renders the page.
     *
     * @param result what to show
     * @return HTML
     * @throws IOException if the template fails to render
     */
    public String render(ExperimentResult result) throws IOException {
        try (Writer page = template.execute(new StringWriter(), ReportView.of(result))) {
            return page.toString();
        }
    }

    /**
     * Writes the page.
     *
     * @param result what to show
     * @param file where to; replaced if there
     * @throws IOException if rendering or writing fails
     */
    public void write(ExperimentResult result, Path file) throws IOException {
        Files.writeString(file, render(result));
    }
}
