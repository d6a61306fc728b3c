package org.jacreg.examples.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class KendallTauTest {

    private static KendallTau.Points points(double[] x, double[] y) {
        return new KendallTau.Points(x, y);
    }

    /** tau-b by its definition: pairs ordered alike less pairs ordered otherwise, over the root of the pairs not tied in x and in y. */
    private static double byPairs(double[] x, double[] y) {
        double sum = 0;
        double inX = 0;
        double inY = 0;
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < i; j++) {
                double dx = Math.signum(x[i] - x[j]);
                double dy = Math.signum(y[i] - y[j]);
                sum += dx * dy;
                inX += dx * dx;
                inY += dy * dy;
            }
        }
        return sum / Math.sqrt(inX * inY);
    }

    @Test
    void tauIsThatOfTheDefinitionWithTies() {
        double[] x = {1, 2, 2, 5, 3, 9, 9};
        double[] y = {3, 1, 4, 4, 2, 6, Double.POSITIVE_INFINITY};

        assertThat(KendallTau.of(List.of(points(x, y)), 1).tau()).isCloseTo(byPairs(x, y), within(1e-12));
    }

    @Test
    void chanceIsThatOfAllOrders() {
        // Of the 24 orders of four values two are as far from 0 as the sorted one; standard error of 999 draws: 0.009.
        KendallTau sorted = KendallTau.of(List.of(points(new double[] {1, 2, 3, 4}, new double[] {5, 6, 7, 8})), 1);

        assertThat(sorted.tau()).isEqualTo(1);
        assertThat(sorted.p()).isCloseTo(2.0 / 24, within(0.035));
    }

    @Test
    void groupsAreComparedWithinThemselvesOnly() {
        // Falling within each group, rising between them: over all points the rise would win.
        KendallTau.Points low = points(new double[] {1, 2, 3}, new double[] {3, 2, 1});
        KendallTau.Points high = points(new double[] {11, 12, 13}, new double[] {13, 12, 11});
        KendallTau.Points all = points(new double[] {1, 2, 3, 11, 12, 13}, new double[] {3, 2, 1, 13, 12, 11});

        assertThat(KendallTau.of(List.of(low, high), 1).tau()).isEqualTo(-1);
        assertThat(KendallTau.of(List.of(all), 1).tau()).isCloseTo(3.0 / 15, within(1e-12));
    }

    @Test
    void aConstantHasNoCorrelationAndNaNIsRefused() {
        KendallTau constant = KendallTau.of(List.of(points(new double[] {1, 1}, new double[] {1, 2})), 1);

        assertThat(constant.tau()).isNaN();
        assertThat(constant.p()).isNaN();
        assertThatThrownBy(() -> points(new double[] {1, Double.NaN}, new double[] {1, 2}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NaN and 2.0 at place 1");
        assertThatThrownBy(() -> points(new double[] {1}, new double[] {1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two values or more");
    }
}
