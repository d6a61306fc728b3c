package org.jacreg.examples.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jacreg.examples.result.AttackNorm;
import org.jacreg.examples.result.EpochPoint;
import org.jacreg.examples.result.ExperimentResult;
import org.junit.jupiter.api.Test;

class ChartsTest {

    private static final ExperimentResult RESULT = MadeUpResult.make();

    @Test
    void surrogatePlotHoldsTheFiguresOfItsModelAndNorm() {
        LineChart chart = Charts.surrogates(RESULT, AttackNorm.L2).get(2);
        List<EpochPoint> history = RESULT.models().get(2).history();

        assertThat(chart.title()).isEqualTo("l11, l2 eps 1.5");
        assertThat(chart.axes()).isEqualTo(Axes.LOG_Y);
        assertThat(chart.lines()).extracting(Line::name).containsExactly("surrogate", "PGD loss", "clean loss");
        for (int e = 0; e < history.size(); e++) {
            assertThat(chart.lines().get(0).x().get(e)).isEqualTo(e);
            assertThat(chart.lines().get(0).y().get(e))
                    .isEqualTo(history.get(e).l2().surrogate());
            assertThat(chart.lines().get(1).y().get(e))
                    .isEqualTo(history.get(e).l2().pgd());
            assertThat(chart.lines().get(2).y().get(e)).isEqualTo(history.get(e).loss());
        }
    }

    @Test
    void accuracyPlotHoldsOneLineAModel() {
        LineChart chart = Charts.robustAccuracy(RESULT, AttackNorm.LINF);

        assertThat(chart.lines())
                .extracting(Line::name)
                .containsExactly("plain", "frobenius", "l11", "pgd-at", "trades", "mart", "arow", "ibp");
        assertThat(chart.lines().get(3).x()).containsExactly(0.0, 0.1 * 0.25, 0.1 * 0.5, 0.1, 0.1 * 1.5, 0.2);
        assertThat(chart.lines().get(3).y().get(3))
                .isEqualTo(100
                        * RESULT.models()
                                .get(3)
                                .curve(AttackNorm.LINF)
                                .points()
                                .get(3)
                                .accuracy());
    }

    @Test
    void normPlotHoldsTheNormAskedFor() {
        LineChart chart = Charts.jacobianNorm(RESULT, "||J||_1,1", EpochPoint::l11);

        assertThat(chart.lines().get(0).y()).containsExactly(40.0, 160.0, 280.0, 400.0, 520.0);
    }

    @Test
    void logarithmicPlotLeavesOutWhatHasNoLogarithm() {
        Fonts.assumeUsable();
        LineChart chart = new LineChart(
                "t",
                "x",
                "y",
                Axes.LOG_Y,
                List.of(
                        new Line("some", List.of(0.0, 1.0, 2.0), List.of(0.0, 5.0, Double.NaN), Color.RED, false),
                        new Line("none", List.of(0.0), List.of(-1.0), Color.BLUE, true)));

        assertThat(new String(chart.svg(ChartTheme.LIGHT), StandardCharsets.UTF_8))
                .contains("</svg>")
                .doesNotContain("NaN");
    }
}
