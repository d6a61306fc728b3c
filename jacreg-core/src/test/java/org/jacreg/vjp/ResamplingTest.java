package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Random;
import org.jacreg.jacobian.Jacobian;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.ImageResizeMethod;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Resizing in float32, the only type in which ND4J has most methods: the adjoint identity, which is exact for a linear map. */
class ResamplingTest {

    @ParameterizedTest
    @EnumSource(ImageResizeMethod.class)
    void theRuleIsTheAdjointOfEveryMethod(ImageResizeMethod method) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 6, 5, 2);
        SDVariable size = sd.constant(Nd4j.createFromArray(9, 4));
        SDVariable y = sd.image().imageResize(x, size, false, false, method);
        sd.reshape("y", y, -1, 9 * 4 * 2);
        INDArray u = OpSpec.random(new Random(1), -1, 1, 2, 6, 5, 2).castTo(DataType.FLOAT);
        INDArray v = OpSpec.random(new Random(2), -1, 1, 2, 72).castTo(DataType.FLOAT);
        double forward = sd.outputSingle(Map.of("x", u), "y").mul(v).sumNumber().doubleValue();
        double reverse = Jacobian.builder(sd)
                .logits("y")
                .build()
                .vjp(u, v)
                .mul(u)
                .sumNumber()
                .doubleValue();
        // 144 products of float32 numbers below 2.
        assertThat(reverse).isCloseTo(forward, org.assertj.core.data.Offset.offset(1e-4));
    }

    @Test
    void aSizeThatIsComputedIsRefused() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3, 4, 2);
        SDVariable size = sd.constant(Nd4j.createFromArray(2, 2)).add(1);
        SDVariable y = sd.image().imageResize(x, size, false, false, ImageResizeMethod.ResizeNearest);
        sd.reshape("y", y, -1, 18);
        assertThatThrownBy(() -> Jacobian.builder(sd).logits("y").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("give it as a constant");
    }
}
