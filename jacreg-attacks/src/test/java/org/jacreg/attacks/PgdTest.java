package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.data.Offset.offset;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.jacreg.attacks.ClosedFormNet.Activation;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Projection;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What is PGD's own: its options, its bookkeeping, what it says when gradients fail. */
class PgdTest {

    private static final InputBox UNIT = new InputBox(0, 1);

    private static final ClosedFormNet NET =
            ClosedFormNet.random(4, 6, 8, 3, 1.5, Activation.TANH, DataType.DOUBLE, UNIT);

    private static final INDArray X = Nd4j.createFromArray(
                    IntStream.range(0, 60).mapToDouble(k -> k / 59.0).toArray())
            .reshape('c', 10, 6);

    private static INDArray predictedClasses() {
        return NET.logits(X).argMax(1);
    }

    @Test
    void configurationIsWrittenOutWhole() {
        assertThat(Pgd.linf(.3).steps(40).stepSize(.01).seed(1).build())
                .hasToString(
                        "Pgd[norm=linf, epsilon=0.3, steps=40, stepSize=0.01, randomStart=true, restarts=1, seed=1,"
                                + " targeted=false, projection=EXACT]");
        assertThat(Fgsm.l2(.5).targeted(true).build()).hasToString("Fgsm[norm=l2, epsilon=0.5, targeted=true]");
    }

