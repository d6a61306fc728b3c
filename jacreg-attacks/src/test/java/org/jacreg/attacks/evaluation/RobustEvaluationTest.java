package org.jacreg.attacks.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.AttackOutcome;
import org.jacreg.attacks.AttackResult;
import org.jacreg.attacks.ClosedFormNet;
import org.jacreg.attacks.ClosedFormNet.Activation;
import org.jacreg.attacks.Fgsm;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.ProgressListener;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

class RobustEvaluationTest {

    private static final int SAMPLES = 53;

    /** {@code z_1 - z_0 = x_0 + x_1}; label 0 is right where the sum is not positive. */
    private static final ClosedFormNet LINEAR =
            ClosedFormNet.linear(new double[][] {{0, 1}, {0, 1}}, new double[2], InputBox.unbounded());

    private static final INDArray X = Nd4j.createFromArray(
                    new Random(1).doubles(2L * SAMPLES, -1, .2).toArray())
            .reshape('c', SAMPLES, 2);

    private static final INDArray Y = Nd4j.zeros(SAMPLES);

    /** The Linf distance of sample n to the boundary, 0 if it is on the wrong side. */
    private static double distance(int n) {
        return Math.max(0, -(X.getDouble(n, 0) + X.getDouble(n, 1)) / 2);
    }

    private static RobustEvaluation evaluation() {
        return RobustEvaluation.of(LINEAR)
                .attack(eps -> Pgd.linf(eps).steps(10).seed(1).build());
    }

    /** On a linear model an example is robust exactly if its distance to the boundary is at least epsilon. */
    @Test
    void linearModelGivesTheExactCurve() {
        RobustnessCurve curve = evaluation().epsilons(.4, .1, .2).batchSize(10).run(X, Y);
        assertThat(curve.points()).extracting(RobustnessCurve.Point::epsilon).containsExactly(0.0, .1, .2, .4);
        for (RobustnessCurve.Point point : curve.points()) {
            long robust = 0;
            for (int n = 0; n < SAMPLES; n++) {
                robust += distance(n) > point.epsilon() ? 1 : 0;
            }
            assertThat(point.robust()).as("epsilon %s", point.epsilon()).isEqualTo(robust);
            assertThat(point.accuracy()).isEqualTo(robust / (double) SAMPLES);
            assertThat(curve.robustAccuracy(point.epsilon())).isEqualTo(point.accuracy());
            assertThat(point.interval().lower()).isLessThan(point.accuracy());
            assertThat(point.interval().upper()).isGreaterThan(point.accuracy());
            assertThat(point.interval().confidence()).isEqualTo(.95);
        }
        assertThat(curve.accuracy()).isEqualTo(curve.points().get(0).accuracy()).isStrictlyBetween(.5, 1.0);
        for (int n = 0; n < SAMPLES; n++) {
            double d = distance(n);
            double expected = d == 0 ? 0 : d < .1 ? .1 : d < .2 ? .2 : d < .4 ? .4 : Double.POSITIVE_INFINITY;
            assertThat(curve.brokenAt().get(n)).isEqualTo(expected);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> curve.robustAccuracy(.3))
                .withMessageContaining("no epsilon 0.3");
    }

    @Test
    void batchSizeAndSourceDoNotMatter() {
        RobustnessCurve whole = evaluation().epsilons(.1, .3).run(X, Y);
        RobustnessCurve single = evaluation().epsilons(.1, .3).batchSize(1).run(X, Y);
        INDArray oneHot = Nd4j.zeros(SAMPLES, 2);
        oneHot.getColumn(0).assign(1);
        RobustnessCurve iterated =
                evaluation().epsilons(.1, .3).run(new SingletonDataSetIterator(new DataSet(X, oneHot)));
        assertThat(single.brokenAt()).isEqualTo(whole.brokenAt());
        assertThat(iterated.brokenAt()).isEqualTo(whole.brokenAt());
    }

