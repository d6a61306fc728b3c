package org.jacreg.examples.study;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.jacreg.examples.gaps.GapBounds;
import org.jacreg.examples.report.Axes;
import org.jacreg.examples.report.Line;
import org.jacreg.examples.report.LineChart;
import org.jacreg.examples.result.ModelKind;

/** The plots of a study. */
final class StudyCharts {

    /** Told apart also by those who do not see red and green apart; from few digits to many. */
    private static final List<Color> COLOURS =
            List.of(new Color(0xd1495b), new Color(0xe0932f), new Color(0x2f86c9), new Color(0x2f9e76));

    private final List<StudyPoint> points;

    StudyCharts(StudyResult result) {
        this.points = StudyPoint.of(result.runs());
    }

    /** The plots by file name. */
    Map<String, LineChart> all() {
        Map<String, LineChart> charts = new LinkedHashMap<>();
        for (ModelKind kind : List.of(ModelKind.FROBENIUS, ModelKind.L11, ModelKind.PGD_AT)) {
            charts.put("generalization-gaps-" + kind.label() + ".svg", gaps(kind));
            charts.put("generalization-bounds-" + kind.label() + ".svg", bounds(kind));
        }
        charts.put(
                "generalization-jacobian.svg",
                against(
                        "Robust loss gap against the Jacobian norm, all trainings",
                        "mean ||J||_1,1 on training digits",
                        run -> run.risks().l11().train()));
        return charts;
    }

    private LineChart gaps(ModelKind kind) {
        List<Line> lines = new ArrayList<>();
        for (int size : sizes()) {
            lines.add(overStrength(kind, size, label(size), false, run -> GapKind.LINF_LOSS.of(run.risks())));
            lines.add(overStrength(
                    kind, size, label(size) + " clean", true, run -> GapKind.STANDARD_LOSS.of(run.risks())));
        }
        return new LineChart(
                kind.label() + ": loss gap by digits, solid under PGD",
                strengthTitle(kind),
                "gap of the mean loss",
                Axes.LOG_X,
                lines);
    }

    private LineChart bounds(ModelKind kind) {
        List<Line> lines = new ArrayList<>();
        for (int size : sizes()) {
            lines.add(overStrength(
                    kind,
                    size,
                    label(size),
                    false,
                    run -> run.bound(GapBounds.LINF).value()));
            lines.add(overStrength(
                    kind,
                    size,
                    label(size) + " gap",
                    true,
                    run -> run.risks().linfSurrogate().rise()));
        }
        return new LineChart(
                kind.label() + ": gap of l + eps ||J||_1,1, solid its bound",
                strengthTitle(kind),
                "gap of the mean (log)",
                Axes.LOG_LOG,
                lines);
    }

    static String strengthTitle(ModelKind kind) {
        return (kind == ModelKind.PGD_AT ? "l_inf radius of training" : "lambda") + " (log; leftmost: plain training)";
    }

    /** One line over the strengths; plain training, strength 0, stands left of the smallest. */
    Line overStrength(ModelKind kind, int size, String name, boolean dashed, ToDoubleFunction<StudyRun> value) {
        List<Double> x = new ArrayList<>();
        List<Double> y = new ArrayList<>();
        List<StudyPoint> mine = points.stream()
                .filter(point -> point.kind() == kind && point.size() == size)
                .sorted(Comparator.comparingDouble(StudyPoint::strength))
                .toList();
        points.stream()
                .filter(point -> point.kind() == ModelKind.PLAIN && point.size() == size && !mine.isEmpty())
                .findFirst()
                .ifPresent(plain -> {
                    x.add(mine.get(0).strength() / 4);
                    y.add(plain.mean(value));
                });
        for (StudyPoint point : mine) {
            x.add(point.strength());
            y.add(point.mean(value));
        }
        return new Line(name, x, y, colour(size), dashed);
    }

    private LineChart against(String title, String xTitle, ToDoubleFunction<StudyRun> abscissa) {
        List<Line> lines = new ArrayList<>();
        for (int size : sizes()) {
            List<StudyPoint> sorted = points.stream()
                    .filter(point -> point.size() == size)
                    .sorted(Comparator.comparingDouble(point -> point.mean(abscissa)))
                    .toList();
            lines.add(new Line(
                    size + " digits",
                    sorted.stream().map(point -> point.mean(abscissa)).toList(),
                    sorted.stream()
                            .map(point -> point.mean(run -> GapKind.LINF_LOSS.of(run.risks())))
                            .toList(),
                    colour(size),
                    false));
        }
        return new LineChart(title, xTitle, "gap of the mean loss under PGD, l_inf", Axes.LOG_X, lines);
    }

    /** Short, so that the legend fits. */
    private static String label(int size) {
        return size % 1_000 == 0 ? size / 1_000 + "k" : Integer.toString(size);
    }

    private List<Integer> sizes() {
        return List.copyOf(new TreeSet<>(points.stream().map(StudyPoint::size).toList()));
    }

    private Color colour(int size) {
        return COLOURS.get(sizes().indexOf(size) % COLOURS.size());
    }
}
