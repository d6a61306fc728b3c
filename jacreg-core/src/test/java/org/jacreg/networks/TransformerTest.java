package org.jacreg.networks;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/** Encoders of two blocks with two heads, trained with a penalty by plain {@code fit}. */
class TransformerTest {

    private static final int CLASSES = 4;

    private static SameDiff network(Transformer.Attention attention) {
        return Transformer.build(DataType.FLOAT, attention, 2, 6, 8, 2, CLASSES);
    }

    private static SameDiff tiny(Transformer.Attention attention) {
        return Transformer.build(DataType.DOUBLE, attention, 1, 3, 4, 2, 3);
    }

    @ParameterizedTest
    @EnumSource
    void trainsWithExactAndProjectedPenalties(Transformer.Attention attention) {
        Trained.Plan plan = new Trained.Plan(ClassData.of(DataType.FLOAT, 5, 60, CLASSES, 0.5, 6, 8), 20, 8, 0.02);
        Trained plain = plan.plain(network(attention));
        plain.assertLearned(0.1, 0.95);
        Trained exact = plan.penalised(network(attention), penalty -> penalty.lambda(0.05));
        exact.assertLearned(0.3, 0.95);
        exact.assertFlatterThan(plain, 0.4);
        Trained projected = plan.penalised(
                network(attention), penalty -> penalty.lambda(0.05).projections(1));
        projected.assertLearned(0.3, 0.95);
        projected.assertFlatterThan(plain, 0.4);
    }

    @ParameterizedTest
    @EnumSource
    void thePenaltysGradientIsThatOfCentralDifferences(Transformer.Attention attention) {
        var feed = DirectionalCheck.feed(2, 3, 3, 4);
        // gelu holds a constant in float32, which is one function all the same.
        DirectionalCheck.agrees(() -> tiny(attention), feed, penalty -> penalty, 1e-6);
        DirectionalCheck.agrees(() -> tiny(attention), feed, penalty -> penalty.projections(2), 1e-6);
    }
}
