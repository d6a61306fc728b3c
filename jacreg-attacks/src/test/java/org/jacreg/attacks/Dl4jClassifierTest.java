package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The bridge to DL4J that attacks are tried on is right itself. */
class Dl4jClassifierTest {

    private final Dl4jClassifier model = Dl4jClassifier.random(7);

    @Test
    void gradientsAreThoseOfCentralDifferences() {
        INDArray x = Nd4j.rand(DataType.FLOAT, 2, 1, 5, 5);
        INDArray cotangent = Nd4j.createFromArray(new float[][] {{1, -2, .5f}, {0, 1, -1}});
        INDArray gradient = model.vjp(x, cotangent);
        double step = 1e-2;
        for (int n = 0; n < 2; n++) {
            for (int j = 0; j < 25; j++) {
                double difference = 0;
                for (int sign = -1; sign <= 1; sign += 2) {
                    INDArray moved = x.dup('c');
                    moved.putScalar(25L * n + j, x.getDouble(n, 0, j / 5, j % 5) + sign * step);
                    difference += sign
                            * model.logits(moved).mul(cotangent).sumNumber().doubleValue();
                }
                // float32 logits of order ten over a step of 0.01, and the third derivative
                assertThat(gradient.getDouble(n, 0, j / 5, j % 5)).isCloseTo(difference / (2 * step), offset(2e-3));
            }
        }
    }

    @Test
    void thePassesDoNotMixSamples() {
        INDArray x = Nd4j.rand(DataType.FLOAT, 3, 1, 5, 5);
        INDArray all = model.logits(x);
        for (int n = 0; n < 3; n++) {
            INDArray one = model.logits(x.slice(n).reshape(1, 1, 5, 5));
            assertThat(one.sub(all.getRow(n).reshape(1, 3)).amaxNumber().doubleValue())
                    .isLessThan(1e-5);
        }
    }
}
