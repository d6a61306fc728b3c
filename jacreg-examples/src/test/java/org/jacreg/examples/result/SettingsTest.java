package org.jacreg.examples.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsTest {

    @ParameterizedTest
    @EnumSource(Preset.class)
    void everyPresetIsValid(Preset preset) {
        assertThatCode(() -> Settings.of(preset).build()).doesNotThrowAnyException();
    }

    static Stream<Arguments> bad() {
        return Stream.of(
                row(b -> b.epochs(0), "epochs: expected at least 1, got 0"),
                row(b -> b.batchSize(-1), "batch: expected at least 1, got -1"),
                row(b -> b.trainSize(0), "train-size"),
                row(b -> b.testSize(0), "test-size"),
                row(b -> b.pgdSteps(0), "pgd-steps"),
                row(b -> b.pgdRestarts(0), "pgd-restarts"),
                row(b -> b.autoAttackSize(0), "autoattack-size"),
                row(b -> b.tradesBeta(-1), "trades-beta"),
                row(b -> b.martBeta(Double.NaN), "mart-beta"),
                row(b -> b.arowLambda(-1), "arow-lambda"),
                row(b -> b.ibpRateFactor(0), "ibp-rate-factor: expected a finite number above 0, got 0.0"),
                row(b -> b.attackSteps(0), "attack-steps"),
                row(b -> b.trackSize(0), "track-size"),
                row(b -> b.hidden(List.of()), "hidden: expected at least one value"),
                row(b -> b.hidden(List.of(3, 0)), "hidden: expected at least 1, got 0"),
                row(b -> b.lambdaFrobenius(-1e-9), "lambda-f: expected a finite number, at least 0, got -1.0E-9"),
                row(b -> b.lambdaFrobenius(Double.NaN), "lambda-f"),
                row(b -> b.lambdaL11(Double.POSITIVE_INFINITY), "lambda-l11"),
                row(b -> b.epsilonLinf(0), "epsilon-linf: expected a finite number above 0, got 0.0"),
                row(b -> b.epsilonLinf(Double.NaN), "epsilon-linf"),
                row(b -> b.epsilonL2(-1), "epsilon-l2"),
                row(b -> b.learningRate(Double.NaN), "learning-rate"),
                row(b -> b.curveFactors(List.of(0.5, 2.0)), "curve factors: expected 1 among them"),
                row(b -> b.curveFactors(List.of(1.0, 0.5)), "curve factors: expected increasing"));
    }

    private static Arguments row(Consumer<Settings.Builder> change, String message) {
        return Arguments.of(message, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bad")
    void refusesWhatIsOutOfRange(String message, Consumer<Settings.Builder> change) {
        Settings.Builder builder = Settings.of(Preset.STANDARD);
        change.accept(builder);

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void followsNoMoreImagesThanThereAre() {
        assertThat(Settings.of(Preset.STANDARD)
                        .testSize(20)
                        .build()
                        .evaluation()
                        .trackSize())
                .isEqualTo(20);
    }
}
