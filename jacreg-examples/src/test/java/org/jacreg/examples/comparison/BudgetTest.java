package org.jacreg.examples.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BudgetTest {

    @Test
    void theRadiusGrowsInEqualSteps() {
        Budget budget = new Budget(List.of(1, 1), 1, 1, 5, 3, 1, 1e-3, 0.2, 1);

        double[] wanted = {0.05, 0.1, 0.15, 0.2, 0.2};
        for (int epoch = 0; epoch < 5; epoch++) {
            assertThat(budget.epsilonIn(epoch)).isEqualTo(wanted[epoch], Offset.offset(1e-15));
        }
    }

    @Test
    void theLearningRateFallsForTheLastQuarterInWholeEpochs() {
        assertThat(budget(List.of(1, 1), 1, 8, 0, 0.1, 0.1).lateEpoch()).isEqualTo(6);
        assertThat(budget(List.of(1, 1), 1, 5, 0, 0.1, 0.1).lateEpoch()).isEqualTo(4);
        assertThat(budget(List.of(1, 1), 1, 1, 0, 0.1, 0.1).lateEpoch()).isEqualTo(1);
    }

    static Stream<Arguments> bad() {
        return Stream.of(
                row("filters: two counts", () -> budget(List.of(1), 1, 5, 0, 0.1, 0.1)),
                row("hidden: at least 1 wanted, got 0", () -> budget(List.of(1, 1), 0, 5, 0, 0.1, 0.1)),
                row("ramp-epochs", () -> budget(List.of(1, 1), 1, 5, 5, 0.1, 0.1)),
                row("learning-rate", () -> budget(List.of(1, 1), 1, 5, 0, Double.NaN, 0.1)),
                row("train-epsilon", () -> budget(List.of(1, 1), 1, 5, 0, 0.1, Double.NaN)),
                row("autoattack-size", () -> new Exam(Exam.Split.TEST, 5, 6, List.of(0.1), 1)),
                row("epsilons: increasing", () -> new Exam(Exam.Split.TEST, 5, 5, List.of(0.2, 0.1), 1)),
                row("epsilons: increasing", () -> new Exam(Exam.Split.TEST, 5, 5, List.of(Double.NaN), 1)),
                row("epsilons: at least one", () -> new Exam(Exam.Split.TEST, 5, 5, List.of(), 1)),
                row("method: expected one of [ce, pgd-at,", () -> Method.of("pgd")));
    }

    private static Budget budget(List<Integer> filters, int hidden, int epochs, int ramp, double rate, double epsilon) {
        return new Budget(filters, hidden, 1, epochs, ramp, 1, rate, epsilon, 1);
    }

    private static Arguments row(String message, Runnable made) {
        return Arguments.of(message, made);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bad")
    void refusesWhatIsOutOfRange(String message, Runnable made) {
        assertThatThrownBy(made::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void methodsAreFoundByTheirNames() {
        for (Method method : Method.values()) {
            assertThat(Method.of(method.id())).isEqualTo(method);
            assertThat(method.candidates()).isSorted().isNotEmpty();
            assertThat(method.strengthName().isEmpty())
                    .isEqualTo(method.candidates().size() == 1);
        }
    }
}
