package org.jacreg.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jacreg.nets.CentralDifferences;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Cross-entropy with distributions in the place of labels. */
class SoftTargetsTest {

    private static final int SAMPLES = 4;

    private final INDArray x = SmallNets.inputs(DataType.DOUBLE, 3, SAMPLES, 4);
    private final INDArray targets =
            Nd4j.createFromArray(new double[][] {{.2, .3, .5}, {0, .25, .75}, {1, 0, 0}, {.125, .625, .25}});

    private static Classifier model(DataType type) {
        return Classifier.of(SmallNets.mlp(type)).build();
    }

    /** Has nothing of a classifier but what every classifier has. */
    private record Bare(Classifier of) implements Classifier {

        @Override
        public int classes() {
            return of.classes();
        }

        @Override
        public long[] inputShape() {
            return of.inputShape();
        }

        @Override
        public DataType dataType() {
            return of.dataType();
        }

        @Override
        public InputBox box() {
            return of.box();
        }

        @Override
        public INDArray logits(INDArray x) {
            return of.logits(x);
        }

        @Override
        public INDArray vjp(INDArray x, INDArray cotangent) {
            return of.vjp(x, cotangent);
        }

        @Override
        public LossGradient crossEntropyGradient(INDArray x, int[] labels) {
            return of.crossEntropyGradient(x, labels);
        }
    }

    private static double loss(double[] z, double[] t) {
        double sum = 0;
        for (double value : z) {
            sum += Math.exp(value);
        }
        double loss = 0;
        for (int c = 0; c < z.length; c++) {
            loss -= t[c] * (z[c] - Math.log(sum));
        }
        return loss;
    }

    private double sum(Classifier model, INDArray at) {
        double[][] z = model.logits(at).toDoubleMatrix();
        double sum = 0;
        for (int n = 0; n < SAMPLES; n++) {
            sum += loss(z[n], targets.toDoubleMatrix()[n]);
        }
        return sum;
    }

    @Test
    void lossAndGradientAreThoseOfTheDefinition() {
        Classifier compiled = model(DataType.DOUBLE);
        for (Classifier model : new Classifier[] {compiled, new Bare(compiled)}) {
            LossGradient answer = model.crossEntropySteps(targets).at(x);
            double[][] z = model.logits(x).toDoubleMatrix();
            for (int n = 0; n < SAMPLES; n++) {
                assertThat(answer.loss().getDouble(n))
                        .isCloseTo(loss(z[n], targets.toDoubleMatrix()[n]), org.assertj.core.data.Offset.offset(1e-12));
            }
            assertThat(answer.logits()).isEqualTo(model.logits(x));
            INDArray moved = x.dup();
            INDArray expected = CentralDifferences.gradient(moved, () -> sum(compiled, moved));
            // Central differences in float64.
            assertThat(answer.gradient().sub(expected).normmaxNumber().doubleValue())
                    .isLessThan(1e-8);
        }
    }

    @Test
    void hardTargetsAreLabels() {
        int[] labels = {2, 0, 1, 1};
        INDArray oneHot = Nd4j.zeros(DataType.DOUBLE, SAMPLES, 3);
        for (int n = 0; n < SAMPLES; n++) {
            oneHot.putScalar(n, labels[n], 1.0);
        }
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            Classifier model = model(type);
            INDArray at = x.castTo(type);
            LossGradient hard = model.crossEntropySteps(labels).at(at);
            LossGradient soft = model.crossEntropySteps(oneHot).at(at);
            assertThat(soft.loss()).isEqualTo(hard.loss());
            assertThat(soft.gradient()).isEqualTo(hard.gradient());
        }
    }

    @Test
    void targetsAreCopied() {
        INDArray own = targets.dup();
        for (Classifier model : new Classifier[] {model(DataType.DOUBLE), new Bare(model(DataType.DOUBLE))}) {
            CrossEntropySteps steps = model.crossEntropySteps(own);
            INDArray before = steps.at(x).loss().dup();
            own.assign(1);
            assertThat(steps.at(x).loss()).isEqualTo(before);
            own.assign(targets);
        }
    }

    @Test
    void whatIsNoDistributionIsNamed() {
        for (Classifier model : new Classifier[] {model(DataType.DOUBLE), new Bare(model(DataType.DOUBLE))}) {
            assertThatThrownBy(() -> model.crossEntropySteps(Nd4j.zeros(DataType.DOUBLE, 4, 2)))
                    .hasMessageContaining("[N, 3], got shape [4, 2]");
            assertThatThrownBy(() -> model.crossEntropySteps(targets.mul(2)))
                    .hasMessageContaining("row 0 adds up to 2.0");
            INDArray negative = targets.dup().putScalar(1, 0, -.1);
            assertThatThrownBy(() -> model.crossEntropySteps(negative)).hasMessageContaining("row 1 has -0.1");
            INDArray broken = targets.dup().putScalar(3, 2, Double.NaN);
            assertThatThrownBy(() -> model.crossEntropySteps(broken)).hasMessageContaining("row 3 has NaN for class 2");
        }
    }
}
