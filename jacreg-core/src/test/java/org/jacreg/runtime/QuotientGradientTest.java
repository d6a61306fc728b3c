package org.jacreg.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/** A divisor of one entry, such as a temperature that is learned: ND4J's gradient by it is wrong, the compiled runtime's is not. */
class QuotientGradientTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void byADivisorOfOneEntry(int rank) {
        SameDiff sd = SameDiff.create();
        SDVariable a = sd.var("a", Nd4j.createFromArray(1f, 2, 3, 4, 5, 6).reshape(2, 3));
        SDVariable b = sd.var("b", Nd4j.scalar(2f).reshape(new long[][] {{}, {1}, {1, 1}}[rank]));
        SDVariable c =
                sd.constant("c", Nd4j.createFromArray(1f, -1, 2, -2, 3, 5).reshape(2, 3));
        sd.setLossVariables(a.div(b).mul(c).sum("loss").name());
        try (CompiledGraph graph =
                CompiledGraph.of(sd).outputs("loss").gradients("a", "b").build()) {
            CompiledValues values = graph.run(Map.of());
            // -sum(a c) / b^2 = -(1 - 2 + 6 - 8 + 15 + 30) / 4, small integers: exact but for the division
            assertThat(values.gradient("b").getDouble(0)).isCloseTo(-10.5, within(1e-6));
            assertThat(values.gradient("a").toFloatMatrix()[1][2]).isEqualTo(2.5f);
        }
    }
}
