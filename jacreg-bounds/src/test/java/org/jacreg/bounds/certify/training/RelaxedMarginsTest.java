package org.jacreg.bounds.certify.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.jacreg.nets.PreparedObjective;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Margins of CROWN-IBP against a recomputation in plain Java, and against points of the box. */
class RelaxedMarginsTest {

    private static CrownIbpTraining relaxed(double epsilon) {
        return CrownIbpTraining.linf(epsilon)
                .bounds(0, 1)
                .ramp(0, 0)
                .kappa(0, 0)
                .beta(0, 0)
                .build();
    }

    @ParameterizedTest
    @CsvSource({"1, 0.05", "2, 0.2", "3, 0.5", "4, 0"})
    void asInPlainJava(long seed, double epsilon) {
        for (int[] widths : new int[][] {{4, 6, Nets.CLASSES}, {4, 6, 5, Nets.CLASSES}, {3, 5, 5, 4, Nets.CLASSES}}) {
            SameDiff sd = Nets.mlp(seed, widths);
            INDArray x = Nets.inputs(sd, seed, 5);
            int[] labels = Nets.labels(5);
            PlainMlp plain = PlainMlp.of(sd);
            try (PreparedObjective prepared =
                    new PreparedObjective(sd, relaxed(epsilon), x, Nets.oneHot(labels, Nets.CLASSES), 0)) {
                double[][] margins = Nets.rows(prepared.value(BoundSession.MARGINS));
                double[][] rows = Nets.rows(x);
                for (int n = 0; n < rows.length; n++) {
                    for (int j = 0; j < Nets.CLASSES; j++) {
                        double expected = plain.crownIbpMargin(rows[n], epsilon, 0, 1, labels[n], j);
                        // a few hundred operations on numbers of order one
                        assertThat(margins[n][j]).isCloseTo(expected, within(1e-12));
                    }
                }
            }
        }
    }

    @Test
    void noPointHasASmallerMargin() {
        double epsilon = 0.1;
        for (SameDiff sd : Nets.withoutMaximum()) {
            INDArray x = Nets.inputs(sd, 8, 4);
            int[] labels = Nets.labels(4);
            double[][] margins;
            try (PreparedObjective prepared =
                    new PreparedObjective(sd, relaxed(epsilon), x, Nets.oneHot(labels, Nets.CLASSES), 0)) {
                margins = Nets.rows(prepared.value(BoundSession.MARGINS));
            }
            Random random = new Random(1);
            double closest = Double.POSITIVE_INFINITY;
            for (int t = 0; t < 300; t++) {
                double[][] z = Nets.logits(sd, Nets.point(x, epsilon, random));
                for (int n = 0; n < z.length; n++) {
                    for (int j = 0; j < Nets.CLASSES; j++) {
                        double margin = z[n][labels[n]] - z[n][j];
                        assertThat(margin).isGreaterThanOrEqualTo(margins[n][j] - 1e-12);
                        closest = j == labels[n] ? closest : Math.min(closest, margin - margins[n][j]);
                    }
                }
            }
            // a bound that is far too low would pass as well
            assertThat(closest).isLessThan(0.5);
        }
    }

    /** Beta is what it says: margins are those of both bounds, weighted. */
    @Test
    void betaMixes() {
        SameDiff sd = Nets.mlp();
        INDArray x = Nets.inputs(sd, 3, 4);
        INDArray labels = Nets.oneHot(Nets.labels(4), Nets.CLASSES);
        double[][][] margins = new double[3][][];
        double[] betas = {0, 0.25, 1};
        for (int k = 0; k < betas.length; k++) {
            CrownIbpTraining training =
                    CrownIbpTraining.linf(0.1).ramp(0, 0).beta(0, betas[k]).build();
            try (PreparedObjective prepared = new PreparedObjective(sd, training, x, labels, 0)) {
                margins[k] = Nets.rows(prepared.value(BoundSession.MARGINS));
            }
        }
        IntervalBoundTraining intervals =
                IntervalBoundTraining.linf(0.1).ramp(0, 0).build();
        try (PreparedObjective prepared = new PreparedObjective(sd, intervals, x, labels, 0)) {
            double[][] own = Nets.rows(prepared.value(BoundSession.MARGINS));
            for (int n = 0; n < own.length; n++) {
                for (int j = 0; j < Nets.CLASSES; j++) {
                    assertThat(margins[2][n][j]).isCloseTo(own[n][j], within(1e-13));
                    assertThat(margins[1][n][j])
                            .isCloseTo(0.25 * margins[2][n][j] + 0.75 * margins[0][n][j], within(1e-13));
                }
            }
        }
    }
}
