package org.jacreg.examples.runs;

import java.util.List;

/** Tables for pages. */
public final class MarkdownTable {

    private MarkdownTable() {}

    /**
     * Writes a table.
     *
     * @param rows the head first; as many cells in each
     * @return Markdown, ended by a line feed; bars in cells are escaped
     */
    public static String of(List<List<String>> rows) {
        StringBuilder out = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            List<String> cells =
                    rows.get(r).stream().map(cell -> cell.replace("|", "\\|")).toList();
            out.append("| ").append(String.join(" | ", cells)).append(" |\n");
            if (r == 0) {
                out.append("|---".repeat(cells.size())).append("|\n");
            }
        }
        return out.toString();
    }
}
