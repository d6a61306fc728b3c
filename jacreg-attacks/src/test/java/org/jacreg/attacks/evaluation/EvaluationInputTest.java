package org.jacreg.attacks.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.concurrent.CancellationException;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.AttackResult;
import org.jacreg.attacks.ClosedFormNet;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Bad and odd input has a clear end; nobody's arrays are changed. */
class EvaluationInputTest {

    private static RobustEvaluation evaluation(Classifier model) {
        return LineUp.pgd(model).epsilons(.1, .3).batchSize(16);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, 2, .5, Double.NaN})
    void labelsOutsideTheClasses(double label) {
        INDArray y = LineUp.labels().putScalar(17, label);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation(LineUp.LINEAR).report(LineUp.inputs(), y))
                .withMessageContaining("sample 17 has class " + label);
    }

    @Test
    void oneHotAndSparseLabelsAreTheSame() {
        INDArray oneHot = Nd4j.zeros(LineUp.SAMPLES, 2);
        oneHot.getColumn(0).assign(1);
        EvaluationReport sparse = evaluation(LineUp.LINEAR).report(LineUp.inputs(), LineUp.labels());
        for (INDArray y : new INDArray[] {
            oneHot,
            LineUp.labels().reshape('c', new long[] {LineUp.SAMPLES, 1}),
            LineUp.labels().castTo(DataType.INT32)
        }) {
            assertThat(evaluation(LineUp.LINEAR).report(LineUp.inputs(), y).examples())
                    .isEqualTo(sparse.examples());
        }
    }

    @Test
    void inputsThatAreNoNumbersOrOutsideTheBox() {
        ClosedFormNet boxed = LineUp.LINEAR.within(new InputBox(-1, .2));
        for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, .21}) {
            INDArray x = LineUp.inputs().putScalar(19, 1, value);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> evaluation(boxed).report(x, LineUp.labels()))
                    .withMessageContaining("example 19 has an entry " + value)
                    .withMessageContaining("[lower=-1.0, upper=0.2]");
        }
        INDArray infinite = LineUp.inputs().putScalar(3, 0, Double.NEGATIVE_INFINITY);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation(LineUp.LINEAR).report(infinite, LineUp.labels()))
                .withMessageContaining("example 3 has an entry -Infinity");
    }

    /** The bounds of the box are rounded to the model's type, as data in that type are. */
    @Test
    void dataOnTheFaceOfTheBoxAreInside() {
        ClosedFormNet net = ClosedFormNet.random(
                1, 2, 3, 2, 1, ClosedFormNet.Activation.TANH, DataType.FLOAT, new InputBox(-1, .1));
        INDArray x = Nd4j.createFromArray(.1, -1.0).reshape('c', new long[] {1, 2});
        EvaluationReport report = RobustEvaluation.of(net)
                .attack(LineUp::pgd)
                .epsilons(.1)
                .report(x, net.logits(x.castTo(DataType.FLOAT)).argMax(1));
        assertThat(report.accuracy()).isEqualTo(1);
    }

    @Test
    void shapesThatDoNotFit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation(LineUp.LINEAR).report(Nd4j.zeros(LineUp.SAMPLES, 3), LineUp.labels()))
                .withMessageContaining("inputShape [2]")
                .withMessageContaining("[16, 3]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation(LineUp.LINEAR.shaped(1, 2)).report(LineUp.inputs(), LineUp.labels()))
                .withMessageContaining("inputShape [1, 2]");
    }

    @Test
    void aModelWithOneClass() {
        ClosedFormNet one = ClosedFormNet.linear(new double[][] {{1}, {1}}, new double[1], InputBox.unbounded());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation(one).report(LineUp.inputs(), LineUp.labels()))
                .withMessageContaining("at least 2 classes");
    }

    @Test
    void logitsThatAreNotFinite() {
        Classifier broken = FakeModel.withLogits(LineUp.LINEAR, z -> z.size(0) > 8 ? z.putScalar(5, 1, Double.NaN) : z);
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> evaluation(broken).report(LineUp.inputs(), LineUp.labels()))
                .withMessageContaining("at example 5");
    }

    @Test
    void batchesOfOneAndOneExample() {
        EvaluationReport whole = evaluation(LineUp.LINEAR).report(LineUp.inputs(), LineUp.labels());
        assertThat(evaluation(LineUp.LINEAR)
                        .batchSize(1)
                        .report(LineUp.inputs(), LineUp.labels())
                        .examples())
                .isEqualTo(whole.examples());
        INDArray one = Nd4j.createFromArray(-.2, -.2).reshape('c', new long[] {1, 2});
        EvaluationReport single = evaluation(LineUp.LINEAR).report(one, Nd4j.zeros(1));
        assertThat(single.examples()).hasSize(1);
        assertThat(single.examples().get(0).brokenAt()).isEqualTo(.3);
        assertThat(single.flags()).isEmpty();
    }

    @Test
    void nobodysArraysAreChanged() {
        INDArray x = LineUp.inputs();
        INDArray y = LineUp.labels();
        evaluation(LineUp.LINEAR)
                .attack("vandal", epsilon -> (model, points, labels, listener) -> {
                    AttackResult result = LineUp.pgd(epsilon).attack(model, points, labels, listener);
                    points.assign(7);
                    labels.assign(1);
                    return result;
                })
                .report(x, y);
        assertThat(x).isEqualTo(LineUp.inputs());
        assertThat(y).isEqualTo(LineUp.labels());
    }

    /** Views with strides of their own are data like any other. */
    @Test
    void viewsAreReadAsTheyAre() {
        INDArray turned = LineUp.inputs().transpose().dup('c').transpose();
        assertThat(evaluation(LineUp.LINEAR).report(turned, LineUp.labels()).examples())
                .isEqualTo(evaluation(LineUp.LINEAR)
                        .report(LineUp.inputs(), LineUp.labels())
                        .examples());
    }

    @Test
    void anAttackThatReturnsAnotherNumberOfPoints() {
        Attack few = (model, x, y, listener) -> LineUp.pgd(.1)
                .attack(
                        model,
                        x.getRows(0).reshape('c', new long[] {1, 2}),
                        y.getScalar(0).reshape(1),
                        listener);
        assertThatIllegalStateException()
                .isThrownBy(() -> RobustEvaluation.of(LineUp.LINEAR)
                        .attack(epsilon -> few)
                        .epsilons(.1)
                        .report(LineUp.inputs(), LineUp.labels()))
                .withMessageContaining("returned points of shape [1, 2]");
    }

    /** A minimum-norm attack has no radius to break, but a box and the truth. */
    @Test
    void aMinimumNormAttackThatLies() {
        FakeAttack outside = new FakeAttack("Outside[]", 1, 0, FakeAttack.shift(3));
        assertThatIllegalStateException()
                .isThrownBy(() -> RobustEvaluation.of(LineUp.LINEAR.within(new InputBox(-1, 1)))
                        .attack(outside.minimumNorm())
                        .epsilons(.1)
                        .report(LineUp.inputs(), LineUp.labels()))
                .withMessageContaining("outside InputBox");
        assertThat(RobustEvaluation.of(LineUp.LINEAR)
                        .attack(outside.minimumNorm())
                        .epsilons(.1)
                        .report(LineUp.inputs(), LineUp.labels())
                        .norm())
                .isEqualTo(Norm.LINF);
        assertThatIllegalStateException()
                .isThrownBy(() -> RobustEvaluation.of(LineUp.LINEAR)
                        .attack(outside.minimumNorm())
                        .attack(epsilon -> Pgd.l2(epsilon).build())
                        .epsilons(.1)
                        .report(LineUp.inputs(), LineUp.labels()))
                .withMessageContaining("in one norm (linf)");
    }

    /** The wish to stop reaches an attack at work. */
    @Test
    void anAttackHearsOfAnInterrupt() {
        Attack deaf = (model, x, y, listener) -> {
            Thread.currentThread().interrupt();
            if (listener.isCancelled()) {
                throw new CancellationException("heard");
            }
            throw new AssertionError("the interrupt was not passed on");
        };
        try {
            assertThatExceptionOfType(CancellationException.class)
                    .isThrownBy(() -> RobustEvaluation.of(LineUp.LINEAR)
                            .attack(epsilon -> deaf)
                            .epsilons(.1)
                            .report(LineUp.inputs(), LineUp.labels()))
                    .withMessage("heard");
        } finally {
            Thread.interrupted();
        }
    }
}
