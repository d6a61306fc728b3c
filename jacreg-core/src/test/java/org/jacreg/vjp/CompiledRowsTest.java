package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.graph.QuietGradients;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.runtime.CompiledGraph;
import org.jacreg.runtime.CompiledValues;
import org.jacreg.runtime.UncompilableGraphException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Every row of the table of tested rules through the compiled runtime, against SameDiff's session: the loss with an attached Frobenius
 * penalty and its gradients, in float64, and in float32 where the row has no float64 constants.
 */
class CompiledRowsTest {

    /** The same sums of at most some hundred terms in other orders, through some twenty ops: 1e-15 each, and room. */
    private static final double DOUBLE_TOLERANCE = 1e-12;

    /** As above with float32's 6e-8 each; rows divide by numbers down to 0.1 and square them. */
    private static final double FLOAT_TOLERANCE = 2e-5;

    static List<OpSpec> rows() {
        return OpSpecs.all().stream().filter(OpSpec::trainable).toList();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void float64(OpSpec row) {
        SameDiff sd = row.network(3);
        JacobianRegularizer.frobenius(sd).logits("logits").lambda(0.1).attach();
        compare(sd, row.input(5), DOUBLE_TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void float32(OpSpec row) {
        SameDiff sd = inFloat(row);
        if (sd != null) {
            JacobianRegularizer.frobenius(sd).logits("logits").lambda(0.1).attach();
            compare(sd, row.input(5).castTo(DataType.FLOAT), FLOAT_TOLERANCE);
        }
    }

    @Test
    void mostRowsHaveNetworksInFloat32() {
        assertThat(rows().stream().filter(row -> inFloat(row) != null)).hasSizeGreaterThan(300);
    }

    /** Null where the row's op holds float64 constants. */
    private static @Nullable SameDiff inFloat(OpSpec row) {
        try {
            SameDiff sd = row.network(3, DataType.FLOAT);
            INDArray logits = sd.outputSingle(Map.of("x", row.input(5).castTo(DataType.FLOAT)), "logits");
            return logits.dataType() == DataType.FLOAT ? sd : null;
        } catch (RuntimeException e) {
            return null;
        }
    }

    private static void compare(SameDiff sd, INDArray x, double tolerance) {
        List<String> weights = weights(sd);
        List<String> outputs = List.of("logits", sd.getLossVariables().get(0));
        QuietGradients.create(sd, weights.toArray(String[]::new));
        OutAndGrad expected = sd.calculateGradientsAndOutputs(
                Map.of("x", x.dup()), new ArrayList<>(outputs), new ArrayList<>(weights));
        INDArray before = x.dup();
        try (CompiledGraph compiled = CompiledGraph.of(sd)
                .outputs(outputs.toArray(String[]::new))
                .gradients(weights.toArray(String[]::new))
                .build()) {
            for (int run = 0; run < 2; run++) {
                CompiledValues values = compiled.run(Map.of("x", x));
                outputs.forEach(name -> assertClose(
                        name, values.output(name), expected.getOutputs().get(name), tolerance));
                weights.forEach(name -> assertClose(
                        name, values.gradient(name), expected.getGradients().get(name), tolerance));
            }
        } catch (UncompilableGraphException e) {
            // Refusing is allowed where the message says which op is in the way.
            assertThat(e).hasMessageContaining("'").hasMessageContaining("SameDiff's own session");
        }
        assertThat(x).isEqualTo(before);
    }

    private static List<String> weights(SameDiff sd) {
        List<String> names = new ArrayList<>();
        for (SDVariable variable : sd.variables()) {
            if (variable.getVariableType() == VariableType.VARIABLE) {
                names.add(variable.name());
            }
        }
        return names;
    }

    private static void assertClose(String name, INDArray actual, INDArray expected, double tolerance) {
        assertThat(actual.shape()).as(name).isEqualTo(expected.shape());
        Map<String, Double> worst = new HashMap<>();
        double scale = 1 + expected.castTo(DataType.DOUBLE).amaxNumber().doubleValue();
        for (long i = 0; i < expected.length(); i++) {
            double error = Math.abs(actual.getDouble(i) - expected.getDouble(i)) / scale;
            if (!(error <= tolerance) && !(Double.isNaN(expected.getDouble(i)) && Double.isNaN(actual.getDouble(i)))) {
                worst.merge(name + "[" + i + "]", error, Math::max);
            }
        }
        assertThat(worst).as(name).isEmpty();
    }
}
