package org.jacreg.graph;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.jacreg.classifier.Classifier;
import org.jacreg.jacobian.Jacobian;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** A copy that computes something else than the graph is found out. */
class GraphCopyTest {

    /** The copy of an uncorrected variance is a corrected one. */
    private static SameDiff uncorrected() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3, 4);
        SDVariable spread = sd.variance("spread", x, false, 2);
        spread.mmul("z", sd.var("w", Nd4j.ones(DataType.DOUBLE, 3, 2)));
        return sd;
    }

    @Test
    void jacobiansRefuse() {
        SameDiff sd = uncorrected();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Jacobian.builder(sd).logits("z").build())
                .withMessageContaining("'spread'")
                .withMessageContaining("write the op out");
    }

    @Test
    void classifiersRefuse() {
        SameDiff sd = uncorrected();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Classifier.of(sd).logits("z").build())
                .withMessageContaining("'spread'");
    }

    @Test
    void anOpThatCannotBeCopiedIsNamed() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3);
        sd.nn().logSoftmax("z", x.mmul(sd.var("w", Nd4j.ones(DataType.DOUBLE, 3, 2))), 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Jacobian.builder(sd).logits("z").build())
                .withMessageContaining("op 'log_softmax' computing [z]")
                .withMessageContaining("neither saved nor trained");
    }
}
