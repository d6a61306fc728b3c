package org.jacreg.examples.report;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jacreg.examples.result.AttackNorm;
import org.jacreg.examples.result.CurvePoint;
import org.jacreg.examples.result.EpochPoint;
import org.jacreg.examples.result.ExperimentResult;
import org.jacreg.examples.result.ModelResult;

/** The plots of the report. */
final class Charts {

    private Charts() {}

    /** For every model a plot of the surrogate beside the loss PGD reached, along training. */
    static List<LineChart> surrogates(ExperimentResult result, AttackNorm norm) {
        Function<EpochPoint, EpochPoint.LossPair> pair = norm == AttackNorm.LINF ? EpochPoint::linf : EpochPoint::l2;
        List<LineChart> charts = new ArrayList<>();
        for (ModelResult model : result.models()) {
            charts.add(new LineChart(
                    model.kind().label() + ", " + norm + " eps " + epsilon(result, norm),
                    "epoch",
                    "mean loss (log)",
                    Axes.LOG_Y,
                    List.of(
                            overEpochs(
                                    "surrogate",
                                    model,
                                    point -> pair.apply(point).surrogate(),
                                    false),
                            overEpochs(
                                    "PGD loss",
                                    model,
                                    point -> pair.apply(point).pgd(),
                                    true),
                            clean(model))));
        }
        return charts;
    }

    /** Accuracy under PGD against the radius, all models in one plot. */
    static LineChart robustAccuracy(ExperimentResult result, AttackNorm norm) {
        List<Line> lines = new ArrayList<>();
        for (ModelResult model : result.models()) {
            List<CurvePoint> points = model.curve(norm).points();
            lines.add(new Line(
                    model.kind().label(),
                    points.stream().map(CurvePoint::epsilon).toList(),
                    points.stream().map(point -> 100 * point.accuracy()).toList(),
                    ChartTheme.of(model.kind()),
                    false));
        }
        return new LineChart(
                "Accuracy under PGD, " + norm,
                "eps (" + norm + ", pixels in [0, 1])",
                "accuracy, %",
                Axes.LINEAR,
                lines);
    }

    /** A mean Jacobian norm after every epoch, all models in one plot. */
    static LineChart jacobianNorm(ExperimentResult result, String name, ToDoubleFunction<EpochPoint> norm) {
        List<Line> lines = new ArrayList<>();
        for (ModelResult model : result.models()) {
            lines.add(overEpochs(model.kind().label(), model, norm, false));
        }
        return new LineChart(
                "Mean " + name + " after each epoch", "epoch", "mean " + name + " (log)", Axes.LOG_Y, lines);
    }

    private static Line overEpochs(String name, ModelResult model, ToDoubleFunction<EpochPoint> value, boolean dashed) {
        return new Line(
                name,
                model.history().stream().map(point -> (double) point.epoch()).toList(),
                model.history().stream().map(value::applyAsDouble).toList(),
                ChartTheme.of(model.kind()),
                dashed);
    }

    private static Line clean(ModelResult model) {
        Line line = overEpochs("clean loss", model, EpochPoint::loss, true);
        return new Line(line.name(), line.x(), line.y(), new Color(0x8a94a3), true);
    }

    private static double epsilon(ExperimentResult result, AttackNorm norm) {
        return norm == AttackNorm.LINF
                ? result.settings().evaluation().epsilonLinf()
                : result.settings().evaluation().epsilonL2();
    }
}