    @Test
    void defaultsAreAsDocumented() {
        Pgd.Options options = Pgd.l2(2).build().options();
        assertThat(options.steps()).isEqualTo(40);
        assertThat(options.stepSize()).isEqualTo(.25);
        assertThat(options.randomStart()).isTrue();
        assertThat(options.restarts()).isEqualTo(1);
        assertThat(options.projection()).isEqualTo(Projection.EXACT);
        assertThat(Pgd.l2(2).steps(10).build().options().stepSize()).isEqualTo(1);
        assertThat(Pgd.l2(2).steps(3).build().options().stepSize()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesBadSizes(double value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pgd.linf(value))
                .withMessageContaining("epsilon must be positive and finite, got " + value);
        assertThatIllegalArgumentException().isThrownBy(() -> Pgd.l2(value));
        assertThatIllegalArgumentException().isThrownBy(() -> Fgsm.linf(value));
        assertThatIllegalArgumentException().isThrownBy(() -> Fgsm.l2(value));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pgd.linf(.1).stepSize(value).build())
                .withMessageContaining("stepSize must be positive and finite, got " + value);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -3})
    void refusesBadCounts(int value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pgd.linf(.1).stepSize(.1).steps(value).build())
                .withMessageContaining("steps must be at least 1, got " + value);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pgd.linf(.1).steps(value).build())
                .withMessageContaining("steps must be at least 1, got " + value);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pgd.linf(.1).restarts(value).build())
                .withMessageContaining("restarts must be at least 1, got " + value);
    }

    @Test
    void refusesRestartsThatWouldRepeatThemselves() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pgd.linf(.1).randomStart(false).restarts(2).build())
                .withMessageContaining("randomStart(true)");
    }

    @Test
    void countsItsWork() {
        AttackResult result = Pgd.linf(.01).steps(7).restarts(3).build().attack(NET, X, predictedClasses());
        for (AttackOutcome outcome : result.outcomes()) {
            if (!outcome.success()) {
                // the input itself, and the last point of each of three restarts
                assertThat(outcome.forwards()).isEqualTo(4);
                assertThat(outcome.gradients()).isEqualTo(21);
            } else {
                assertThat(outcome.gradients()).isIn(7, 14, 21);
            }
        }
        AttackResult bim = Pgd.linf(.01).steps(7).randomStart(false).build().attack(NET, X, predictedClasses());
        assertThat(bim.outcomes()).allMatch(outcome -> outcome.gradients() == 7 && outcome.forwards() == 1);
        assertThat(bim.gradients()).isEqualTo(70);
    }

    @Test
    void restartsAreSpentOnUnbrokenExamplesOnlyAndNeverHurt() {
        INDArray x =
                Nd4j.createFromArray(new Random(6).doubles(60 * 6).toArray()).reshape('c', 60, 6);
        INDArray y = NET.logits(x).argMax(1);
        // steps too short to forget the start
        AttackResult one = Pgd.linf(.12).steps(2).stepSize(.02).seed(2).build().attack(NET, x, y);
        AttackResult many =
                Pgd.linf(.12).steps(2).stepSize(.02).seed(2).restarts(8).build().attack(NET, x, y);
        assertThat(one.successRate()).isStrictlyBetween(0.0, 1.0);
        int later = 0;
        int better = 0;
        for (int n = 0; n < 60; n++) {
            AttackOutcome single = one.outcomes().get(n);
            AttackOutcome repeated = many.outcomes().get(n);
            if (single.success()) {
                assertThat(repeated).isEqualTo(single);
            } else {
                assertThat(repeated.gradients()).isGreaterThanOrEqualTo(4);
                assertThat(repeated.success() || repeated.loss() >= single.loss())
                        .isTrue();
                better += repeated.loss() > single.loss() ? 1 : 0;
                if (repeated.success()) {
                    later++;
                    assertThat(repeated.firstDistance()).isBetween(.01, .12 + 1e-12);
                    double[] first = many.firstAdversarial().getRow(n).toDoubleVector();
                    INDArray z = NET.logits(Nd4j.createFromArray(first).reshape(1, 6));
                    assertThat(z.argMax(1).getInt(0)).isNotEqualTo(y.getInt(n));
                }
            }
        }
        assertThat(later).as("successes of later restarts").isPositive();
        assertThat(better).as("higher losses of later restarts").isGreaterThan(10);
    }

    @Test
    void anExampleAlreadyWrongIsASuccessAtDistanceZero() {
        INDArray wrong = predictedClasses().addi(1);
        wrong = Nd4j.createFromArray(
                java.util.Arrays.stream(wrong.toIntVector()).map(c -> c % 3).toArray());
        AttackResult result = Pgd.linf(.05).steps(3).build().attack(NET, X, wrong);
        assertThat(result.accuracy()).isZero();
        assertThat(result.robustAccuracy()).isZero();
        assertThat(result.outcomes()).allMatch(outcome -> outcome.success() && outcome.firstDistance() == 0);
        assertThat(result.firstAdversarial().dup('c').data().asDouble())
                .isEqualTo(X.data().asDouble());
        // the best point goes on climbing
        assertThat(result.outcomes()).allMatch(outcome -> outcome.loss() >= outcome.cleanLoss());
        assertThat(result.meanLoss())
                .isGreaterThan(result.outcomes().stream()
                        .mapToDouble(AttackOutcome::cleanLoss)
                        .average()
                        .orElseThrow());
    }

    @Test
    void extremeLossIsTheMostExtremeEverSeen() {
        AttackResult up = Pgd.linf(.1).steps(5).build().attack(NET, X, predictedClasses());
        AttackResult down = Pgd.linf(.1).steps(5).targeted(true).build().attack(NET, X, predictedClasses());
        assertThat(up.outcomes()).allMatch(o -> o.extremeLoss() >= Math.max(o.loss(), o.cleanLoss()));
        assertThat(down.outcomes()).allMatch(o -> o.extremeLoss() <= Math.min(o.loss(), o.cleanLoss()));
        assertThat(up.meanExtremeLoss()).isGreaterThanOrEqualTo(up.meanLoss());
        assertThatIllegalStateException().isThrownBy(down::robustAccuracy).withMessageContaining("successRate()");
        assertThatIllegalStateException().isThrownBy(down::accuracy);
    }

    @Test
    void zeroGradientsAreReported() {
        ClosedFormNet flat = ClosedFormNet.linear(new double[6][3], new double[] {1, 0, 0}, UNIT);
        for (Attack attack : List.of(Fgsm.linf(.1).build(), Pgd.l2(.1).steps(4).build())) {
            AttackResult result = attack.attack(flat, X, Nd4j.zeros(10));
            assertThat(result.vanishedGradients()).isEqualTo(10);
            assertThat(result.robustAccuracy()).isEqualTo(1);
        }
        assertThat(Pgd.l2(.1).build().attack(NET, X, predictedClasses()).vanishedGradients())
                .isZero();
    }

    /** In FLOAT the squares of 1e-30 are lost to underflow and those of 1e30 to overflow, the direction is not. */
    @ParameterizedTest
    @ValueSource(floats = {1, 1e-30f, 1e30f})
    void directionsSurviveTinyAndHugeGradients(float scale) {
        INDArray gradient = Nd4j.createFromArray(new float[][] {{3 * scale, 4 * scale}, {0, 0}, {-1, 0}});
        boolean[] zero = AscentDirection.normalise(Norm.L2, gradient);
        assertThat(zero).containsExactly(false, true, false);
        // one division in FLOAT
        assertThat(gradient.getDouble(0, 0)).isCloseTo(.6, offset(1e-7));
        assertThat(gradient.getDouble(0, 1)).isCloseTo(.8, offset(1e-7));
        assertThat(gradient.getRow(1).toDoubleVector()).containsExactly(0, 0);
        assertThat(gradient.getRow(2).toDoubleVector()).containsExactly(-1, 0);
    }

    /** No zero row here, which would lead to the careful computation by itself. */
    @Test
    void tinyGradientsAloneKeepTheirDirection() {
        INDArray gradient = Nd4j.createFromArray(new float[][] {{3e-22f, 4e-22f}, {3, 4}});
        AscentDirection.normalise(Norm.L2, gradient);
        assertThat(gradient.getDouble(0, 0)).isCloseTo(.6, offset(1e-7));
        assertThat(gradient.getDouble(0, 1)).isCloseTo(.8, offset(1e-7));
    }

    @Test
    void signOfZeroIsZero() {
        INDArray gradient = Nd4j.createFromArray(new double[][] {{-1e-300, 0, 2}, {0, -0.0, 0}});
        assertThat(AscentDirection.normalise(Norm.LINF, gradient)).containsExactly(false, true);
        assertThat(gradient.data().asDouble()).containsExactly(-1, 0, 1, 0, 0, 0);
    }

    @Test
    void nonFiniteLogitsAndGradientsAreErrorsThatNameTheSamples() {
        double[][] w = {{1, 0}, {0, 1}};
        ClosedFormNet sick = ClosedFormNet.linear(w, new double[] {0, Double.NaN}, InputBox.unbounded());
        INDArray x = Nd4j.ones(DataType.DOUBLE, 2, 2);
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> Pgd.linf(.1).build().attack(sick, x, Nd4j.zeros(2)))
                .withMessageContaining("logits are NaN or infinite for 2 samples")
                .withMessageContaining("[0, 1]");
        Activation broken = new Activation(a -> a, a -> a > 1.5 ? Double.NaN : 1);
        ClosedFormNet kinked = new ClosedFormNet(
                List.of(new ClosedFormNet.Layer(w, new double[2], broken)),
                new long[] {2},
                DataType.DOUBLE,
                InputBox.unbounded());
        INDArray mixed = Nd4j.createFromArray(new double[][] {{1, 1}, {2, 1}, {0, 0}, {1, 3}});
        for (Attack attack : List.of(Fgsm.linf(.1).build(), Fgsm.l2(.1).build())) {
            assertThatExceptionOfType(ArithmeticException.class)
                    .isThrownBy(() -> attack.attack(kinked, mixed, Nd4j.zeros(4)))
                    .withMessageContaining("gradients are NaN or infinite for 2 samples")
                    .withMessageContaining("[1, 3]");
        }
    }

    @Test
    void progressGrowsAndCancellationStops() {
        List<Long> heard = new ArrayList<>();
        Pgd.linf(.01).steps(5).build().attack(NET, X, predictedClasses(), (done, total) -> {
            assertThat(total).isEqualTo(5);
            heard.add(done);
        });
        assertThat(heard).containsExactly(1L, 2L, 3L, 4L, 5L);
        ProgressListener impatient = new ProgressListener() {
            private long steps;

            @Override
            public void progress(long done, long total) {
                steps = done;
            }

            @Override
            public boolean isCancelled() {
                return steps >= 2;
            }
        };
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> Pgd.linf(.01).steps(5).build().attack(NET, X, predictedClasses(), impatient))
                .withMessageContaining("after 2 of 5 steps");
    }

    /** With three classes a point of lower loss may be a success and one of higher loss a failure. */
    @Test
    void aSuccessIsBetterThanAHigherLoss() {
        Tally tally = new Tally(0);
        assertThat(tally.offer(.5, 0, false)).isTrue();
        assertThat(tally.offer(1.0, 0, false)).isTrue();
        assertThat(tally.offer(.8, 1, false)).as("first success").isTrue();
        assertThat(tally.offer(1.2, 0, false)).as("failure of higher loss").isFalse();
        assertThat(tally.offer(.7, 2, false)).as("success of lower loss").isFalse();
        assertThat(tally.offer(.9, 2, false)).as("success of higher loss").isTrue();
        assertThat(tally.offer(.9, 1, false)).as("tie").isFalse();
        AttackOutcome outcome = tally.outcome(0, 0, 0, 0, 0);
        assertThat(outcome.success()).isTrue();
        assertThat(outcome.prediction()).isEqualTo(2);
        assertThat(outcome.loss()).isEqualTo(.9);
        assertThat(outcome.extremeLoss()).isEqualTo(1.2);
        assertThat(outcome.cleanLoss()).isEqualTo(.5);
    }

    /** Many rows improve at some steps, few at others: all ways of copying must keep the right point. */
    @Test
    void bestPointIsTheOneTheLossBelongsTo() {
        INDArray x = Nd4j.rand(DataType.DOUBLE, 64, 6);
        INDArray y = NET.logits(x).argMax(1);
        // steps larger than the ball make the loss go up and down
        AttackResult result =
                Pgd.linf(.3).steps(12).stepSize(.5).seed(4).build().attack(NET, x, y);
        double[][] z = NET.logits(result.adversarial()).toDoubleMatrix();
        for (int n = 0; n < 64; n++) {
            assertThat(result.outcomes().get(n).loss())
                    .isCloseTo(ClosedFormNet.crossEntropy(z[n], y.getInt(n)), offset(1e-12));
        }
    }
}
