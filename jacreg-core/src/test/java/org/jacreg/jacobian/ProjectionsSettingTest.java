package org.jacreg.jacobian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many projections a setting asks for. */
class ProjectionsSettingTest {

    @Test
    void exactHasNoProjectionsAndACountIsItself() {
        assertThat(Projections.exact().resolve(Directions.GAUSSIAN, 10)).isEmpty();
        assertThat(Projections.count(17).resolve(Directions.GAUSSIAN, 10)).isEqualTo(OptionalInt.of(17));
        assertThat(Projections.auto(0.5)).hasToString("Auto[relativeError=0.5]");
    }

    /** Worked out by hand from 2(C-1)/(C+2), 2, 2(C-1)/C and the finite population correction, all over error^2. */
    @ParameterizedTest
    @CsvSource({
        "UNIT_SPHERE, 10, 1.0, 2",
        "UNIT_SPHERE, 10, 0.5, 6",
        "UNIT_SPHERE, 1000, 0.1, 200",
        "GAUSSIAN, 10, 0.5, 8",
        "GAUSSIAN, 1000, 0.1, 200",
        "RADEMACHER, 10, 0.5, 8",
        "RADEMACHER, 2, 1.0, 1",
        "ORTHOGONAL, 10, 0.5, 4",
        "ORTHOGONAL, 1000, 0.1, 167",
    })
    void autoTakesTheLeastNumberThatKeepsTheBound(Directions directions, int classes, double error, int expected) {
        assertThat(Projections.auto(error).resolve(directions, classes)).isEqualTo(OptionalInt.of(expected));
        assertThat(Math.sqrt(directions.worstRelativeVariance(classes, expected)))
                .isLessThanOrEqualTo(error);
        if (expected > 1) {
            assertThat(Math.sqrt(directions.worstRelativeVariance(classes, expected - 1)))
                    .isGreaterThan(error);
        }
    }

    @Test
    void autoComputesAllRowsWhereThatIsNoDearer() {
        assertThat(Projections.auto(0.1).resolve(Directions.UNIT_SPHERE, 10)).isEmpty();
        assertThat(Projections.auto(1e-9).resolve(Directions.ORTHOGONAL, 10)).isEmpty();
        assertThat(Projections.auto(0.1).resolve(Directions.RADEMACHER, 1)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, Double.NaN, Double.POSITIVE_INFINITY})
    void aBoundMustBePositive(double bound) {
        assertThatThrownBy(() -> Projections.auto(bound))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("relativeError must be finite and greater than 0, but is " + bound);
    }

    @Test
    void aCountMustBePositive() {
        assertThatThrownBy(() -> Projections.count(0)).hasMessage("projections must be at least 1, but are 0");
        assertThatThrownBy(() -> Projections.count(1).resolve(Directions.GAUSSIAN, 0))
                .hasMessage("classes must be at least 1, but are 0");
    }
}
