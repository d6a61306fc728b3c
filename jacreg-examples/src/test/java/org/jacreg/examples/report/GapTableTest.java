package org.jacreg.examples.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jacreg.examples.result.AttackNorm;
import org.jacreg.examples.result.ExperimentResult;
import org.jacreg.examples.result.LambdaPoint;
import org.jacreg.examples.result.ModelKind;
import org.junit.jupiter.api.Test;

class GapTableTest {

    private static final ExperimentResult RESULT = MadeUpResult.make();

    @Test
    void measuredGapsStandAboveTheBoundAndItsTerms() {
        GapTable table = GapTable.of(RESULT, AttackNorm.LINF);

        assertThat(table.models()).hasSize(ModelKind.values().length).startsWith("plain", "frobenius");
        assertThat(table.rows())
                .extracting(GapTable.Row::name)
                .containsExactly(
                        "loss gap",
                        "PGD loss gap",
                        "surrogate gap",
                        "bound",
                        "loss share",
                        "Jacobian share",
                        "second order");
        // The second model's k is 2: gaps 1.5/2 - 1/2, 4/2 - 2/2 and 7/2 - 4/2, bound 100 * 4.
        assertThat(table.rows())
                .extracting(row -> row.cells().get(1))
                .containsExactly("0.250", "1.00", "1.50", "400 VACUOUS", "240", "160", "infinite");
        assertThat(table.rows().get(3).cells().get(0)).isEqualTo("200");
    }

    @Test
    void theTableOfTheOtherNormHoldsItsOwnBound() {
        GapTable table = GapTable.of(RESULT, AttackNorm.L2);

        assertThat(table.rows().get(3).cells().get(0)).isEqualTo("300 VACUOUS");
        assertThat(table.rows().get(2).cells().get(0)).isEqualTo("0.500");
    }

    @Test
    void plainTrainingStandsLeftOfTheSmallestLambda() {
        List<LambdaPoint> points = GapCharts.points(RESULT, ModelKind.FROBENIUS);

        assertThat(points).extracting(LambdaPoint::lambda).containsExactly(0.003 / 4, 0.003, 0.03, 0.3);
        assertThat(points.get(0).gaps()).isEqualTo(RESULT.models().get(0).gaps());
        assertThat(points.get(2).gaps()).isEqualTo(RESULT.models().get(1).gaps());
        LineChart chart = GapCharts.againstLambda(RESULT).get(0);
        assertThat(chart.axes()).isEqualTo(Axes.LOG_LOG);
        assertThat(chart.lines().get(0).y()).containsExactly(200.0, 600.0, 400.0, 1000.0);
        assertThat(chart.lines().get(1).y()).containsExactly(80.0, 240.0, 160.0, 400.0);
    }
}
