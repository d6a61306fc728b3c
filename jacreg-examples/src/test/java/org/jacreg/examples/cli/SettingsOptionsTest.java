package org.jacreg.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jacreg.examples.result.Preset;
import org.jacreg.examples.result.Settings;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class SettingsOptionsTest {

    @Command
    private static final class Holder {
        @Mixin
        private final SettingsOptions options = new SettingsOptions();
    }

    private static Settings parse(String... args) {
        Holder holder = new Holder();
        new CommandLine(holder).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
        return holder.options.settings();
    }

    @Test
    void everyOptionReachesItsSetting() {
        Settings settings = parse(
                "--preset=full",
                "--seed=17",
                "--train-size=101",
                "--test-size=102",
                "--hidden=7,8,9",
                "--epochs=3",
                "--batch=11",
                "--learning-rate=0.25",
                "--lambda-f=0.5",
                "--lambda-l11=0.75",
                "--trades-beta=1.25",
                "--mart-beta=1.5",
                "--arow-lambda=1.75",
                "--autoattack-size=12",
                "--epsilon-linf=0.2",
                "--epsilon-l2=2.5",
                "--pgd-steps=4",
                "--pgd-restarts=6");

        assertThat(settings)
                .isEqualTo(Settings.of(Preset.FULL)
                        .seed(17)
                        .trainSize(101)
                        .testSize(102)
                        .hidden(List.of(7, 8, 9))
                        .epochs(3)
                        .batchSize(11)
                        .learningRate(0.25)
                        .lambdaFrobenius(0.5)
                        .lambdaL11(0.75)
                        .tradesBeta(1.25)
                        .martBeta(1.5)
                        .arowLambda(1.75)
                        .autoAttackSize(12)
                        .epsilonLinf(0.2)
                        .epsilonL2(2.5)
                        .pgdSteps(4)
                        .pgdRestarts(6)
                        .build());
        assertThat(settings.training().lambdaL11()).isEqualTo(0.75);
        assertThat(settings.training().lambdaFrobenius()).isEqualTo(0.5);
        assertThat(settings.evaluation().epsilonL2()).isEqualTo(2.5);
        assertThat(settings.evaluation().pgdRestarts()).isEqualTo(6);
    }

    @Test
    void whatIsNotGivenIsThePresets() {
        assertThat(parse()).isEqualTo(Settings.of(Preset.STANDARD).build());
        assertThat(parse("--preset", "QUICK"))
                .isEqualTo(Settings.of(Preset.QUICK).build());
        assertThat(parse().seed()).isEqualTo(1);
    }
}
