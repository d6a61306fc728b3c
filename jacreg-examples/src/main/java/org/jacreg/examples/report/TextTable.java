package org.jacreg.examples.report;

import java.util.ArrayList;
import java.util.List;
import org.jacreg.examples.result.EvaluationSettings;
import org.jacreg.examples.result.ExperimentResult;
import org.jacreg.examples.result.ModelResult;

/** Tables in plain text, columns aligned and figures to the right, and in Markdown. */
public final class TextTable {

    private static final String GAP = "  ";

    private TextTable() {}

    /**
     * Renders the table with a line on how to read it.
     *
     * @param result the experiment
     * @return lines, each ended by {@code \n}, none with trailing blanks
     */
    public static String of(ExperimentResult result) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>();
        head.add("model");
        for (ScoreColumn column : ScoreColumn.values()) {
            head.add(column.title());
        }
        rows.add(head);
        for (ModelResult model : result.models()) {
            List<String> row = new ArrayList<>();
            row.add(model.kind().label());
            for (ScoreColumn column : ScoreColumn.values()) {
                row.add(column.text(model.scores()));
            }
            rows.add(row);
        }
        return align(rows) + footnote(result);
    }

    /**
     * Pads every column to its widest cell, the first to the left, the others to the right, and rules the head off.
     *
     * @param rows the head first; as many cells in each
     * @return lines, each ended by {@code \n}
     */
    public static String align(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] width = new int[columns];
        for (List<String> row : rows) {
            for (int c = 0; c < columns; c++) {
                width[c] = Math.max(width[c], row.get(c).length());
            }
        }
        StringBuilder out = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                String cell = rows.get(r).get(c);
                String pad = " ".repeat(width[c] - cell.length());
                line.append(c == 0 ? "" : GAP).append(c == 0 ? cell + pad : pad + cell);
            }
            out.append(line.toString().stripTrailing()).append('\n');
            if (r == 0) {
                int total = GAP.length() * (columns - 1);
                for (int w : width) {
                    total += w;
                }
                out.append("-".repeat(total)).append('\n');
            }
        }
        return out.toString();
    }

    /**
     * Writes a table for a page.
     *
     * @param rows the head first; as many cells in each
     * @return Markdown, ended by a line feed
     */
    public static String markdown(List<List<String>> rows) {
        StringBuilder out = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            out.append("| ")
                    .append(String.join(" | ", rows.get(r)).replace("||", "\\|\\|"))
                    .append(" |\n");
            if (r == 0) {
                out.append("|---".repeat(rows.get(0).size())).append("|\n");
            }
        }
        return out.toString();
    }

    private static String footnote(ExperimentResult result) {
        EvaluationSettings evaluation = result.settings().evaluation();
        return "accuracy on " + result.data().testUsed() + " test images; l_inf eps " + evaluation.epsilonLinf()
                + ", l2 eps " + evaluation.epsilonL2() + "; PGD " + evaluation.pgdSteps() + " steps, "
                + evaluation.pgdRestarts() + (evaluation.pgdRestarts() == 1 ? " start" : " starts")
                + "; AutoAttack on the first " + evaluation.autoAttackSize()
                + ", certificates (CROWN) on the first " + evaluation.certifySize()
                + " of the images"
                + "\naccuracy under an attack is an upper bound of the robust accuracy, certified accuracy a lower one\n";
    }
}
