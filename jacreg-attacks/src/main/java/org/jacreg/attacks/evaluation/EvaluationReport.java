package org.jacreg.attacks.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.report.ConfidenceInterval;
import org.jspecify.annotations.Nullable;

/**
 * All that an evaluation found, example by example, and the tables and curves that follow from it.
 *
 * @param settings what was asked
 * @param norm the norm of the attacks; null if none ran, because no example was classified correctly
 * @param examples one for every example, in the order of the data
 * @param costs one for every attack and epsilon, by epsilon and then in the order of the attacks; one for all epsilons for a
 *     minimum-norm attack
 * @param flags signs that the figures say more about the attacks than about the model; empty if none was seen
 */
public record EvaluationReport(
        EvaluationSettings settings,
        @Nullable Norm norm,
        List<ExampleResult> examples,
        List<AttackCost> costs,
        List<FailureFlag> flags) {

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if there is no example
     */
    public EvaluationReport {
        examples = List.copyOf(examples);
        costs = List.copyOf(costs);
        flags = List.copyOf(flags);
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("evaluation: no example; was the iterator already at its end?");
        }
    }

    /**
     * The accuracy without an attack.
     *
     * @return a number in [0, 1]
     */
    public double accuracy() {
        return curve().accuracy();
    }

    /**
     * The accuracy under the worst of all attacks, example by example.
     *
     * @param epsilon one of the epsilons of the evaluation
     * @return a number in [0, 1]: an upper bound of the true robust accuracy on these examples
     * @throws IllegalArgumentException if the evaluation had no such epsilon
     */
    public double robustAccuracy(double epsilon) {
        return curve().robustAccuracy(epsilon);
    }

    /**
     * The accuracy under the worst of all attacks against epsilon. Gradients and time of a minimum-norm attack are counted at
     * the smallest epsilon.
     *
     * @return the curve, with confidence intervals
     */
    public RobustnessCurve curve() {
        List<Double> brokenAt = examples.stream().map(ExampleResult::brokenAt).toList();
        List<RobustnessCurve.Point> points = new ArrayList<>();
        points.add(point(0, brokenAt, List.of(), List.of()));
        for (int e = 0; e < settings.epsilons().size(); e++) {
            int index = e;
            List<String> configurations = settings.attacks().stream()
                    .map(attack -> attack.configuration(index))
                    .distinct()
                    .toList();
            points.add(point(settings.epsilons().get(e), brokenAt, configurations, costsAt(e)));
        }
        return new RobustnessCurve(points, brokenAt);
    }

    private List<AttackCost> costsAt(int index) {
        double epsilon = settings.epsilons().get(index);
        return costs.stream()
                .filter(cost -> cost.epsilon() == epsilon || (index == 0 && cost.epsilon() == Double.POSITIVE_INFINITY))
                .toList();
    }

    private RobustnessCurve.Point point(
            double epsilon, List<Double> brokenAt, List<String> configurations, List<AttackCost> spent) {
        long robust = brokenAt.stream().filter(broken -> broken > epsilon).count();
        return new RobustnessCurve.Point(
                epsilon,
                robust,
                robust / (double) brokenAt.size(),
                ConfidenceInterval.clopperPearson(robust, brokenAt.size(), settings.confidence()),
                configurations,
                spent.stream().mapToLong(AttackCost::gradients).sum(),
                spent.stream().mapToDouble(AttackCost::seconds).sum());
    }

    /**
     * The accuracy under every attack alone.
     *
     * @return one for every attack and epsilon, by attack and then by epsilon
     */
    public List<AttackAccuracy> byAttack() {
        List<AttackAccuracy> rows = new ArrayList<>();
        for (EvaluationSettings.AttackSettings attack : settings.attacks()) {
            for (int e = 0; e < settings.epsilons().size(); e++) {
                rows.add(alone(attack.name(), settings.epsilons().get(e), attack.configuration(e)));
            }
        }
        return rows;
    }

    private AttackAccuracy alone(String attack, double epsilon, String configuration) {
        long robust = 0;
        long unknown = 0;
        for (ExampleResult example : examples) {
            List<ExampleResult.Trial> own = example.trials().stream()
                    .filter(trial -> trial.attack().equals(attack))
                    .toList();
            if (example.cleanCorrect() && own.stream().noneMatch(trial -> trial.breaksAt() <= epsilon)) {
                boolean tried = own.stream().anyMatch(trial -> trial.epsilon() >= epsilon);
                robust += tried ? 1 : 0;
                unknown += tried ? 0 : 1;
            }
        }
        int count = examples.size();
        ConfidenceInterval interval = new ConfidenceInterval(
                ConfidenceInterval.clopperPearson(robust, count, settings.confidence())
                        .lower(),
                ConfidenceInterval.clopperPearson(robust + unknown, count, settings.confidence())
                        .upper(),
                settings.confidence());
        return new AttackAccuracy(attack, epsilon, configuration, count, robust, unknown, interval);
    }

    /**
     * How many examples every attack was the first to break, at any epsilon.
     *
     * @param attack the attack's name
     * @return the number of examples with this {@link ExampleResult#brokenBy()}
     */
    public long brokenFirstBy(String attack) {
        return examples.stream()
                .filter(example -> example.brokenBy().filter(attack::equals).isPresent())
                .count();
    }

    /**
     * The number of gradients computed for the results, over all attacks, examples and epsilons; probes are not counted.
     *
     * @return the total
     */
    public long gradients() {
        return total(AttackCost::gradients);
    }

    /**
     * The number of evaluations without a gradient, over all attacks, examples and epsilons; probes are not counted.
     *
     * @return the total
     */
    public long forwards() {
        return total(AttackCost::forwards);
    }

    private long total(ToLongFunction<AttackCost> figure) {
        return costs.stream().mapToLong(figure).sum();
    }

    /**
     * The whole report for machines, with the curve and the accuracies by attack as well.
     *
     * @return JSON that {@link EvaluationJson#read} reads
     */
    public String toJson() {
        return EvaluationJson.text(this);
    }

    /**
     * The tables for people: accuracies and flags, not the examples.
     *
     * @return several lines
     */
    @Override
    public String toString() {
        return ReportText.of(this);
    }
}
