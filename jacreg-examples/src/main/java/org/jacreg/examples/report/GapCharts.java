package org.jacreg.examples.report;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jacreg.examples.gaps.GapBounds;
import org.jacreg.examples.gaps.GapReport;
import org.jacreg.examples.result.ExperimentResult;
import org.jacreg.examples.result.LambdaPoint;
import org.jacreg.examples.result.ModelKind;

/** Plots of measured gaps and their bounds against the weight of a penalty. */
final class GapCharts {

    private static final Color BOUND = new Color(0x7b5cc4);
    private static final Color PART = new Color(0x8a94a3);
    private static final Color SURROGATE = new Color(0x2f86c9);
    private static final Color ATTACK = new Color(0xd1495b);
    private static final Color CLEAN = new Color(0x2f9e76);

    private GapCharts() {}

    /** One plot a penalty, at the l_inf radius. */
    static List<LineChart> againstLambda(ExperimentResult result) {
        return List.of(chart(result, ModelKind.FROBENIUS), chart(result, ModelKind.L11));
    }

    private static LineChart chart(ExperimentResult result, ModelKind kind) {
        List<LambdaPoint> points = points(result, kind);
        return new LineChart(
                kind.label() + ": gaps and bound, l_inf",
                "lambda (log; leftmost: plain training)",
                "gap of the mean loss (log)",
                Axes.LOG_LOG,
                List.of(
                        line(
                                "bound",
                                points,
                                BOUND,
                                false,
                                gaps -> gaps.bound(GapBounds.LINF).value()),
                        line("Jacobian share", points, PART, true, GapCharts::jacobianShare),
                        line(
                                "surrogate gap",
                                points,
                                SURROGATE,
                                false,
                                gaps -> gaps.risks().linfSurrogate().rise()),
                        line(
                                "PGD loss gap",
                                points,
                                ATTACK,
                                false,
                                gaps -> gaps.risks().linfLoss().rise()),
                        line(
                                "loss gap",
                                points,
                                CLEAN,
                                true,
                                gaps -> gaps.risks().loss().rise())));
    }

    private static double jacobianShare(GapReport gaps) {
        return gaps.bound(GapBounds.LINF).part("Jacobian share").orElse(Double.NaN);
    }

    /** The penalty at all its weights, plain training left of the smallest. */
    static List<LambdaPoint> points(ExperimentResult result, ModelKind kind) {
        double own = kind == ModelKind.FROBENIUS
                ? result.settings().training().lambdaFrobenius()
                : result.settings().training().lambdaL11();
        List<LambdaPoint> points = new ArrayList<>();
        result.sweep().stream().filter(point -> point.kind() == kind).forEach(points::add);
        result.models().stream()
                .filter(model -> model.kind() == kind)
                .forEach(model -> points.add(new LambdaPoint(kind, own, model.gaps())));
        points.sort(Comparator.comparingDouble(LambdaPoint::lambda));
        double leftmost = points.isEmpty() ? 1 : points.get(0).lambda() / 4;
        result.models().stream()
                .filter(model -> model.kind() == ModelKind.PLAIN)
                .forEach(model -> points.add(0, new LambdaPoint(kind, leftmost, model.gaps())));
        return points;
    }

    private static Line line(
            String name, List<LambdaPoint> points, Color colour, boolean dashed, ToDoubleFunction<GapReport> value) {
        return new Line(
                name,
                points.stream().map(LambdaPoint::lambda).toList(),
                points.stream().map(point -> value.applyAsDouble(point.gaps())).toList(),
                colour,
                dashed);
    }
}
