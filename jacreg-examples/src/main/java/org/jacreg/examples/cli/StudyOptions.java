package org.jacreg.examples.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.examples.experiment.Mlp;
import org.jacreg.examples.result.ModelKind;
import org.jacreg.examples.study.StudyGrid;
import org.jacreg.examples.study.StudySettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what a study of generalization does. What is not given is the standard's, or that of {@code --quick}. */
final class StudyOptions {

    @Option(names = "--quick", description = "Small sizes, few networks: shows that everything runs, nothing else.")
    private boolean quick;

    @Option(names = "--hidden", paramLabel = "N", split = ",", description = "Widths of the hidden layers.")
    private @Nullable List<Integer> widths;

    @Option(
            names = "--activation",
            paramLabel = "NAME",
            description =
                    "${COMPLETION-CANDIDATES}. The theorem on the Jacobian class is for smooth ones. Default: tanh.")
    private Mlp.@Nullable Hidden activation;

    @Option(names = "--biases", description = "Layers have biases. Default: they have none.")
    private boolean biases;

    @Option(names = "--sizes", paramLabel = "N", split = ",", description = "Numbers of training digits.")
    private @Nullable List<Integer> sizes;

    @Option(names = "--seeds", paramLabel = "N", split = ",", description = "Seeds.")
    private @Nullable List<Long> seeds;

    @Option(names = "--lambdas-f", paramLabel = "X", split = ",", description = "Weights of ||J||_F^2.")
    private @Nullable List<Double> lambdasFrobenius;

    @Option(names = "--lambdas-l11", paramLabel = "X", split = ",", description = "Weights of ||J||_1,1.")
    private @Nullable List<Double> lambdasL11;

    @Option(
            names = "--train-epsilons",
            paramLabel = "X",
            split = ",",
            description = "The l_inf radii of adversarial training; pixels are in [0, 1].")
    private @Nullable List<Double> trainEpsilons;

    @Option(names = "--steps", paramLabel = "N", description = "Training steps, the same for every network.")
    private @Nullable Integer steps;

    @Option(names = "--batch", paramLabel = "N", description = "Digits in a step.")
    private @Nullable Integer batch;

    @Option(names = "--learning-rate", paramLabel = "X", description = "Of Adam.")
    private @Nullable Double learningRate;

    @Option(names = "--attack-steps", paramLabel = "N", description = "Steps of the inner attack.")
    private @Nullable Integer attackSteps;

    @Option(names = "--epsilon-linf", paramLabel = "X", description = "The l_inf radius of the measurement.")
    private @Nullable Double epsilonLinf;

    @Option(names = "--epsilon-l2", paramLabel = "X", description = "The l2 radius of the measurement.")
    private @Nullable Double epsilonL2;

    @Option(
            names = "--exam-size",
            paramLabel = "N",
            description = "Digits measured: as many test digits, and at most as many of those trained on.")
    private @Nullable Integer examSize;

    @Option(names = "--pgd-steps", paramLabel = "N", description = "Of the measurement.")
    private @Nullable Integer pgdSteps;

    @Option(names = "--delta", paramLabel = "X", description = "The probability with which each bound may fail.")
    private @Nullable Double delta;

    /** What was asked for; an {@link IllegalArgumentException} names what is out of range. */
    StudySettings settings() {
        StudySettings base = StudySettings.of(quick);
        return new StudySettings(
                or(widths, base.widths()),
                or(activation, base.hidden()),
                biases || base.biases(),
                or(steps, base.steps()),
                or(batch, base.batchSize()),
                or(learningRate, base.learningRate()),
                or(attackSteps, base.attackSteps()),
                or(epsilonLinf, base.epsilonLinf()),
                or(epsilonL2, base.epsilonL2()),
                or(examSize, base.examSize()),
                or(pgdSteps, base.pgdSteps()),
                or(delta, base.delta()));
    }

    /** Which networks were asked for; an {@link IllegalArgumentException} names what is out of range. */
    StudyGrid grid() {
        StudyGrid base = StudyGrid.of(quick);
        Map<ModelKind, List<Double>> strengths = new LinkedHashMap<>(base.strengths());
        replace(strengths, ModelKind.FROBENIUS, lambdasFrobenius);
        replace(strengths, ModelKind.L11, lambdasL11);
        replace(strengths, ModelKind.PGD_AT, trainEpsilons);
        return new StudyGrid(strengths, or(sizes, base.sizes()), or(seeds, base.seeds()));
    }

    private static void replace(Map<ModelKind, List<Double>> strengths, ModelKind kind, @Nullable List<Double> values) {
        if (values != null) {
            strengths.put(kind, values);
        }
    }

    private static <T> T or(@Nullable T given, T standard) {
        return given == null ? standard : given;
    }
}
