package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.Random;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** On linear models the strongest perturbation is known in closed form. */
class LinearModelsTest {

    private static final int ENTRIES = 8;

    private static double[][] weights(long seed, int classes) {
        Random random = new Random(seed);
        double[][] w = new double[ENTRIES][classes];
        for (double[] row : w) {
            for (int c = 0; c < classes; c++) {
                row[c] = random.nextGaussian();
            }
        }
        return w;
    }

    private static INDArray inputs(long seed, int samples) {
        double[] values = new Random(seed)
                .doubles((long) samples * ENTRIES, -.3, 1.3)
                .map(v -> Math.max(0, Math.min(1, v)))
                .toArray();
        return Nd4j.createFromArray(values).reshape('c', samples, ENTRIES);
    }

    /** The dual norm of row difference {@code w_1 - w_0}. */
    private static double dualNorm(double[][] w, Norm norm) {
        double sum = 0;
        for (double[] row : w) {
            double d = row[1] - row[0];
            sum = norm == Norm.L1 ? Math.max(sum, Math.abs(d)) : sum + (norm == Norm.LINF ? Math.abs(d) : d * d);
        }
        return norm == Norm.L2 ? Math.sqrt(sum) : sum;
    }

    /** Two classes, no box: the robust loss is {@code ln(1 + exp(z_1 - z_0 + eps ||w_1 - w_0||_dual))}, label 0. */
    @ParameterizedTest
    @EnumSource(Norm.class)
    void twoClassesWithoutABoxReachTheOptimum(Norm norm) {
        double[][] w = weights(1, 2);
        ClosedFormNet model = ClosedFormNet.linear(w, new double[] {.3, -.1}, InputBox.unbounded());
        INDArray x = inputs(2, 5);
        INDArray y = Nd4j.createFromArray(0, 0, 0, 0, 0);
        NormBall ball = new NormBall(norm, .2);
        double[][] z = model.logits(x).toDoubleMatrix();
        AttackResult fgsm = Fgsm.in(ball).build().attack(model, x, y);
        AttackResult pgd = Pgd.in(ball).steps(100).stepSize(.1).seed(1).build().attack(model, x, y);
        for (int n = 0; n < 5; n++) {
            double margin = z[n][1] - z[n][0] + .2 * dualNorm(w, norm);
            double optimum = Math.log1p(Math.exp(margin));
            // a dozen operations on numbers below 10
            assertThat(fgsm.outcomes().get(n).loss()).isCloseTo(optimum, offset(1e-13));
            // with steps of half the radius every L2 step brings the direction nearer by a third
            assertThat(pgd.outcomes().get(n).loss()).isCloseTo(optimum, offset(1e-13));
            assertThat(fgsm.outcomes().get(n).success()).isEqualTo(margin > 0);
        }
    }

    /** With a box the Linf optimum takes every entry to the end of its interval that raises the margin. */
    @Test
    void twoClassesInABoxReachTheLinfOptimum() {
        double[][] w = weights(3, 2);
        ClosedFormNet model = ClosedFormNet.linear(w, new double[2], new InputBox(0, 1));
        INDArray x = inputs(4, 6);
        INDArray y = Nd4j.createFromArray(0, 0, 0, 0, 0, 0);
        AttackResult fgsm = Fgsm.linf(.25).build().attack(model, x, y);
        AttackResult pgd = Pgd.linf(.25).steps(10).seed(5).build().attack(model, x, y);
        for (int n = 0; n < 6; n++) {
            double margin = 0;
            for (int j = 0; j < ENTRIES; j++) {
                double d = w[j][1] - w[j][0];
                double end = d > 0 ? Math.min(1, x.getDouble(n, j) + .25) : Math.max(0, x.getDouble(n, j) - .25);
                margin += d * end;
            }
            assertThat(fgsm.outcomes().get(n).loss()).isCloseTo(Math.log1p(Math.exp(margin)), offset(1e-13));
            assertThat(pgd.outcomes().get(n).loss()).isCloseTo(Math.log1p(Math.exp(margin)), offset(1e-13));
        }
    }

