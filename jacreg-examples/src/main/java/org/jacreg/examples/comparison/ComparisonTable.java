package org.jacreg.examples.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jacreg.attacks.evaluation.FailureFlag;
import org.jacreg.examples.report.TextTable;

/** The table of a comparison: mean and standard error over the seeds, one row a method and strength. */
public final class ComparisonTable {

    private final ComparisonResult result;

    /**
     * Makes the table.
     *
     * @param result what to show
     */
    public ComparisonTable(ComparisonResult result) {
        this.result = result;
    }

    /**
     * The rows, the head first.
     *
     * @return cells, as many in each row
     */
    public List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(head());
        result.groups().forEach((key, group) -> rows.add(row(key, group)));
        return rows;
    }

    private List<String> head() {
        List<String> head = new ArrayList<>(List.of("method", "strength", "seeds", "clean"));
        for (double epsilon : result.settings().exam().epsilons()) {
            head.add("PGD-" + result.settings().exam().pgdSteps() + " " + epsilon);
        }
        if (result.settings().exam().autoAttackSize() > 0) {
            for (double epsilon : result.settings().exam().epsilons()) {
                head.add("AutoAttack " + epsilon);
            }
        }
        head.add("CPU s to train");
        return head;
    }

    private List<String> row(ComparisonResult.Key key, List<MethodRun> group) {
        List<String> row = new ArrayList<>();
        String strengthName = key.method().strengthName();
        row.add(key.method().label());
        row.add(strengthName.isEmpty() ? "" : strengthName + " " + number(key.strength()));
        row.add(Integer.toString(group.size()));
        row.add(percent(group, MethodRun::clean));
        for (int i = 0; i < result.settings().exam().epsilons().size(); i++) {
            int place = i;
            row.add(percent(group, run -> run.pgd().get(place)));
        }
        if (result.settings().exam().autoAttackSize() > 0) {
            for (int i = 0; i < result.settings().exam().epsilons().size(); i++) {
                int place = i;
                row.add(percent(group, run -> run.autoAttack().get(place)));
            }
        }
        row.add(String.format(
                Locale.ROOT,
                "%.0f",
                Spread.of(values(group, MethodRun::trainingSeconds)).mean()));
        return row;
    }

    private static String percent(List<MethodRun> group, ToDoubleFunction<MethodRun> value) {
        return Spread.of(values(group, value)).percent();
    }

    private static double[] values(List<MethodRun> group, ToDoubleFunction<MethodRun> value) {
        return group.stream().mapToDouble(value).toArray();
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /**
     * What the figures are.
     *
     * @return lines of plain text, none of them empty
     */
    public List<String> notes() {
        Budget budget = result.settings().budget();
        Exam exam = result.settings().exam();
        List<String> notes = new ArrayList<>();
        notes.add("Accuracy in percent, mean over the seeds (standard error).");
        notes.add("Network: convolutions 4x4 stride 2 with " + budget.filters().get(0) + " and "
                + budget.filters().get(1) + " filters, dense " + budget.hidden() + ", ReLU; "
                + budget.trainSize() + " training digits, " + budget.epochs() + " epochs, batches of "
                + budget.batchSize() + ", Adam " + budget.learningRate() + ", a tenth of it from epoch "
                + (budget.lateEpoch() + 1) + " on.");
        notes.add("Inner attack: " + budget.attackSteps() + " steps of epsilon / 4, l_inf epsilon "
                + budget.trainEpsilon()
                + (budget.rampEpochs() > 0
                        ? ", reached in " + budget.rampEpochs() + " equal steps, one an epoch."
                        : "."));
        notes.add("Measured on " + exam.size()
                + (exam.split() == Exam.Split.TEST ? " test digits" : " training digits that are not trained on")
                + (exam.autoAttackSize() > 0
                        ? ", AutoAttack on the first " + exam.autoAttackSize()
                                + " of them: compare its columns with each other, not with PGD's."
                        : ", without AutoAttack."));
        Map<FailureFlag.Kind, Long> flags = result.runs().stream()
                .flatMap(run -> run.flags().stream())
                .collect(Collectors.groupingBy(flag -> flag, TreeMap::new, Collectors.counting()));
        notes.add("Failure flags raised, by runs of " + result.runs().size() + ": "
                + (flags.isEmpty() ? "none." : flags + "."));
        return notes;
    }

    /**
     * The table and its notes for a page.
     *
     * @return Markdown, ended by a line feed
     */
    public String markdown() {
        StringBuilder out = new StringBuilder(TextTable.markdown(rows()));
        out.append('\n');
        for (String note : notes()) {
            out.append("- ").append(note).append('\n');
        }
        return out.toString();
    }
}
