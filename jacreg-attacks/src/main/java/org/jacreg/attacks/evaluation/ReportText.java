package org.jacreg.attacks.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A report as a table in plain text. */
final class ReportText {

    private ReportText() {}

    static String of(EvaluationReport report) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("epsilon", "accuracy", "interval"));
        report.settings().attacks().forEach(attack -> head.add(attack.name()));
        rows.add(head);
        List<AttackAccuracy> alone = report.byAttack();
        for (RobustnessCurve.Point point : report.curve().points()) {
            List<String> row = new ArrayList<>();
            row.add(Double.toString(point.epsilon()));
            row.add(share(point.accuracy()));
            row.add("[" + share(point.interval().lower()) + ", "
                    + share(point.interval().upper()) + "]");
            alone.stream()
                    .filter(accuracy -> accuracy.epsilon() == point.epsilon())
                    .forEach(accuracy -> row.add(cell(accuracy)));
            rows.add(row);
        }
        StringBuilder text = new StringBuilder(title(report));
        for (List<String> row : rows) {
            text.append(line(row, rows));
        }
        if (report.flags().isEmpty()) {
            text.append("no failure flag\n");
        }
        for (FailureFlag flag : report.flags()) {
            text.append(flag.kind()).append(": ").append(flag.message()).append('\n');
        }
        return text.toString();
    }

    private static String title(EvaluationReport report) {
        int attacks = report.settings().attacks().size();
        return "accuracy of " + report.examples().size() + " examples under the worst of " + attacks
                + (attacks == 1 ? " attack" : " attacks") + (report.norm() == null ? "" : ", " + report.norm())
                + "; then under each attack alone\n";
    }

    private static String cell(AttackAccuracy accuracy) {
        return accuracy.unknown() == 0
                ? share(accuracy.lower())
                : share(accuracy.lower()) + ".." + share(accuracy.upper());
    }

    private static String share(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String line(List<String> row, List<List<String>> rows) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.size(); column++) {
            int place = column;
            int width = rows.stream()
                    .filter(other -> other.size() > place)
                    .mapToInt(other -> other.get(place).length())
                    .max()
                    .orElse(0);
            String cell = row.get(column);
            line.append(cell).append(" ".repeat(column + 1 == row.size() ? 0 : width - cell.length() + 2));
        }
        return line.append('\n').toString();
    }
}
