package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.jacreg.classifier.LogitsGradient;
import org.jacreg.classifier.LossGradient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ExpectationOverTransformationTest {

    private static final InputBox UNIT = new InputBox(0, 1);
    private static final ClosedFormNet NET =
            ClosedFormNet.random(7, 12, 8, 4, .7, ClosedFormNet.Activation.TANH, DataType.DOUBLE, UNIT);
    private static final ImageLayout LAYOUT = ImageLayout.channelsFirst(1, 3, 4);
    private static final int[] LABELS = {1, 0, 3};

    static Stream<InputTransformation> transformations() {
        return Stream.of(
                InputTransformation.gaussianNoise(.3),
                InputTransformation.uniformNoise(.3),
                InputTransformation.translation(1, LAYOUT),
                InputTransformation.translation(2, ImageLayout.channelsLast(2, 2, 3)));
    }

    private static INDArray inputs() {
        return new LinearOptimum(41, 12, 2, 3, UNIT).x();
    }

    /** The derivative of the mean loss, by central differences of the mean loss itself. */
    @ParameterizedTest
    @MethodSource("transformations")
    void theGradientIsThatOfTheMeanLoss(InputTransformation transformation) {
        Classifier mean = ExpectationOverTransformation.of(NET, transformation)
                .samples(5)
                .seed(9)
                .build();
        INDArray x = inputs();
        LossGradient answer = mean.crossEntropyGradient(x, LABELS);
        double h = 1e-5;
        for (int n = 0; n < 3; n++) {
            for (int j = 0; j < 12; j++) {
                INDArray up = x.dup();
                up.putScalar(n, j, x.getDouble(n, j) + h);
                INDArray down = x.dup();
                down.putScalar(n, j, x.getDouble(n, j) - h);
                double slope = (mean.crossEntropyGradient(up, LABELS).loss().getDouble(n)
                                - mean.crossEntropyGradient(down, LABELS).loss().getDouble(n))
                        / (2 * h);
                // h^2 times a third derivative of order one
                assertThat(answer.gradient().getDouble(n, j)).isCloseTo(slope, offset(1e-8));
            }
        }
    }

    /** {@code <v, J u> = <J^T v, u>} with {@code J u} by differences of the transformation alone. */
    @ParameterizedTest
    @MethodSource("transformations")
    void gradientsArePulledBackByTheTransposedDerivative(InputTransformation transformation) {
        SplittableRandom random = new SplittableRandom(3);
        for (int trial = 0; trial < 20; trial++) {
            double[] x = random.doubles(12).toArray();
            double[] u = random.doubles(12, -1, 1).toArray();
            double[] v = random.doubles(12, -1, 1).toArray();
            double[] moved = x.clone();
            for (int j = 0; j < 12; j++) {
                moved[j] += u[j];
            }
            long seed = trial;
            double[] from = transformation.apply(x, new SplittableRandom(seed));
            double[] to = transformation.apply(moved, new SplittableRandom(seed));
            double[] back = transformation.pullBack(x, v, new SplittableRandom(seed));
            double forward = 0;
            double backward = 0;
            for (int j = 0; j < 12; j++) {
                forward += v[j] * (to[j] - from[j]);
                backward += back[j] * u[j];
            }
            assertThat(backward).isCloseTo(forward, offset(1e-12));
        }
    }

    @Test
    void answersAreMeansOverTheDraws() {
        INDArray x = inputs();
        INDArray v = Nd4j.createFromArray(new double[][] {{1, 0, -2, 1}, {0, 1, 1, 0}, {.5, 0, 0, 1}});
        Classifier three = ExpectationOverTransformation.ofRandomised(new Counting(), 3);
        // draws 1, 2, 3 multiply the logits by 1, 2, 3
        assertThat(three.logits(x).distance2(NET.logits(x).mul(2))).isLessThan(1e-12);
        three = ExpectationOverTransformation.ofRandomised(new Counting(), 3);
        assertThat(three.vjp(x, v).distance2(NET.vjp(x, v).mul(2))).isLessThan(1e-12);
    }

    /** Of a loss that is no linear function of the logits: the mean of gradients, not the gradient at mean logits. */
    @Test
    void cotangentsAreChosenForEveryDraw() {
        INDArray x = inputs();
        LogitsGradient answer =
                ExpectationOverTransformation.ofRandomised(new Counting(), 2).logitsAndVjp(x, z -> z.mul(z));
        INDArray z = NET.logits(x);
        // draw k: cotangent k^2 z^2 through k J, so (1 + 8) / 2
        INDArray expected = NET.vjp(x, z.mul(z)).mul(4.5);
        assertThat(answer.gradient().distance2(expected)).isLessThan(1e-10);
    }

    @Test
    void drawsAreThoseOfTheSeedForEverySampleAndCall() {
        INDArray x = inputs();
        Classifier mean = ExpectationOverTransformation.of(NET, InputTransformation.gaussianNoise(.5))
                .samples(3)
                .seed(2)
                .build();
        INDArray all = mean.logits(x);
        assertThat(mean.logits(x)).isEqualTo(all);
        for (int n = 0; n < 3; n++) {
            INDArray one = Nd4j.createFromArray(new double[][] {x.getRow(n).toDoubleVector()});
            assertThat(mean.logits(one).getRow(0).distance2(all.getRow(n))).isLessThan(1e-12);
        }
        Classifier other = ExpectationOverTransformation.of(NET, InputTransformation.gaussianNoise(.5))
                .samples(3)
                .seed(3)
                .build();
        assertThat(other.logits(x).distance2(all)).isGreaterThan(.01);
    }

    @Test
    void anAttackOnTheMeanWorks() {
        INDArray x = inputs();
        Classifier mean = ExpectationOverTransformation.of(NET, InputTransformation.uniformNoise(.1))
                .samples(4)
                .build();
        INDArray y = mean.logits(x).argMax(1);
        AttackResult result = AutoAttack.linf(.5)
                .version(AutoAttack.Version.RAND)
                .iterations(20)
                .build()
                .attack(mean, x, y);
        assertThat(result.successRate()).isEqualTo(1);
        INDArray predictions = mean.logits(result.adversarial()).argMax(1);
        for (int n = 0; n < 3; n++) {
            assertThat(predictions.getInt(n)).isNotEqualTo(y.getInt(n));
        }
    }

    @Test
    void badOptionsAreNamed() {
        InputTransformation noise = InputTransformation.gaussianNoise(1);
        assertThatThrownBy(() ->
                        ExpectationOverTransformation.of(NET, noise).samples(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("samples");
        assertThatThrownBy(() -> ExpectationOverTransformation.ofRandomised(NET, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> InputTransformation.gaussianNoise(Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("deviation");
        assertThatThrownBy(() -> InputTransformation.uniformNoise(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> InputTransformation.translation(-1, LAYOUT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> InputTransformation.translation(1, LAYOUT).apply(new double[5], new SplittableRandom(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("12");
    }

    /** A model that draws by itself: its k-th answer is k times the net's. */
    private static final class Counting implements Classifier {

        private int calls;

        @Override
        public int classes() {
            return NET.classes();
        }

        @Override
        public long[] inputShape() {
            return NET.inputShape();
        }

        @Override
        public DataType dataType() {
            return NET.dataType();
        }

        @Override
        public InputBox box() {
            return NET.box();
        }

        @Override
        public INDArray logits(INDArray x) {
            return NET.logits(x).mul(++calls);
        }

        @Override
        public INDArray vjp(INDArray x, INDArray cotangent) {
            return NET.vjp(x, cotangent).mul(++calls);
        }

        @Override
        public LogitsGradient logitsAndVjp(INDArray x, java.util.function.UnaryOperator<INDArray> cotangents) {
            int k = ++calls;
            INDArray z = NET.logits(x).mul(k);
            return new LogitsGradient(z, NET.vjp(x, cotangents.apply(z)).mul(k));
        }

        @Override
        public LossGradient crossEntropyGradient(INDArray x, int[] labels) {
            throw new UnsupportedOperationException("not asked for");
        }
    }
}
