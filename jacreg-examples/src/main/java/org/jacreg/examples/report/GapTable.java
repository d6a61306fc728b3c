package org.jacreg.examples.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jacreg.examples.gaps.BoundFigure;
import org.jacreg.examples.gaps.GapBounds;
import org.jacreg.examples.gaps.GapReport;
import org.jacreg.examples.gaps.Risks;
import org.jacreg.examples.result.AttackNorm;
import org.jacreg.examples.result.ExperimentResult;
import org.jacreg.examples.result.ModelResult;

/**
 * Measured gaps and every term of a bound, one column a model.
 *
 * @param title what the bound is of
 * @param models names of the columns
 * @param rows the figures
 */
record GapTable(String title, List<String> models, List<Row> rows) {

    /**
     * One figure of every model.
     *
     * @param name of the figure
     * @param meaning in words
     * @param heading whether it is measured or the bound itself, rather than one of its terms
     * @param cells one a model
     */
    record Row(String name, String meaning, boolean heading, List<String> cells) {}

    /** The table of the surrogate of one norm. */
    static GapTable of(ExperimentResult result, AttackNorm norm) {
        boolean linf = norm == AttackNorm.LINF;
        String bound = linf ? GapBounds.LINF : GapBounds.L2;
        List<Row> rows = new ArrayList<>();
        rows.add(measured(
                result,
                "loss gap",
                "test - training, without attack, measured",
                risks -> risks.loss().rise()));
        rows.add(measured(
                result,
                "PGD loss gap",
                "test - training, under attack, measured",
                risks -> (linf ? risks.linfLoss() : risks.l2Loss()).rise()));
        rows.add(measured(
                result,
                "surrogate gap",
                "test - training, measured: what the bound is of",
                risks -> (linf ? risks.linfSurrogate() : risks.l2Surrogate()).rise()));
        rows.add(row(result, "bound", "of the surrogate gap", true, gaps -> figure(gaps.bound(bound))));
        List<BoundFigure.Part> parts =
                result.models().get(0).gaps().bound(bound).parts();
        for (int i = 0; i < parts.size(); i++) {
            int place = i;
            rows.add(row(
                    result,
                    parts.get(i).name(),
                    // Where an integral was cut differs from model to model.
                    parts.get(i).meaning().replaceFirst(", cut at .*", ""),
                    false,
                    gaps -> number(gaps.bound(bound).parts().get(place).value())));
        }
        return new GapTable(
                linf ? "l_inf: gap of l + eps ||J||_1,1" : "l2: gap of l + eps sqrt(2) ||J||_F",
                result.models().stream().map(model -> model.kind().label()).toList(),
                rows);
    }

    private static Row measured(ExperimentResult result, String name, String meaning, ToDoubleFunction<Risks> gap) {
        return row(result, name, meaning, true, gaps -> number(gap.applyAsDouble(gaps.risks())));
    }

    private static Row row(
            ExperimentResult result, String name, String meaning, boolean heading, Function<GapReport, String> cell) {
        return new Row(
                name,
                meaning,
                heading,
                result.models().stream().map(ModelResult::gaps).map(cell).toList());
    }

    private static String figure(BoundFigure bound) {
        return number(bound.value()) + (bound.vacuous() ? " VACUOUS" : "");
    }

    private static String number(double value) {
        return Double.isFinite(value) ? ScoreColumn.significant(value) : "infinite";
    }
}
