package org.jacreg.examples.comparison;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Puts written tables between the marks of a page, so that no figure is typed. */
public final class MarkedPage {

    private MarkedPage() {}

    /**
     * Replaces what stands between {@code <!-- name:begin -->} and {@code <!-- name:end -->}.
     *
     * @param page the file
     * @param name of the marks
     * @param markdown what to put there, ended by a line feed
     * @throws IOException if the page cannot be read or written, or has not both marks, in this order
     */
    public static void replace(Path page, String name, String markdown) throws IOException {
        String begin = "<!-- " + name + ":begin -->\n";
        String end = "<!-- " + name + ":end -->";
        String text = Files.readString(page);
        int from = text.indexOf(begin);
        int to = text.indexOf(end);
        if (from < 0 || to < from) {
            throw new IOException(page + ": expected the lines " + begin.strip() + " and " + end + ", in this order");
        }
        Files.writeString(page, text.substring(0, from + begin.length()) + markdown + text.substring(to));
    }
}
