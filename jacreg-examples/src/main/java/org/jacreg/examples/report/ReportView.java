package org.jacreg.examples.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jacreg.examples.result.AttackNorm;
import org.jacreg.examples.result.EpochPoint;
import org.jacreg.examples.result.EvaluationSettings;
import org.jacreg.examples.result.ExperimentResult;
import org.jacreg.examples.result.ModelKind;
import org.jacreg.examples.result.ModelResult;
import org.jacreg.examples.result.TrainingSettings;

/** What the page's template sees: every text and picture ready to be placed. */
record ReportView(
        String started,
        String duration,
        String command,
        Headline headline,
        List<String> columns,
        List<Row> rows,
        EvaluationSettings evaluation,
        String testUsed,
        List<Figure> accuracy,
        List<Figure> brackets,
        List<Enclosure> enclosures,
        List<Figure> surrogateLinf,
        List<Figure> surrogateL2,
        List<Figure> norms,
        List<Figure> gapPlots,
        List<GapTable> gapTables,
        List<DigitView> digits,
        List<Entry> settings,
        List<Entry> environment,
        List<Entry> hashes) {

    /** The finding in one sentence. */
    record Headline(String text) {}

    /** One model's row of the table. */
    record Row(String model, String description, String colour, List<Cell> cells) {}

    /** One figure of the table; {@code best} if no model has a better one. */
    record Cell(String text, boolean best) {}

    /** A name and its value. */
    record Entry(String name, String value) {}

    static ReportView of(ExperimentResult result) {
        ChartSheet sheet = new ChartSheet(Figure::of);
        return new ReportView(
                result.startedAt(),
                ScoreColumn.significant(result.wallSeconds()) + " s",
                result.command(),
                new Headline(headline(result)),
                Arrays.stream(ScoreColumn.values()).map(ScoreColumn::title).toList(),
                rows(result),
                result.settings().evaluation(),
                Integer.toString(result.data().testUsed()),
                sheet.draw(List.of(
                        Charts.robustAccuracy(result, AttackNorm.LINF), Charts.robustAccuracy(result, AttackNorm.L2))),
                sheet.draw(BracketCharts.of(result)),
                BracketCharts.enclosures(result),
                sheet.draw(Charts.surrogates(result, AttackNorm.LINF)),
                sheet.draw(Charts.surrogates(result, AttackNorm.L2)),
                sheet.draw(List.of(
                        Charts.jacobianNorm(result, "||J||_F", EpochPoint::frobenius),
                        Charts.jacobianNorm(result, "||J||_1,1", EpochPoint::l11))),
                sheet.draw(GapCharts.againstLambda(result)),
                List.of(GapTable.of(result, AttackNorm.LINF), GapTable.of(result, AttackNorm.L2)),
                result.models().stream().map(DigitView::of).toList(),
                settings(result),
                environment(result),
                result.data().sha256().entrySet().stream()
                        .map(entry -> new Entry(entry.getKey(), entry.getValue()))
                        .toList());
    }

    private static String headline(ExperimentResult result) {
        Optional<ModelResult> plain = find(result, ModelKind.PLAIN);
        Optional<ModelResult> penalised = find(result, ModelKind.FROBENIUS);
        if (plain.isEmpty() || penalised.isEmpty()) {
            return "";
        }
        var before = plain.get().scores();
        var after = penalised.get().scores();
        return "With the penalty lambda ||J||_F^2 the accuracy under PGD (l_inf, eps "
                + result.settings().evaluation().epsilonLinf() + ") goes from " + ScoreColumn.percent(before.pgdLinf())
                + " to " + ScoreColumn.percent(after.pgdLinf()) + ", the clean accuracy from "
                + ScoreColumn.percent(before.cleanTest()) + " to " + ScoreColumn.percent(after.cleanTest())
                + ", the mean ||J||_F from " + ScoreColumn.significant(before.frobenius()) + " to "
                + ScoreColumn.significant(after.frobenius()) + ".";
    }

    private static Optional<ModelResult> find(ExperimentResult result, ModelKind kind) {
        return result.models().stream().filter(model -> model.kind() == kind).findFirst();
    }

    private static List<Row> rows(ExperimentResult result) {
        List<Row> rows = new ArrayList<>();
        for (ModelResult model : result.models()) {
            List<Cell> cells = new ArrayList<>();
            for (ScoreColumn column : ScoreColumn.values()) {
                double mine = column.value(model.scores());
                boolean best =
                        result.models().stream().noneMatch(other -> column.better(column.value(other.scores()), mine));
                cells.add(new Cell(column.text(model.scores()), best));
            }
            rows.add(new Row(model.kind().label(), model.kind().description(), ChartTheme.hex(model.kind()), cells));
        }
        return rows;
    }

    private static String optimiser(TrainingSettings training) {
        String all = "Adam, learning rate " + training.learningRate();
        return training.ibpRateFactor() == 1 ? all : all + ", with interval bounds times " + training.ibpRateFactor();
    }

    private static List<Entry> settings(ExperimentResult result) {
        TrainingSettings training = result.settings().training();
        EvaluationSettings evaluation = result.settings().evaluation();
        return List.of(
                entry("preset", result.settings().preset()),
                entry("seed", result.settings().seed()),
                entry("data", result.data().source()),
                entry(
                        "training images",
                        result.data().trainUsed() + " of " + result.data().trainAvailable()),
                entry(
                        "test images",
                        result.data().testUsed() + " of " + result.data().testAvailable()),
                entry("hidden layers (ReLU)", training.hidden()),
                entry("epochs", training.epochs()),
                entry("batch size", training.batchSize()),
                entry("optimiser", optimiser(training)),
                entry("lambda of ||J||_F^2", training.lambdaFrobenius()),
                entry("lambda of ||J||_1,1", training.lambdaL11()),
                entry("beta of TRADES, MART", training.tradesBeta() + ", " + training.martBeta()),
                entry("lambda of ARoW", training.arowLambda()),
                entry("further lambdas", "times " + training.lambdaFactors()),
                entry(
                        "adversarial training",
                        training.attackSteps() + " PGD steps, l_inf, eps " + evaluation.epsilonLinf()),
                entry("l_inf eps", evaluation.epsilonLinf()),
                entry("l2 eps", evaluation.epsilonL2()),
                entry("PGD", evaluation.pgdSteps() + " steps, random starts: " + evaluation.pgdRestarts()),
                entry("AutoAttack", "l_inf, on the first " + evaluation.autoAttackSize() + " of the test images"),
                entry("certificates", "CROWN, on the first " + evaluation.certifySize() + " of the test images"),
                entry(
                        "followed along training",
                        evaluation.trackSize() + " test images, PGD " + evaluation.trackSteps() + " steps"),
                entry(
                        "gaps and their bounds",
                        evaluation.gapSize() + " images on either side, PGD " + evaluation.trackSteps()
                                + " steps, delta " + evaluation.delta()));
    }

    private static List<Entry> environment(ExperimentResult result) {
        var environment = result.environment();
        return List.of(
                entry("jacreg", environment.jacreg()),
                entry("Java", environment.java()),
                entry("system", environment.os() + ", " + environment.processors() + " processors"),
                entry("ND4J", environment.nd4j() + ", " + environment.backend()),
                entry("BLAS", environment.blas() + ", threads: " + environment.blasThreads()),
                entry("data type", environment.dataType()));
    }

    private static Entry entry(String name, Object value) {
        return new Entry(name, value.toString());
    }
}
