package org.jacreg.examples.cli;

import java.util.List;
import java.util.function.Consumer;
import org.jacreg.examples.result.Preset;
import org.jacreg.examples.result.Settings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what the experiment does. What is not given is the preset's. */
final class SettingsOptions {

    static final long DEFAULT_SEED = 1;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description =
                    "How much work: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}, a few minutes on two cores.")
    private Preset preset = Preset.STANDARD;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of everything random. Default: ${DEFAULT-VALUE}.")
    private long seed = DEFAULT_SEED;

    @Option(names = "--train-size", paramLabel = "N", description = "Training images used.")
    private @Nullable Integer trainSize;

    @Option(names = "--test-size", paramLabel = "N", description = "Test images used.")
    private @Nullable Integer testSize;

    @Option(
            names = "--hidden",
            paramLabel = "N",
            split = ",",
            description = "Widths of the hidden layers, separated by commas.")
    private @Nullable List<Integer> hidden;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training images.")
    private @Nullable Integer epochs;

    @Option(names = "--batch", paramLabel = "N", description = "Images in a training step.")
    private @Nullable Integer batch;

    @Option(names = "--learning-rate", paramLabel = "X", description = "Learning rate of Adam.")
    private @Nullable Double learningRate;

    @Option(names = "--lambda-f", paramLabel = "X", description = "Weight of ||J||_F^2.")
    private @Nullable Double lambdaFrobenius;

    @Option(names = "--lambda-l11", paramLabel = "X", description = "Weight of ||J||_1,1.")
    private @Nullable Double lambdaL11;

    @Option(names = "--trades-beta", paramLabel = "X", description = "Weight of the divergence in TRADES.")
    private @Nullable Double tradesBeta;

    @Option(names = "--mart-beta", paramLabel = "X", description = "Weight of the divergence in MART.")
    private @Nullable Double martBeta;

    @Option(
            names = "--arow-lambda",
            paramLabel = "X",
            description = "Lambda of ARoW, half the weight of its divergence.")
    private @Nullable Double arowLambda;

    @Option(
            names = "--epsilon-linf",
            paramLabel = "X",
            description = "Radius of the l_inf attacks and of adversarial training; pixels are in [0, 1].")
    private @Nullable Double epsilonLinf;

    @Option(names = "--epsilon-l2", paramLabel = "X", description = "Radius of the l2 attacks.")
    private @Nullable Double epsilonL2;

    @Option(names = "--pgd-steps", paramLabel = "N", description = "PGD steps of the evaluation.")
    private @Nullable Integer pgdSteps;

    @Option(names = "--pgd-restarts", paramLabel = "N", description = "Random starts of PGD in the evaluation.")
    private @Nullable Integer pgdRestarts;

    @Option(names = "--autoattack-size", paramLabel = "N", description = "Test images that AutoAttack gets.")
    private @Nullable Integer autoAttackSize;

    @Option(
            names = "--lambda-factors",
            paramLabel = "X",
            split = ",",
            description =
                    "Multiples of the two lambdas at which the penalties are trained once more, for gaps and bounds against"
                            + " lambda.")
    private @Nullable List<Double> lambdaFactors;

    @Option(
            names = "--gap-size",
            paramLabel = "N",
            description = "Training images and test images that gaps are measured on.")
    private @Nullable Integer gapSize;

    @Option(names = "--certify-size", paramLabel = "N", description = "Test images that are certified.")
    private @Nullable Integer certifySize;

    @Option(names = "--delta", paramLabel = "X", description = "Probability with which each bound of a gap may fail.")
    private @Nullable Double delta;

    /** The preset with what was given one by one; an {@link IllegalArgumentException} names what is out of range. */
    Settings settings() {
        Settings.Builder builder = Settings.of(preset).seed(seed);
        set(trainSize, builder::trainSize);
        set(testSize, builder::testSize);
        set(hidden, builder::hidden);
        set(epochs, builder::epochs);
        set(batch, builder::batchSize);
        set(learningRate, builder::learningRate);
        set(lambdaFrobenius, builder::lambdaFrobenius);
        set(lambdaL11, builder::lambdaL11);
        set(tradesBeta, builder::tradesBeta);
        set(martBeta, builder::martBeta);
        set(arowLambda, builder::arowLambda);
        set(epsilonLinf, builder::epsilonLinf);
        set(epsilonL2, builder::epsilonL2);
        set(pgdSteps, builder::pgdSteps);
        set(pgdRestarts, builder::pgdRestarts);
        set(autoAttackSize, builder::autoAttackSize);
        set(lambdaFactors, builder::lambdaFactors);
        set(gapSize, builder::gapSize);
        set(certifySize, builder::certifySize);
        set(delta, builder::delta);
        return builder.build();
    }

    private static <T> void set(@Nullable T value, Consumer<T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }
}
