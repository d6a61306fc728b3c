package org.jacreg.attacks.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.function.ToDoubleBiFunction;
import org.assertj.core.data.Offset;
import org.jacreg.attacks.ClosedFormNet;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class InnerAttackTest {

    private static final int SAMPLES = 12;
    private static final int CLASSES = 3;
    private static final InputBox BOX = new InputBox(0, 1);

    private final int[] labels = Nets.classes(2, SAMPLES, CLASSES);
    private final INDArray targets = Rows.oneHot(labels, CLASSES, DataType.DOUBLE);

    private static Classifier model(DataType type) {
        return Classifier.of(Nets.mlp(type, CLASSES)).bounds(0, 1).build();
    }

    private static INDArray inputs(DataType type) {
        return Nets.inputs(type, 1, SAMPLES);
    }

    private static double[] probabilities(double[] z) {
        double[] p = new double[z.length];
        for (int c = 0; c < p.length; c++) {
            p[c] = Math.exp(-ClosedFormNet.crossEntropy(z, c));
        }
        return p;
    }

    private static double kl(double[] p, double[] q) {
        double sum = 0;
        for (int c = 0; c < p.length; c++) {
            sum += p[c] * Math.log(p[c] / q[c]);
        }
        return sum;
    }

    private static double js(double[] p, double[] q) {
        double[] m = new double[p.length];
        for (int c = 0; c < m.length; c++) {
            m[c] = (p[c] + q[c]) / 2;
        }
        return (kl(p, m) + kl(q, m)) / 2;
    }

    /** What is climbed, by its definition. */
    private static ToDoubleBiFunction<double[], double[]> value(InnerLoss loss, int label) {
        return switch (loss) {
            case CROSS_ENTROPY -> (z, moved) -> ClosedFormNet.crossEntropy(moved, label);
            case KL -> (z, moved) -> kl(probabilities(z), probabilities(moved));
            case REVERSE_KL -> (z, moved) -> kl(probabilities(moved), probabilities(z));
            case JENSEN_SHANNON -> (z, moved) -> js(probabilities(z), probabilities(moved));
        };
    }

    @ParameterizedTest
    @EnumSource(InnerLoss.class)
    void gradientsAreTheSlopesOfTheDefinition(InnerLoss loss) {
        ClosedFormNet net = Nets.plain(Nets.mlp(DataType.DOUBLE, CLASSES), BOX);
        INDArray x = inputs(DataType.DOUBLE);
        INDArray at = x.add(.1);
        double[][] clean = net.logits(x).toDoubleMatrix();
        // The compiled classifier, and one that has nothing but the interface's methods.
        for (Classifier model : new Classifier[] {model(DataType.DOUBLE), net}) {
            INDArray gradient = InnerSlope.of(loss, model, x, targets).at(at).gradient();
            for (int n = 0; n < SAMPLES; n++) {
                for (int j = 0; j < Nets.INPUTS; j++) {
                    INDArray up = at.dup();
                    up.putScalar(n, j, at.getDouble(n, j) + 1e-5);
                    INDArray down = at.dup();
                    down.putScalar(n, j, at.getDouble(n, j) - 1e-5);
                    double slope = (value(loss, labels[n])
                                            .applyAsDouble(
                                                    clean[n], net.logits(up).toDoubleMatrix()[n])
                                    - value(loss, labels[n])
                                            .applyAsDouble(
                                                    clean[n], net.logits(down).toDoubleMatrix()[n]))
                            / 2e-5;
                    // Central differences in float64.
                    assertThat(gradient.getDouble(n, j)).isCloseTo(slope, Offset.offset(1e-9));
                }
            }
        }
    }

    private static double mean(InnerLoss loss, Classifier model, INDArray x, INDArray points, int[] labels) {
        double[][] clean = Rows.of(model.logits(x));
        double[][] moved = Rows.of(model.logits(points));
        double sum = 0;
        for (int n = 0; n < clean.length; n++) {
            sum += value(loss, labels[n]).applyAsDouble(clean[n], moved[n]);
        }
        return sum / clean.length;
    }

    @ParameterizedTest
    @EnumSource(InnerLoss.class)
    void climbsAndStaysInBallAndBox(InnerLoss loss) {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            Classifier model = model(type);
            INDArray x = inputs(type);
            INDArray before = x.dup();
            for (NormBall ball : new NormBall[] {NormBall.linf(.2), NormBall.l2(.3), NormBall.l1(.5)}) {
                for (InnerStart start : new InnerStart[] {InnerStart.UNIFORM, InnerStart.GAUSSIAN}) {
                    InnerAttack attack = InnerAttack.in(ball)
                            .loss(loss)
                            .start(start)
                            .bounds(0, 1)
                            .seed(3)
                            .build();
                    InnerSearch search = new InnerSearch(attack, model);
                    INDArray points = search.run(x, targets, 7, false).points();
                    INDArray begin = search.start(x, ball.around(x, BOX), search.drawSeed(7));
                    assertThat(mean(loss, model, x, points, labels))
                            .as("%s %s %s", type, ball, start)
                            .isGreaterThan(mean(loss, model, x, begin, labels) + 1e-3);
                    // The radius holds up to the rounding of x + d.
                    double rounding = type == DataType.FLOAT ? 1e-6 : 1e-14;
                    assertThat(Arrays.stream(ball.norm().distances(points, x))
                                    .max()
                                    .orElseThrow())
                            .isLessThanOrEqualTo(ball.epsilon() * (1 + rounding) + rounding);
                    assertThat(points.minNumber().doubleValue()).isGreaterThanOrEqualTo(0);
                    assertThat(points.maxNumber().doubleValue()).isLessThanOrEqualTo(1);
                    assertThat(points.dataType()).isEqualTo(type);
                }
            }
            assertThat(x).isEqualTo(before);
        }
    }

    /** In steps so small that the loss rises at every one, so that the last point is the best, which Pgd keeps. */
    @Test
    void crossEntropyTakesThePointsOfPgd() {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            for (NormBall ball : new NormBall[] {NormBall.linf(.2), NormBall.l2(.2)}) {
                Classifier model = model(type);
                INDArray x = inputs(type).mul(.5).add(.25);
                InnerAttack attack = InnerAttack.in(ball)
                        .start(InnerStart.INPUT)
                        .bounds(0, 1)
                        .steps(4)
                        .stepSize(.01)
                        .build();
                INDArray points =
                        new InnerSearch(attack, model).run(x, targets, 0, false).points();
                INDArray expected = Pgd.in(ball)
                        .randomStart(false)
                        .steps(4)
                        .stepSize(.01)
                        .build()
                        .attack(model, x, targets)
                        .adversarial();
                assertThat(points).as("%s %s", type, ball).isEqualTo(expected);
                assertThat(points.distance2(x)).isGreaterThan(.1);
            }
        }
    }

    @Test
    void drawsDependOnSeedIterationAndSampleAlone() {
        Classifier model = model(DataType.DOUBLE);
        INDArray x = inputs(DataType.DOUBLE);
        for (InnerStart start : new InnerStart[] {InnerStart.UNIFORM, InnerStart.GAUSSIAN}) {
            InnerAttack attack =
                    InnerAttack.linf(.2).start(start).loss(InnerLoss.KL).seed(3).build();
            INDArray points =
                    new InnerSearch(attack, model).run(x, targets, 7, false).points();
            Nd4j.getRandom().setSeed(4);
            assertThat(new InnerSearch(attack, model).run(x, targets, 7, false).points())
                    .isEqualTo(points);
            assertThat(new InnerSearch(attack, model).run(x, targets, 8, false).points())
                    .isNotEqualTo(points);
            InnerAttack other =
                    InnerAttack.linf(.2).start(start).loss(InnerLoss.KL).seed(4).build();
            assertThat(new InnerSearch(other, model).run(x, targets, 7, false).points())
                    .isNotEqualTo(points);
            // A batch that is cut off: the samples before the cut are attacked as before.
            INDArray few = x.get(NDArrayIndex.interval(0, 3)).dup();
            INDArray fewTargets = targets.get(NDArrayIndex.interval(0, 3)).dup();
            INDArray part = new InnerSearch(attack, model)
                    .run(few, fewTargets, 7, false)
                    .points();
            double distance = part.distance2(points.get(NDArrayIndex.interval(0, 3)));
            // Rounding of products over other numbers of rows; a sign of a gradient near zero would show as 0.1.
            assertThat(distance).isLessThan(1e-12);
        }
    }

    @Test
    void aNormalStartHasItsDeviation() {
        INDArray x = Nd4j.zeros(DataType.DOUBLE, 200, 50);
        InnerAttack attack = InnerAttack.linf(1).start(InnerStart.GAUSSIAN).build();
        InnerSearch search = new InnerSearch(attack, model(DataType.DOUBLE));
        INDArray start = search.start(x, attack.threat().around(x, InputBox.unbounded()), 1);
        // 10000 draws: the mean is within 5 standard errors of 1e-5, the deviation within 5 of 7e-6.
        assertThat(start.meanNumber().doubleValue()).isCloseTo(0, Offset.offset(5e-5));
        assertThat(start.stdNumber().doubleValue()).isCloseTo(1e-3, Offset.offset(3.5e-5));
    }

    @Test
    void frozenFeaturesStay() {
        INDArray x = inputs(DataType.DOUBLE);
        InnerAttack attack = InnerAttack.linf(.2)
                .limits(FeatureLimits.none().withFrozen(false, true, false, false))
                .build();
        INDArray points = new InnerSearch(attack, model(DataType.DOUBLE))
                .run(x, targets, 0, false)
                .points();
        INDArray moved = points.sub(x);
        assertThat(moved.getColumn(1).normmaxNumber().doubleValue()).isZero();
        assertThat(moved.getColumn(0).normmaxNumber().doubleValue()).isGreaterThan(.1);
    }

    /** A linear model falls or stands for good after a known number of steps. */
    @Test
    void survivedPointsAreCounted() {
        SameDiff sd = Nets.identity(2);
        INDArray x = Nd4j.createFromArray(new double[][] {{1, 0}, {.25, 0}, {0, 1}});
        INDArray oneHot = Rows.oneHot(new int[] {0, 0, 0}, 2, DataType.DOUBLE);
        InnerAttack attack = InnerAttack.linf(.4)
                .start(InnerStart.INPUT)
                .steps(4)
                .stepSize(.1)
                .build();
        Classifier model = Classifier.of(sd).build();
        // The margins shrink by 0.2 a step: 1, .8, .6, .4 and .25, .05, below zero; the third is wrong from the start.
        assertThat(new InnerSearch(attack, model)
                        .run(x, oneHot, 0, true)
                        .survival()
                        .counts())
                .containsExactly(4, 2, 0);
    }

    @Test
    void settingsOutOfRangeAreNamed() {
        assertThatThrownBy(() -> InnerAttack.linf(0)).hasMessageContaining("epsilon must be positive");
        assertThatThrownBy(() -> InnerAttack.l2(-1)).hasMessageContaining("got -1");
        assertThatThrownBy(() -> InnerAttack.linf(1).steps(0).build()).hasMessageContaining("steps");
        assertThatThrownBy(() -> InnerAttack.linf(1).stepSize(Double.NaN).build())
                .hasMessageContaining("stepSize must be positive and finite, got NaN");
        assertThatThrownBy(() -> InnerAttack.linf(1).bounds(1, 0)).hasMessageContaining("input box");
        assertThatThrownBy(() -> InnerAttack.linf(1)
                        .loss(InnerLoss.KL)
                        .start(InnerStart.INPUT)
                        .build())
                .hasMessageContaining("the gradient of KL is zero at the input itself");
    }
}
