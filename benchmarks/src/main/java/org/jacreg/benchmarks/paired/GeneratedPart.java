package org.jacreg.benchmarks.paired;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A part of a page that a program writes: everything between {@code <!-- NAME:begin -->} and {@code <!-- NAME:end -->}. */
final class GeneratedPart {

    private final Path page;
    private final String name;

    GeneratedPart(Path page, String name) {
        this.page = page;
        this.name = name;
    }

    /**
     * Replaces the part.
     *
     * @throws IOException if the page is absent or lacks the two marks
     */
    void write(String text) throws IOException {
        String old = Files.readString(page);
        String begin = "<!-- " + name + ":begin -->";
        int from = old.indexOf(begin);
        int to = old.indexOf("<!-- " + name + ":end -->");
        if (from < 0 || to < from) {
            throw new IOException(page + ": expected the lines '" + begin + "' and '<!-- " + name + ":end -->', in this order");
        }
        Files.writeString(page, old.substring(0, from + begin.length()) + "\n" + text.strip() + "\n" + old.substring(to));
    }
}