    /** With a box the L2 optimum is {@code clip(c v)} with the scale c found here by bisection on the norm. */
    @Test
    void twoClassesInABoxReachTheL2Optimum() {
        double[][] w = weights(5, 2);
        ClosedFormNet model = ClosedFormNet.linear(w, new double[2], new InputBox(0, 1));
        INDArray x = inputs(6, 6);
        INDArray y = Nd4j.createFromArray(0, 0, 0, 0, 0, 0);
        AttackResult pgd = Pgd.l2(.6).steps(200).stepSize(.3).seed(5).build().attack(model, x, y);
        for (int n = 0; n < 6; n++) {
            double low = 0;
            double high = 1e6;
            for (int k = 0; k < 200; k++) {
                double c = (low + high) / 2;
                if (move(w, x.getRow(n).toDoubleVector(), c)[1] < .6) {
                    low = c;
                } else {
                    high = c;
                }
            }
            double optimum = Math.log1p(Math.exp(move(w, x.getRow(n).toDoubleVector(), low)[0]));
            // projected ascent with 200 steps converges to the optimum up to rounding
            assertThat(pgd.outcomes().get(n).loss()).isCloseTo(optimum, offset(1e-9));
        }
    }

    /** Margin at, and length of, the perturbation {@code clip(c v)}. */
    private static double[] move(double[][] w, double[] x, double c) {
        double margin = 0;
        double squares = 0;
        for (int j = 0; j < x.length; j++) {
            double v = w[j][1] - w[j][0];
            double end = Math.max(0, Math.min(1, x[j] + c * v));
            margin += v * end;
            squares += (end - x[j]) * (end - x[j]);
        }
        return new double[] {margin, Math.sqrt(squares)};
    }

    /**
     * Three classes: {@code W = [[1, -2], [.5, 1], [-1, .25]]}, label 0, eps 0.1. The true robust losses were found by
     * exhaustive search over the ball's boundary; the loss linearised at the input lies below them.
     */
    @ParameterizedTest
    @CsvSource({"LINF, 0.8363589037, 1e-10", "L2, 0.7836521524, 1e-10"})
    void threeClassesReachTheTrueRobustLoss(Norm norm, double robustLoss, double tolerance) {
        double[][] w = {{1, .5, -1}, {-2, 1, .25}};
        ClosedFormNet model = ClosedFormNet.linear(w, new double[] {.1, -.2, .05}, InputBox.unbounded());
        INDArray x = Nd4j.createFromArray(new double[][] {{.3, -.1}});
        INDArray y = Nd4j.createFromArray(0);
        AttackResult pgd = Pgd.in(new NormBall(norm, .1))
                .steps(100)
                .stepSize(.05)
                .seed(3)
                .build()
                .attack(model, x, y);
        assertThat(pgd.outcomes().get(0).cleanLoss()).isCloseTo(0.6361685830, offset(tolerance));
        assertThat(pgd.outcomes().get(0).loss()).isCloseTo(robustLoss, offset(tolerance));
        assertThat(pgd.outcomes().get(0).distance(norm)).isCloseTo(.1, offset(1e-12));
    }

    /** Targeted, two classes: the target is reached exactly when the untargeted attack leaves the other class. */
    @ParameterizedTest
    @EnumSource(Norm.class)
    void targetedMirrorsUntargetedForTwoClasses(Norm norm) {
        ClosedFormNet model = ClosedFormNet.linear(weights(7, 2), new double[2], new InputBox(0, 1));
        INDArray x = inputs(8, 20);
        NormBall ball = new NormBall(norm, norm == Norm.LINF ? .05 : .15);
        AttackResult away = Pgd.in(ball).seed(1).build().attack(model, x, Nd4j.zeros(20));
        AttackResult towards = Pgd.in(ball).seed(1).targeted(true).build().attack(model, x, Nd4j.ones(20));
        assertThat(away.successRate()).isStrictlyBetween(.1, .9);
        for (int n = 0; n < 20; n++) {
            assertThat(towards.outcomes().get(n).success())
                    .isEqualTo(away.outcomes().get(n).success());
        }
    }
}
