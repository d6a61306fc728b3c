package org.jacreg.examples.study;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jacreg.examples.gaps.BoundFigure;
import org.jacreg.examples.gaps.Risks;
import org.jacreg.examples.result.ModelKind;
import org.jacreg.examples.runs.Spread;

/** The tables of a study: what was measured, measures, bounds and their terms, correlations. Rows of cells, the head first. */
final class StudyTables {

    /** Columns of figures a table has at most. */
    private static final int COLUMNS = 8;

    private final StudyResult result;
    private final List<StudyPoint> points;

    StudyTables(StudyResult result) {
        this.result = result;
        this.points = StudyPoint.of(result.runs());
    }

    /** Accuracies in percent, losses in nats, gaps in the same, a standard error over the seeds in parentheses. */
    List<List<String>> gaps() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "training",
                "digits",
                "test acc",
                "gap",
                "train loss",
                "gap",
                "l_inf test acc",
                "gap",
                "l_inf train loss",
                "gap",
                "l2 test acc",
                "gap",
                "l2 train loss",
                "gap",
                "train ||J||_F",
                "test ||J||_F"));
        for (StudyPoint point : points) {
            List<String> row = head(point);
            row.add(percent(point.mean(run -> run.risks().accuracy().test())));
            row.add(point.spread(run -> GapKind.STANDARD_ACCURACY.of(run.risks()))
                    .percent());
            row.add(number(point.mean(run -> run.risks().loss().train())));
            row.add(withError(point.spread(run -> GapKind.STANDARD_LOSS.of(run.risks()))));
            row.add(percent(point.mean(run -> run.risks().linfAccuracy().test())));
            row.add(point.spread(run -> GapKind.LINF_ACCURACY.of(run.risks())).percent());
            row.add(number(point.mean(run -> run.risks().linfLoss().train())));
            row.add(withError(point.spread(run -> GapKind.LINF_LOSS.of(run.risks()))));
            row.add(percent(point.mean(run -> run.risks().l2Accuracy().test())));
            row.add(point.spread(run -> GapKind.L2_ACCURACY.of(run.risks())).percent());
            row.add(number(point.mean(run -> run.risks().l2Loss().train())));
            row.add(withError(point.spread(run -> GapKind.L2_LOSS.of(run.risks()))));
            row.add(number(point.mean(run -> run.risks().frobenius().train())));
            row.add(number(point.mean(run -> run.risks().frobenius().test())));
            rows.add(row);
        }
        return rows;
    }

    /** Every measure of every point, in tables of a few columns each. */
    List<List<List<String>>> measures() {
        List<List<List<String>>> tables = new ArrayList<>();
        List<String> names = points.isEmpty()
                ? List.of()
                : List.copyOf(points.get(0).runs().get(0).measures().keySet());
        for (int from = 0; from < names.size(); from += COLUMNS) {
            List<String> some = names.subList(from, Math.min(names.size(), from + COLUMNS));
            List<List<String>> rows = new ArrayList<>();
            List<String> head = new ArrayList<>(List.of("training", "digits"));
            head.addAll(some);
            rows.add(head);
            for (StudyPoint point : points) {
                List<String> row = head(point);
                some.forEach(name -> row.add(number(point.measure(name))));
                rows.add(row);
            }
            tables.add(rows);
        }
        return tables;
    }

    /** Every bound of every point, as many tables as it takes; what says nothing is marked. */
    List<List<List<String>>> bounds() {
        Map<String, List<List<String>>> tables = new LinkedHashMap<>();
        for (StudyPoint point : points) {
            StudyRun first = point.runs().get(0);
            for (int from = 0; from < first.gaps().bounds().size(); from += COLUMNS) {
                List<BoundFigure> some = first.gaps()
                        .bounds()
                        .subList(from, Math.min(first.gaps().bounds().size(), from + COLUMNS));
                List<String> head = new ArrayList<>(List.of("training", "digits"));
                some.forEach(bound -> head.add(bound.name()));
                List<List<String>> rows = tables.computeIfAbsent(String.join("\n", head), key -> {
                    List<List<String>> fresh = new ArrayList<>();
                    fresh.add(head);
                    return fresh;
                });
                List<String> row = head(point);
                some.forEach(bound -> row.add(bound(point, bound.name())));
                rows.add(row);
            }
        }
        return List.copyOf(tables.values());
    }

    private static String bound(StudyPoint point, String name) {
        boolean vacuous = point.runs().stream().allMatch(run -> run.bound(name).vacuous());
        return number(point.mean(run -> run.bound(name).value())) + (vacuous ? " vacuous" : "");
    }

    /** The parts of one bound, in tables of a few columns each; the first begins with the measured gap it is of. */
    List<List<List<String>>> parts(String bound, ToDoubleFunction<Risks> gap) {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("measured gap", run -> gap.applyAsDouble(run.risks())));
        columns.add(new Column("bound", run -> run.bound(bound).value()));
        List<BoundFigure.Part> parts = points.isEmpty()
                ? List.of()
                : points.get(0).runs().get(0).bound(bound).parts();
        for (int i = 0; i < parts.size(); i++) {
            int place = i;
            columns.add(new Column(
                    parts.get(i).name(),
                    run -> run.bound(bound).parts().get(place).value()));
        }
        List<List<List<String>>> tables = new ArrayList<>();
        for (int from = 0; from < columns.size(); from += COLUMNS) {
            tables.add(table(columns.subList(from, Math.min(columns.size(), from + COLUMNS))));
        }
        return tables;
    }

    /** A figure of every point: the mean over its seeds. */
    private record Column(String name, ToDoubleFunction<StudyRun> value) {}

    private List<List<String>> table(List<Column> columns) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("training", "digits"));
        columns.forEach(column -> head.add(column.name()));
        rows.add(head);
        for (StudyPoint point : points) {
            List<String> row = head(point);
            columns.forEach(column -> row.add(number(point.mean(column.value()))));
            rows.add(row);
        }
        return rows;
    }

    /** tau (p) of every measure with every gap, over all points and within equal numbers of digits. */
    List<List<String>> correlations(GapKind... gaps) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("measure"));
        for (GapKind gap : gaps) {
            head.add(gap.label() + ": all");
            head.add("within sizes");
        }
        rows.add(head);
        Map<String, List<String>> byMeasure = new LinkedHashMap<>();
        for (GapKind gap : gaps) {
            for (Correlation correlation : result.correlations()) {
                if (correlation.gap() == gap) {
                    List<String> row = byMeasure.computeIfAbsent(
                            correlation.measure(), measure -> new ArrayList<>(List.of(measure)));
                    row.add(tau(correlation.all()));
                    row.add(tau(correlation.within()));
                }
            }
        }
        rows.addAll(byMeasure.values());
        return rows;
    }

    private static String tau(KendallTau tau) {
        return Double.isNaN(tau.tau()) ? "constant" : String.format(Locale.ROOT, "%+.2f (%.3f)", tau.tau(), tau.p());
    }

    private static List<String> head(StudyPoint point) {
        List<String> row = new ArrayList<>();
        row.add(name(point.kind(), point.strength()));
        row.add(Integer.toString(point.size()));
        return row;
    }

    static String name(ModelKind kind, double strength) {
        return kind == ModelKind.PLAIN
                ? kind.label()
                : kind.label() + " "
                        + BigDecimal.valueOf(strength).stripTrailingZeros().toPlainString();
    }

    private static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.1f", 100 * fraction);
    }

    private static String withError(Spread spread) {
        return spread.count() > 1 ? number(spread.mean()) + " (" + number(spread.error()) + ")" : number(spread.mean());
    }

    /** Three significant digits, with an exponent where it would be long. */
    static String number(double value) {
        double size = Math.abs(value);
        if (!Double.isFinite(value) || value == 0) {
            return Double.toString(value);
        }
        if (size >= 1e5 || size < 1e-3) {
            return String.format(Locale.ROOT, "%.1e", value);
        }
        int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