    @Test
    void brokenExamplesCostNothingMore() {
        RobustnessCurve curve = evaluation().epsilons(.1, .2, 5).run(X, Y);
        for (int e = 1; e < 4; e++) {
            assertThat(curve.points().get(e).gradients())
                    .isEqualTo(10 * curve.points().get(e - 1).robust());
        }
        assertThat(curve.points().get(3).robust()).isZero();
    }

    /** A nonlinear model, two attacks: the curve is the worst case of both, example by example. */
    @Test
    void worstCaseOverAttacks() {
        ClosedFormNet net = ClosedFormNet.random(4, 6, 8, 3, 2, Activation.TANH, DataType.DOUBLE, new InputBox(0, 1));
        INDArray x = Nd4j.createFromArray(new Random(2).doubles(240).toArray()).reshape('c', 40, 3, 2);
        ClosedFormNet shaped = net.shaped(3, 2);
        INDArray y = shaped.logits(x).argMax(1);
        // one weak attack each way: a single step, and many steps from a random point
        RobustnessCurve fgsm = RobustEvaluation.of(shaped)
                .attack(eps -> Fgsm.linf(eps).build())
                .epsilons(.05, .3)
                .run(x, y);
        RobustnessCurve pgd = RobustEvaluation.of(shaped)
                .attack(eps -> Pgd.linf(eps).steps(2).stepSize(eps / 4).build())
                .epsilons(.05, .3)
                .run(x, y);
        RobustnessCurve both = RobustEvaluation.of(shaped)
                .attack(eps -> Pgd.linf(eps).steps(2).stepSize(eps / 4).build())
                .attack(eps -> Fgsm.linf(eps).build())
                .epsilons(.3, .05)
                .batchSize(7)
                .run(x, y);
        assertThat(fgsm.brokenAt()).isNotEqualTo(pgd.brokenAt());
        for (int n = 0; n < 40; n++) {
            assertThat(both.brokenAt().get(n))
                    .isEqualTo(Math.min(fgsm.brokenAt().get(n), pgd.brokenAt().get(n)));
        }
        assertThat(both.points().get(1).attacks()).hasSize(2);
        assertThat(both.accuracy()).isEqualTo(1);
    }

    /** Attacks that break their contract, one fault each. */
    @Test
    void attacksThatLieAreFoundOut() {
        assertLie(r -> replaced(r, r.adversarial().mul(1).addi(1e-3), true), "outside epsilon 0.1");
        assertLie(r -> replaced(r, X.dup(), true), "claims a success, but the true class leads by");
        assertLie(r -> replaced(r, r.adversarial().mul(Double.NaN), false), "outside epsilon 0.1");
        ClosedFormNet boxed = LINEAR.within(new InputBox(-1, .2));
        assertThatIllegalStateException()
                .isThrownBy(() -> RobustEvaluation.of(boxed)
                        .attack(eps -> (Attack)
                                (model, x, y, listener) -> Pgd.linf(eps).build().attack(LINEAR, x, y, listener))
                        .epsilons(.1)
                        .run(X, Y))
                .withMessageContaining("outside InputBox");
    }

    /** An attack that hides its successes does not make a model look more robust. */
    @Test
    void deniedSuccessesAreFound() {
        RobustnessCurve modest = RobustEvaluation.of(LINEAR)
                .attack(eps -> (Attack) (model, x, y, listener) -> {
                    AttackResult r = Pgd.linf(eps).steps(10).seed(1).build().attack(model, x, y, listener);
                    return replaced(r, r.adversarial(), false);
                })
                .epsilons(.1, .3)
                .run(X, Y);
        assertThat(modest.brokenAt())
                .isEqualTo(evaluation().epsilons(.1, .3).run(X, Y).brokenAt());
    }

    private static AttackResult replaced(AttackResult r, INDArray points, boolean success) {
        List<AttackOutcome> outcomes = r.outcomes().stream()
                .map(o -> new AttackOutcome(
                        o.label(),
                        o.cleanPrediction(),
                        o.prediction(),
                        success,
                        o.cleanLoss(),
                        o.loss(),
                        o.extremeLoss(),
                        o.linf(),
                        o.l2(),
                        o.l1(),
                        o.l0(),
                        o.firstDistance(),
                        o.gradients(),
                        o.forwards(),
                        o.zeroGradients()))
                .toList();
        INDArray part = points.size(0) == outcomes.size() ? points : r.adversarial();
        return new AttackResult(part, part, outcomes, r.norm(), r.targeted(), r.attack(), r.seed(), r.elapsed());
    }

