package org.jacreg.attacks.evaluation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jacreg.attacks.evaluation.ExampleResult.Trial;

/**
 * Whether the loss that an attack reaches grows with its ball, on the examples that it attacked at two epsilons in a row.
 *
 * <p>A larger ball holds every point of the smaller one, so the greatest loss cannot fall. Searches scatter, so a fall is
 * believed only if the mean change lies below zero by more than two standard errors.
 */
record LossGrowth(List<ExampleResult> examples, EvaluationSettings settings) {

    private static final double STANDARD_ERRORS = 2;

    /** Relative fall of the mean loss that is mere rounding. */
    private static final double ROUNDING = 1e-6;

    Optional<FailureFlag> flag() {
        return settings.attacks().stream()
                .filter(attack -> !attack.minimumNorm())
                .flatMap(attack -> java.util.stream.IntStream.range(
                                1, settings.epsilons().size())
                        .mapToObj(e -> between(
                                attack.name(),
                                settings.epsilons().get(e - 1),
                                settings.epsilons().get(e))))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<FailureFlag> between(String attack, double smaller, double larger) {
        double sum = 0;
        double squares = 0;
        double level = 0;
        int count = 0;
        int falls = 0;
        for (ExampleResult example : examples) {
            OptionalDouble before = loss(example, attack, smaller);
            OptionalDouble after = loss(example, attack, larger);
            if (before.isPresent() && after.isPresent()) {
                double change = after.getAsDouble() - before.getAsDouble();
                sum += change;
                squares += change * change;
                level += Math.abs(before.getAsDouble());
                falls += change < 0 ? 1 : 0;
                count++;
            }
        }
        if (count < 2) {
            return Optional.empty();
        }
        double mean = sum / count;
        double variance = Math.max(0, squares / count - mean * mean) / (count - 1);
        boolean fell = mean + STANDARD_ERRORS * Math.sqrt(variance) < -ROUNDING * (1 + level / count);
        return fell ? Optional.of(flag(attack, smaller, larger, mean, count, falls)) : Optional.empty();
    }

    private static FailureFlag flag(String attack, double smaller, double larger, double mean, int count, int falls) {
        return new FailureFlag(
                FailureFlag.Kind.LOSS_NOT_INCREASING,
                "the loss that " + attack + " reaches falls from epsilon " + smaller + " to " + larger + ", by " + -mean
                        + " in the mean of " + count
                        + " examples. The larger ball holds all points of the smaller one, so"
                        + " the search gets lost in it: steps are too long or too few, or the gradient misleads. Give the"
                        + " attack more steps and restarts and a step size that goes with epsilon",
                falls / (double) count,
                Map.of("smaller", smaller, "larger", larger, "meanChange", mean, "examples", (double) count));
    }

    private static OptionalDouble loss(ExampleResult example, String attack, double epsilon) {
        return example.trials().stream()
                .filter(trial -> trial.attack().equals(attack) && trial.epsilon() == epsilon && !trial.notFinite())
                .mapToDouble(Trial::loss)
                .findFirst();
    }
}
