package org.jacreg.benchmarks.paired;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A part of a page that a program writes: everything between {@code <!-- NAME:begin -->} and {@code <!-- NAME:end -->}. */
public final class GeneratedPart {

    private final Path page;
    private final String name;

    /**
     * A part.
     *
     * @param page the page
     * @param name in the marks
     */
    public GeneratedPart(Path page, String name) {
        this.page = page;
        this.name = name;
    }

    /**
     * Replaces the part.
     *
     * @param text what is there then
     * @throws IOException if the page is absent or lacks the two marks
     */
    public void write(String text) throws IOException {
        String old = Files.readString(page);
        String begin = "<!-- " + name + ":begin -->";
        int from = old.indexOf(begin);
        int to = old.indexOf("<!-- " + name + ":end -->");
        if (from < 0 || to < from) {
            throw new IOException(
                    page + ": expected the lines '" + begin + "' and '<!-- " + name + ":end -->', in this order");
        }
        Files.writeString(
                page, old.substring(0, from + begin.length()) + "\n" + text.strip() + "\n" + old.substring(to));
    }
}
