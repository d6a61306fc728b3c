package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;

import org.jacreg.jacobian.Jacobian;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling3DConfig;
import org.nd4j.linalg.factory.Nd4j;

/** Which of equal values is the maximum, in space and with padding. */
class PoolingKinksTest {

    @Test
    void theFirstOfEqualValuesIsTheMaximumInSpace() {
        INDArray tied = Nd4j.createFromArray(new double[] {1, 3, 3, 3, 3, 3, 3, 3});
        assertThat(jacobian(Pooling3DConfig.builder().kD(2).kH(2).kW(2), tied, 2, 2, 2))
                .containsExactly(0, 1, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void aZeroOnPaddingNeverTakesTheCotangentInSpace() {
        INDArray zeros = Nd4j.zeros(DataType.DOUBLE, 8);
        Pooling3DConfig.Pooling3DConfigBuilder padded = Pooling3DConfig.builder()
                .kD(3)
                .kH(3)
                .kW(3)
                .sD(3)
                .sH(3)
                .sW(3)
                .pD(1)
                .pH(1)
                .pW(1);
        assertThat(jacobian(padded, zeros, 2, 2, 2)).containsExactly(1, 0, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void negativeValuesBesidePaddingKeepTheirMaximum() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 1, 1, 3);
        Pooling2DConfig config =
                Pooling2DConfig.builder().kH(1).kW(3).sW(3).pW(1).build();
        sd.reshape("y", sd.cnn().maxPooling2d(x, config), -1, 1);
        INDArray values = Nd4j.createFromArray(new double[] {-2, -1, -3}).reshape(1, 1, 1, 3);
        INDArray jacobian = Jacobian.builder(sd).logits("y").build().compute(values);
        assertThat(jacobian.dup().data().asDouble()).containsExactly(0, 1, 0);
    }

    private static double[] jacobian(Pooling3DConfig.Pooling3DConfigBuilder config, INDArray values, long... space) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 1, space[0], space[1], space[2]);
        sd.reshape("y", sd.cnn().maxPooling3d(x, config.build()), -1, 1);
        return Jacobian.builder(sd)
                .logits("y")
                .build()
                .compute(values.reshape(1, 1, space[0], space[1], space[2]))
                .dup()
                .data()
                .asDouble();
    }
}
