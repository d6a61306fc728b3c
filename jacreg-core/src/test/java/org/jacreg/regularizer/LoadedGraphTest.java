package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.jacreg.golden.Golden;
import org.jacreg.golden.GoldenGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

class LoadedGraphTest {

    @Test
    void aLoadedGraphCanBeDetached() throws IOException {
        SameDiff sd = GoldenGraph.build(Golden.named("mlp_tanh"), DataType.DOUBLE);
        SDVariable second = sd.math().square("second loss", sd.getVariable("loss"));
        sd.setLossVariables(second.name(), "loss");
        JacobianRegularizer.frobenius(sd).attach();
        SameDiff loaded = SameDiff.fromFlatBuffers(sd.asFlatBuffers(true));
        RegularizedGraph handle = RegularizedGraph.of(loaded);
        assertThat(handle.isAttached()).isTrue();
        handle.detach();
        assertThat(loaded.getLossVariables()).containsExactly("second loss", "loss");
        assertThat(loaded.variables()).extracting(SDVariable::name).noneMatch(name -> name.startsWith("jacreg/"));
        assertThatThrownBy(() -> RegularizedGraph.of(loaded)).hasMessageContaining("jacreg/total");
    }

    @Test
    void whatSameDiffCannotDifferentiateIsTakenOutAgain() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3);
        SDVariable w = sd.var("w", org.nd4j.linalg.factory.Nd4j.rand(DataType.DOUBLE, 3, 2));
        // With a dimension given, ND4J 1.0.0-M2.1 cannot clone the op for its gradient graph.
        sd.nn().logSoftmax("z", x.mmul(w), 1).mean("loss");
        sd.setLossVariables("loss");
        int variables = sd.variables().size();
        assertThatThrownBy(() -> JacobianRegularizer.l11(sd).logits("z").attach())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot build the gradients")
                .hasMessageContaining("LogSoftMax");
        assertThat(sd.getLossVariables()).containsExactly("loss");
        assertThat(sd.variables()).hasSize(variables);
    }
}
