package org.jacreg.examples.cli;

import java.util.List;
import org.jacreg.examples.comparison.Budget;
import org.jacreg.examples.comparison.ComparisonSettings;
import org.jacreg.examples.comparison.Exam;
import picocli.CommandLine.Option;

/** The options that say what a comparison of training methods does. */
final class ComparisonOptions {

    private static final ComparisonSettings STANDARD = ComparisonSettings.standard();

    @Option(
            names = "--filters",
            paramLabel = "N",
            split = ",",
            description = "Filters of the two convolutions. Default: ${DEFAULT-VALUE}.")
    private List<Integer> filters = STANDARD.budget().filters();

    @Option(names = "--hidden", paramLabel = "N", description = "Width of the dense layer. Default: ${DEFAULT-VALUE}.")
    private int hidden = STANDARD.budget().hidden();

    @Option(names = "--train-size", paramLabel = "N", description = "Training digits. Default: ${DEFAULT-VALUE}.")
    private int trainSize = STANDARD.budget().trainSize();

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over them. Default: ${DEFAULT-VALUE}.")
    private int epochs = STANDARD.budget().epochs();

    @Option(
            names = "--ramp-epochs",
            paramLabel = "N",
            description = "Epochs over which the radius of training grows. Default: ${DEFAULT-VALUE}.")
    private int rampEpochs = STANDARD.budget().rampEpochs();

    @Option(names = "--batch", paramLabel = "N", description = "Digits in a step. Default: ${DEFAULT-VALUE}.")
    private int batch = STANDARD.budget().batchSize();

    @Option(names = "--learning-rate", paramLabel = "X", description = "Of Adam. Default: ${DEFAULT-VALUE}.")
    private double learningRate = STANDARD.budget().learningRate();

    @Option(
            names = "--train-epsilon",
            paramLabel = "X",
            description = "The l_inf radius of training; pixels are in [0, 1]. Default: ${DEFAULT-VALUE}.")
    private double trainEpsilon = STANDARD.budget().trainEpsilon();

    @Option(
            names = "--attack-steps",
            paramLabel = "N",
            description = "Steps of the inner attack. Default: ${DEFAULT-VALUE}.")
    private int attackSteps = STANDARD.budget().attackSteps();

    @Option(names = "--test-size", paramLabel = "N", description = "Digits measured. Default: ${DEFAULT-VALUE}.")
    private int testSize = STANDARD.exam().size();

    @Option(
            names = "--autoattack-size",
            paramLabel = "N",
            description =
                    "How many of them AutoAttack gets; 0 for none, which is so in tuning. Default: ${DEFAULT-VALUE}.")
    private int autoAttackSize = STANDARD.exam().autoAttackSize();

    @Option(
            names = "--epsilons",
            paramLabel = "X",
            split = ",",
            description = "The l_inf radii of the measurement. Default: ${DEFAULT-VALUE}.")
    private List<Double> epsilons = STANDARD.exam().epsilons();

    @Option(names = "--pgd-steps", paramLabel = "N", description = "Of the measurement. Default: ${DEFAULT-VALUE}.")
    private int pgdSteps = STANDARD.exam().pgdSteps();

    /** What was asked for; an {@link IllegalArgumentException} names what is out of range. */
    ComparisonSettings settings(boolean tuning, double arowLambda) {
        return new ComparisonSettings(
                new Budget(
                        filters, hidden, trainSize, epochs, rampEpochs, batch, learningRate, trainEpsilon, attackSteps),
                new Exam(
                        tuning ? Exam.Split.VALIDATION : Exam.Split.TEST,
                        testSize,
                        tuning ? 0 : autoAttackSize,
                        epsilons,
                        pgdSteps),
                arowLambda);
    }
}
