package org.jacreg.attacks.evaluation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jacreg.attacks.evaluation.ExampleResult.Trial;
import org.jacreg.attacks.evaluation.FailureFlag.Kind;

/** The rules by which results and evidence raise flags. */
final class Flags {

    /** Share of examples that a black-box attack may break in addition by luck; AutoAttack's own tolerance. */
    private static final double LUCK = 0.002;

    /** Share of examples that may withstand an attack on the whole box; a single one always may. */
    private static final double NEARLY_NONE = 0.05;

    private final List<ExampleResult> examples;
    private final EvaluationSettings settings;
    private final Evidence evidence;

    private Flags(List<ExampleResult> examples, EvaluationSettings settings, Evidence evidence) {
        this.examples = examples;
        this.settings = settings;
        this.evidence = evidence;
    }

    static List<FailureFlag> of(List<ExampleResult> examples, EvaluationSettings settings, Evidence evidence) {
        Flags rules = new Flags(examples, settings, evidence);
        return Stream.of(
                        rules.randomisedModel(),
                        rules.randomisedAttack(),
                        rules.probabilities(),
                        rules.zeroGradients(),
                        rules.notFinite(),
                        rules.blackBox(),
                        new LossGrowth(examples, settings).flag(),
                        rules.unbounded())
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<FailureFlag> randomisedModel() {
        if (!evidence.model().randomised()) {
            return Optional.empty();
        }
        return flag(
                Kind.RANDOMISED_MODEL,
                "two evaluations of the same inputs differ (logits by "
                        + evidence.model().logitsDifference()
                        + ", gradients by " + evidence.model().gradientsDifference()
                        + ", relative). Success and failure of an attack are then chance. Fix the model's random state, or"
                        + " attack its expectation over many draws and report accuracy over several evaluations",
                1,
                Map.of(
                        "logitsDifference", evidence.model().logitsDifference(),
                        "gradientsDifference", evidence.model().gradientsDifference()));
    }

    private Optional<FailureFlag> randomisedAttack() {
        int unlike = evidence.attacks().unlike();
        if (unlike == 0 || evidence.model().randomised()) {
            return Optional.empty();
        }
        double share = unlike / (double) evidence.attacks().repeated();
        return flag(
                Kind.RANDOMISED_ATTACK,
                "two runs of one attack with one configuration differ on " + unlike + " of "
                        + evidence.attacks().repeated()
                        + " examples, though the model does not. The figures cannot be repeated. Give the attack a seed",
                share,
                Map.of("differing", (double) unlike));
    }

    private Optional<FailureFlag> probabilities() {
        if (evidence.probabilityRows() < examples.size()) {
            return Optional.empty();
        }
        return flag(
                Kind.PROBABILITIES_AS_LOGITS,
                "every row of logits lies in [0, 1] and sums to 1: the model seems to return probabilities. A second"
                        + " softmax flattens the loss and attacks become weak. Build the classifier over the output before"
                        + " the softmax",
                1,
                Map.of("rows", (double) evidence.probabilityRows()));
    }

    private Optional<FailureFlag> zeroGradients() {
        long followed = examplesWith(trial -> trial.gradients() > 0);
        long zero = examplesWith(trial -> trial.gradients() > 0 && 2L * trial.zeroGradients() >= trial.gradients());
        int clean = evidence.model().zeroGradients();
        if (zero == 0 && clean == 0) {
            return Optional.empty();
        }
        double share = Math.max(
                zero / (double) Math.max(1, followed),
                clean / (double) Math.max(1, evidence.model().probed()));
        return flag(
                Kind.ZERO_GRADIENTS,
                "attacks found at least half of their gradients exactly zero on " + zero + " of " + followed
                        + " examples, and the loss has no slope at the input itself on " + clean + " of "
                        + evidence.model().probed()
                        + " probed. They had nothing to follow: the loss is saturated, or something in the model has no"
                        + " derivative. Attack in float64, attack logit differences instead of the cross-entropy, or replace"
                        + " the part without a derivative on the way back",
                share,
                Map.of("examples", (double) zero, "followed", (double) followed, "atInput", (double) clean));
    }

    private Optional<FailureFlag> notFinite() {
        long attacked = examplesWith(trial -> true);
        long failed = examplesWith(Trial::notFinite);
        int clean = evidence.model().nonFiniteGradients();
        if (failed == 0 && clean == 0) {
            return Optional.empty();
        }
        double share = Math.max(
                failed / (double) Math.max(1, attacked),
                clean / (double) Math.max(1, evidence.model().probed()));
        return flag(
                Kind.NOT_FINITE,
                "attacks gave up on " + failed + " of " + attacked + " examples because logits or gradients were NaN or"
                        + " infinite, and the gradient is not finite at the input itself on " + clean + " of "
                        + evidence.model().probed()
                        + " probed. Such an example counts as robust under the attack that gave up. Mend the model"
                        + " (logarithms and square roots at 0, overflow of an exponential) or attack it without gradients",
                share,
                Map.of("examples", (double) failed, "attacked", (double) attacked, "atInput", (double) clean));
    }

    private Optional<FailureFlag> blackBox() {
        List<String> blind = attacks(false);
        List<String> seeing = attacks(true);
        Map<String, Double> numbers = new HashMap<>();
        for (double epsilon : settings.epsilons()) {
            numbers.put("epsilon " + epsilon, (double) examples.stream()
                    .filter(example -> beaten(example, epsilon, blind, seeing))
                    .count());
        }
        double share = examples.stream()
                        .filter(example -> settings.epsilons().stream()
                                .anyMatch(epsilon -> beaten(example, epsilon, blind, seeing)))
                        .count()
                / (double) examples.size();
        if (!(share > LUCK)) {
            return Optional.empty();
        }
        return flag(
                Kind.BLACK_BOX_BEATS_WHITE_BOX,
                "attacks without gradients (" + String.join(", ", blind) + ") break " + percent(share)
                        + " of the examples at an epsilon at which attacks with gradients (" + String.join(", ", seeing)
                        + ") fail to break them. Gradients should know more: they are masked, or those attacks are too"
                        + " weak. Give them more steps and restarts, another loss, or a smooth stand-in for the part"
                        + " that hides the gradient",
                share,
                numbers);
    }

    private static boolean beaten(ExampleResult example, double epsilon, List<String> blind, List<String> seeing) {
        Predicate<Trial> breaks = trial -> trial.breaksAt() <= epsilon;
        List<Trial> white = example.trials().stream()
                .filter(trial -> seeing.contains(trial.attack()) && trial.epsilon() >= epsilon)
                .toList();
        return !white.isEmpty()
                && example.trials().stream()
                        .filter(trial -> seeing.contains(trial.attack()))
                        .noneMatch(breaks)
                && example.trials().stream()
                        .filter(trial -> blind.contains(trial.attack()))
                        .anyMatch(breaks);
    }

    /** The attacks that computed a gradient on some example, or that computed none on any. */
    private List<String> attacks(boolean withGradients) {
        List<String> names = new ArrayList<>();
        for (EvaluationSettings.AttackSettings attack : settings.attacks()) {
            boolean ran = examplesWith(trial -> trial.attack().equals(attack.name())) > 0;
            boolean follows = examplesWith(trial -> trial.attack().equals(attack.name()) && trial.gradients() > 0) > 0;
            if (ran && follows == withGradients) {
                names.add(attack.name());
            }
        }
        return names;
    }

    private Optional<FailureFlag> unbounded() {
        int tried = evidence.attacks().unboundedTried();
        double bounded = share(evidence.attacks().unboundedStanding(), tried);
        long searched = examplesWith(trial -> trial.epsilon() == Double.POSITIVE_INFINITY);
        long found = examplesWith(trial -> trial.epsilon() == Double.POSITIVE_INFINITY && trial.success());
        double nowhere = share(searched - found, searched);
        double share = Math.max(bounded, nowhere);
        if (!(share > NEARLY_NONE)) {
            return Optional.empty();
        }
        List<String> seen = new ArrayList<>();
        if (bounded > NEARLY_NONE) {
            seen.add("let loose on the whole box, the attacks left "
                    + evidence.attacks().unboundedStanding() + " of " + tried + " examples standing");
        }
        if (nowhere > NEARLY_NONE) {
            seen.add("minimum-norm attacks found no error at any distance for " + (searched - found) + " of " + searched
                    + " examples");
        }
        return flag(
                Kind.UNBOUNDED_ATTACK_FAILS,
                String.join("; ", seen)
                        + ". Somewhere in the box nearly every example can be broken, so the search fails: gradients are"
                        + " masked, or steps are too few or too short (a fixed step size does not grow with epsilon)",
                share,
                Map.of(
                        "tried", (double) tried,
                        "standing", (double) evidence.attacks().unboundedStanding(),
                        "searched", (double) searched,
                        "found", (double) found));
    }

    /** The share that is left; 0 if it is a single one, which in a small sample says nothing. */
    private static double share(long left, long of) {
        return left <= 1 ? 0 : left / (double) of;
    }

    private long examplesWith(Predicate<Trial> property) {
        return examples.stream()
                .filter(example -> example.trials().stream().anyMatch(property))
                .count();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }

    private static Optional<FailureFlag> flag(Kind kind, String message, double share, Map<String, Double> numbers) {
        return Optional.of(new FailureFlag(kind, message, share, numbers));
    }
}
