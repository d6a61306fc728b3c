package org.jacreg.benchmarks.paired;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.jacreg.benchmarks.paired.ComparisonResult.Cell;
import org.jacreg.benchmarks.paired.ComparisonResult.Entry;

/** Writes a result as tables. */
final class ComparisonMarkdown {

    private static final Map<String, String> NETWORKS = Map.of("mlp", "MLP 784-512-512-10", "lenet", "LeNet");
    private static final Map<String, String> JOBS = Map.of(
            "plain", "plain step",
            "frobenius", "exact Frobenius step",
            "l11", "exact l_{1,1} step",
            "projection", "one projection step",
            "jacobian", "Jacobian alone",
            "pgd40", "PGD-40");

    private final ComparisonResult result;

    ComparisonMarkdown(ComparisonResult result) {
        this.result = result;
    }

    String text() {
        return "Measured " + result.date() + ". " + described(result.machine()) + "\n\n"
                + contenders()
                + "\nMilliseconds: median of the turns' medians [fastest, slowest repetition]; in parentheses the variant. Ratio: our time over that of the faster peer,"
                + " round by round: median [min, max].\n\n" + times()
                + "\nAll variants, medians of one turn, milliseconds:\n\n" + variants();
    }

    private static String described(Map<String, String> values) {
        return values.entrySet().stream()
                .map(e -> e.getKey() + ": " + e.getValue())
                .collect(Collectors.joining("; ", "", "."));
    }

    private String contenders() {
        StringBuilder text = new StringBuilder();
        result.contenders()
                .forEach((key, values) -> text.append("- ")
                        .append(key)
                        .append(": ")
                        .append(described(values))
                        .append('\n'));
        return text.toString();
    }

    private String times() {
        List<String> sides = List.copyOf(result.contenders().keySet());
        StringBuilder text = new StringBuilder("| network | job |");
        sides.forEach(side -> text.append(' ').append(side).append(" |"));
        text.append(" ratio |\n|---|---|")
                .append("---|".repeat(sides.size() + 1))
                .append('\n');
        for (Cell cell : result.cells()) {
            StringJoiner row = new StringJoiner(" | ", "| ", " |\n");
            row.add(NETWORKS.getOrDefault(cell.network(), cell.network()));
            row.add(JOBS.getOrDefault(cell.job(), cell.job()));
            sides.forEach(side -> row.add(time(cell, side)));
            row.add(cell.fastestPeer().map(peer -> ratio(cell, peer)).orElse(""));
            text.append(row);
        }
        return text.toString();
    }

    private static String time(Cell cell, String side) {
        return cell.entries().stream()
                .filter(entry -> entry.side().equals(side))
                .map(entry -> number(entry.median()) + " [" + number(entry.min()) + ", " + number(entry.max()) + "] ("
                        + entry.variant() + ")"
                        + (entry.disturbed() > 0 ? ", " + entry.disturbed() + " disturbed" : ""))
                .collect(Collectors.joining());
    }

    private static String ratio(Cell cell, Entry peer) {
        List<Double> ratios = cell.ratios(peer);
        return "**" + number(Turn.median(ratios)) + "** ["
                + number(ratios.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN)) + ", "
                + number(ratios.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN)) + "] to "
                + peer.side();
    }

    private String variants() {
        StringBuilder text = new StringBuilder();
        for (Cell cell : result.cells()) {
            text.append("- ")
                    .append(cell.network())
                    .append(' ')
                    .append(cell.job())
                    .append(": ");
            text.append(cell.entries().stream()
                    .map(entry -> entry.side() + " "
                            + entry.scouted().entrySet().stream()
                                    .map(e -> e.getKey() + " " + number(e.getValue()))
                                    .collect(Collectors.joining(", ")))
                    .collect(Collectors.joining("; ")));
            text.append('\n');
        }
        return text.toString();
    }

    /** Three digits. */
    static String number(double value) {
        int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