    private static void assertLie(UnaryOperator<AttackResult> fault, String message) {
        List<Integer> right = new ArrayList<>();
        for (int n = 0; n < SAMPLES; n++) {
            if (distance(n) > 0) {
                right.add(n);
            }
        }
        INDArray x = X.getRows(right.stream().mapToInt(n -> n).toArray());
        assertThatIllegalStateException()
                .isThrownBy(() -> RobustEvaluation.of(LINEAR)
                        .attack(eps -> (Attack) (model, in, y, listener) ->
                                fault.apply(Pgd.linf(eps).build().attack(model, in, y, listener)))
                        .epsilons(.1)
                        .run(x, Nd4j.zeros(x.size(0))))
                .withMessageContaining(message)
                .withMessageContaining("breaks its contract");
    }

    @Test
    void mixedNormsAndTargetedAttacksAreRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> evaluation()
                        .attack(eps -> Pgd.l2(eps).build())
                        .epsilons(.1)
                        .run(X, Y))
                .withMessageContaining("in one norm (linf)")
                .withMessageContaining("norm=l2");
        assertThatIllegalStateException()
                .isThrownBy(() -> RobustEvaluation.of(LINEAR)
                        .attack(eps -> Pgd.linf(eps).targeted(true).build())
                        .epsilons(.1)
                        .run(X, Y))
                .withMessageContaining("untargeted");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesBadEpsilons(double value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation().epsilons(.1, value))
                .withMessageContaining("[0.1, " + value + "]");
    }

    @Test
    void refusesBadSettings() {
        assertThatIllegalArgumentException().isThrownBy(() -> evaluation().epsilons());
        assertThatIllegalArgumentException().isThrownBy(() -> evaluation().epsilons(.1, .1));
        assertThatIllegalArgumentException().isThrownBy(() -> evaluation().batchSize(0));
        assertThatIllegalArgumentException().isThrownBy(() -> evaluation().confidence(Double.NaN));
        assertThatIllegalStateException()
                .isThrownBy(() -> evaluation().run(X, Y))
                .withMessageContaining("epsilons(...)");
        assertThatIllegalStateException()
                .isThrownBy(() -> RobustEvaluation.of(LINEAR).epsilons(.1).run(X, Y))
                .withMessageContaining("0 attacks");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation().epsilons(.1).run(X, Nd4j.zeros(3)))
                .withMessageContaining("[53, 2] and [3]");
        DataSetIterator ended = new SingletonDataSetIterator(new DataSet(X, Y.reshape(SAMPLES, 1)));
        ended.next();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation().epsilons(.1).run(ended))
                .withMessageContaining("no example");
    }

    @Test
    void progressReachesItsTotalAndCancellationStops() {
        List<Long> heard = new ArrayList<>();
        evaluation()
                .epsilons(.1, .2)
                .batchSize(20)
                .listener((done, total) -> {
                    assertThat(total).isEqualTo(2L * SAMPLES);
                    heard.add(done);
                })
                .run(X, Y);
        assertThat(heard).isSorted().endsWith(2L * SAMPLES).hasSize(6);
        ProgressListener stop = new ProgressListener() {
            @Override
            public void progress(long done, long total) {}

            @Override
            public boolean isCancelled() {
                return true;
            }
        };
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> evaluation().epsilons(.1).listener(stop).run(X, Y));
    }

    @Test
    void argumentsStayAsTheyWere() {
        double[] x = X.dup().data().asDouble();
        evaluation().epsilons(.1, .2).run(X, Y);
        assertThat(X.data().asDouble()).isEqualTo(x);
        assertThat(Arrays.stream(Y.toDoubleVector()).sum()).isZero();
    }
}
