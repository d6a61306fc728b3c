package org.jacreg.examples.cli;

import java.util.List;
import org.jacreg.examples.certification.CertificationSettings;
import org.jacreg.examples.certification.Ladder;
import org.jacreg.examples.certification.StrongAttacks.Effort;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what is certified. What is not given is the standard's, or that of {@code --quick}. */
final class CertificationOptions {

    @Option(names = "--quick", description = "Small networks, few digits: shows that everything runs, nothing else.")
    private boolean quick;

    @Option(names = "--hidden", paramLabel = "N", split = ",", description = "Widths of the hidden layers.")
    private @Nullable List<Integer> widths;

    @Option(names = "--train-size", paramLabel = "N", description = "Training digits.")
    private @Nullable Integer trainSize;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over them.")
    private @Nullable Integer epochs;

    @Option(names = "--lambda-f", paramLabel = "X", description = "The weight of ||J||_F^2.")
    private @Nullable Double lambdaFrobenius;

    @Option(names = "--lambda-l11", paramLabel = "X", description = "The weight of ||J||_1,1.")
    private @Nullable Double lambdaL11;

    @Option(names = "--train-epsilon", paramLabel = "X", description = "The l_inf radius of adversarial training.")
    private @Nullable Double trainEpsilon;

    @Option(names = "--seed", paramLabel = "N", description = "Of digits, weights, batches and attacks.")
    private @Nullable Long seed;

    @Option(
            names = "--digits",
            paramLabel = "N",
            description = "Test digits certified and attacked, from the first on. Default: 1000, 30 with --quick.")
    private @Nullable Integer digits;

    @Option(names = "--few", paramLabel = "N", description = "Digits of each fifty for methods that take long.")
    private @Nullable Integer few;

    @Option(names = "--attack-steps", paramLabel = "N", description = "Steps of each attack by gradients.")
    private @Nullable Integer attackSteps;

    @Option(names = "--queries", paramLabel = "N", description = "Queries of each attack without gradients.")
    private @Nullable Integer queries;

    @Option(
            names = "--spread",
            paramLabel = "X",
            description = "The largest ratio of certified radii that share a ball of an attack; 1: digit by digit.")
    private @Nullable Double spread;

    @Option(names = "--small-hidden", paramLabel = "N", split = ",", description = "Widths of the small networks.")
    private @Nullable List<Integer> smallWidths;

    @Option(
            names = "--small-epsilon",
            paramLabel = "X",
            description = "The l_inf radius in training the small networks.")
    private @Nullable Double smallEpsilon;

    @Option(names = "--small-digits", paramLabel = "N", description = "Digits certified on the small networks.")
    private @Nullable Integer smallDigits;

    @Option(names = "--nodes", paramLabel = "N", description = "Nodes of branch and bound for one radius.")
    private @Nullable Integer nodes;

    /** How many digits were asked for. */
    int digits() {
        return or(digits, quick ? 30 : 1_000);
    }

    /** What was asked for; an {@link IllegalArgumentException} names what is out of range. */
    Ladder small() {
        return new Ladder(
                settings(),
                or(smallWidths, quick ? List.of(10) : List.of(20, 20)),
                or(smallEpsilon, 0.05),
                or(smallDigits, quick ? 3 : 20),
                or(nodes, quick ? 200 : 5_000));
    }

    private CertificationSettings settings() {
        CertificationSettings base = CertificationSettings.of(quick);
        Effort effort = base.effort();
        return new CertificationSettings(
                training(base.training()),
                base.block(),
                or(few, base.few()),
                base.bisections(),
                base.linf(),
                base.l2(),
                base.l1(),
                new Effort(
                        or(attackSteps, effort.steps()),
                        effort.restarts(),
                        effort.targets(),
                        or(queries, effort.queries()),
                        effort.searches()),
                or(spread, base.spread()));
    }

    private CertificationSettings.Training training(CertificationSettings.Training base) {
        return new CertificationSettings.Training(
                or(widths, base.widths()),
                or(trainSize, base.trainSize()),
                or(epochs, base.epochs()),
                base.batchSize(),
                base.learningRate(),
                or(lambdaFrobenius, base.lambdaFrobenius()),
                or(lambdaL11, base.lambdaL11()),
                or(trainEpsilon, base.epsilon()),
                base.attackSteps(),
                or(seed, base.seed()));
    }

    private static <T> T or(@Nullable T given, T standard) {
        return given == null ? standard : given;
    }
}
