package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.jacobian.JacobianMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Every rule turned around: what a rule emits is linear in its cotangent, and the rules of the ops it consists of give {@code
 * J u}. So columns agree with rows, for every op.
 */
class TransposedRulesTest {

    private static final long SEED = 11;

    static List<OpSpec> specs() {
        return OpSpecs.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void columnsAreRows(OpSpec spec) {
        INDArray x = spec.input(SEED + 1);
        INDArray rows = jacobian(spec, JacobianMode.REVERSE).compute(x);
        Jacobian forward;
        try {
            forward = jacobian(spec, JacobianMode.FORWARD);
        } catch (UnsupportedOpException e) {
            // Some rules split their cotangents; that can be turned around as soon as split itself has a rule.
            assertThat(VjpRules.standard().kind("split")).isEmpty();
            assertThat(e.getMessage()).contains("op 'split'").doesNotContainPattern("op '(?!split)");
            return;
        }
        INDArray columns = forward.compute(x);
        double size = Transforms.abs(rows, true).maxNumber().doubleValue();
        double difference = Transforms.abs(rows.sub(columns), false).maxNumber().doubleValue();
        // The same products in another order of summation.
        assertThat(difference).isLessThanOrEqualTo(1e-12 * (1 + size));
    }

    private static Jacobian jacobian(OpSpec spec, JacobianMode mode) {
        return Jacobian.builder(spec.network(SEED)).logits("logits").mode(mode).build();
    }
}
