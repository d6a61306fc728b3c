package org.jacreg.examples.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.jacreg.examples.result.AttackNorm;
import org.jacreg.examples.result.Bracket;
import org.jacreg.examples.result.EvaluationSettings;
import org.jacreg.examples.result.ExperimentResult;
import org.jacreg.examples.result.ModelResult;

/** Plots of certified accuracy under accuracy under attack: the robust accuracy lies between. */
final class BracketCharts {

    private static final int POINTS = 32;

    private BracketCharts() {}

    /** Two plots a model, l_inf and l2. */
    static List<LineChart> of(ExperimentResult result) {
        List<LineChart> charts = new ArrayList<>();
        for (ModelResult model : result.models()) {
            for (AttackNorm norm : AttackNorm.values()) {
                charts.add(chart(model, norm, result.settings().evaluation()));
            }
        }
        return charts;
    }

    /** The same at the radii of the table, in figures. */
    static List<Enclosure> enclosures(ExperimentResult result) {
        List<Enclosure> rows = new ArrayList<>();
        for (AttackNorm norm : AttackNorm.values()) {
            double radius = result.settings().evaluation().radius(norm);
            result.models().forEach(model -> rows.add(Enclosure.of(model, norm, radius)));
        }
        return rows;
    }

    private static LineChart chart(ModelResult model, AttackNorm norm, EvaluationSettings settings) {
        Bracket bracket = model.bracket(norm);
        double largest = settings.largestRadius(norm);
        return new LineChart(
                model.kind().label() + ": between certificate and attack, " + norm,
                "eps (" + norm + ", pixels in [0, 1])",
                "accuracy, %",
                Axes.LINEAR,
                List.of(
                        line("no attack succeeded", model, largest, true, bracket::withstoodAt),
                        line("certified (" + bracket.method() + ")", model, largest, false, bracket::certifiedAt)));
    }

    private static Line line(
            String name, ModelResult model, double largest, boolean dashed, DoubleUnaryOperator share) {
        List<Double> radii = IntStream.rangeClosed(0, POINTS)
                .mapToObj(k -> largest * k / POINTS)
                .toList();
        return new Line(
                name,
                radii,
                radii.stream().map(r -> 100 * share.applyAsDouble(r)).toList(),
                ChartTheme.of(model.kind()),
                dashed);
    }
}
