package org.jacreg.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.golden.Golden;
import org.jacreg.golden.GoldenCase;
import org.jacreg.golden.GoldenGraph;
import org.jacreg.graph.QuietGradients;
import org.jacreg.regularizer.JacobianRegularizer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** All golden networks through the compiled runtime: against PyTorch's numbers, and against SameDiff's session. */
class GoldenCompiledTest {

    /** The golden values are exact to about 1e-10 (their README). */
    private static final double GOLDEN_TOLERANCE = 1e-9;

    /** The session adds the same numbers in other orders: sums of up to a thousand, through a dozen layers and back. */
    private static final double DOUBLE_TOLERANCE = 1e-11;

    /** The same in float32, relative to the largest entry: 6e-8 for each of some thousand roundings that partly cancel. */
    private static final double FLOAT_TOLERANCE = 5e-5;

    static List<GoldenCase> cases() {
        return Golden.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void frobeniusGradients(GoldenCase golden) {
        compareWithGolden(golden, "frob");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void l11Gradients(GoldenCase golden) {
        compareWithGolden(golden, "l11");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sessionsInFloat64(GoldenCase golden) {
        compareWithSession(golden, DataType.DOUBLE, DOUBLE_TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sessionsInFloat32(GoldenCase golden) {
        compareWithSession(golden, DataType.FLOAT, FLOAT_TOLERANCE);
    }

    private static void compareWithGolden(GoldenCase golden, String penalty) {
        SameDiff sd = GoldenGraph.build(golden, DataType.DOUBLE);
        attach(sd, golden, penalty);
        Map<String, INDArray> expected = golden.gradients(penalty);
        try (CompiledGraph compiled = CompiledGraph.of(sd)
                .gradients(expected.keySet().toArray(String[]::new))
                .build()) {
            CompiledValues values = compiled.run(Map.of("x", golden.array("x"), "label", golden.oneHot()));
            expected.forEach((name, gradient) -> assertClose(name, values.gradient(name), gradient, GOLDEN_TOLERANCE));
        }
    }

    private static void compareWithSession(GoldenCase golden, DataType type, double tolerance) {
        for (String penalty : List.of("none", "frob", "l11", "projection", "l21", "root")) {
            SameDiff sd = GoldenGraph.build(golden, type);
            attach(sd, golden, penalty);
            Map<String, INDArray> fed = new LinkedHashMap<>();
            fed.put("x", golden.array("x").castTo(type));
            fed.put("label", golden.oneHot().castTo(type));
            List<String> weights = golden.parameters();
            String output = GoldenGraph.output(golden);
            QuietGradients.create(sd, weights.toArray(String[]::new));
            Nd4j.getRandom().setSeed(7);
            OutAndGrad expected = sd.calculateGradientsAndOutputs(fed, new ArrayList<>(List.of(output)), weights);
            try (CompiledGraph compiled = CompiledGraph.of(sd)
                    .outputs(output)
                    .gradients(weights.toArray(String[]::new))
                    .build()) {
                for (int run = 0; run < 2; run++) {
                    Nd4j.getRandom().setSeed(7);
                    CompiledValues values = compiled.run(fed);
                    String where = golden.name() + " " + penalty + " run " + run + " ";
                    assertClose(
                            where, values.output(output), expected.getOutputs().get(output), tolerance);
                    weights.forEach(name -> assertClose(
                            where + name,
                            values.gradient(name),
                            expected.getGradients().get(name),
                            tolerance));
                }
            }
        }
    }

    private static void attach(SameDiff sd, GoldenCase golden, String penalty) {
        String logits = GoldenGraph.output(golden);
        switch (penalty) {
            case "frob" ->
                JacobianRegularizer.frobenius(sd)
                        .input("x")
                        .logits(logits)
                        .lambda(golden.number("lam"))
                        .attach();
            case "l11" ->
                JacobianRegularizer.l11(sd)
                        .input("x")
                        .logits(logits)
                        .lambda(golden.number("eps"))
                        .attach();
            case "projection" ->
                JacobianRegularizer.frobenius(sd)
                        .input("x")
                        .logits(logits)
                        .projections(2)
                        .lambda(0.1)
                        .attach();
            case "l21" ->
                JacobianRegularizer.l21(sd)
                        .input("x")
                        .logits(logits)
                        .lambda(0.1)
                        .attach();
            case "root" ->
                JacobianRegularizer.frobenius(sd)
                        .unsquared()
                        .input("x")
                        .logits(logits)
                        .lambda(0.1)
                        .attach();
            default -> assertThat(penalty).isEqualTo("none");
        }
    }

    private static void assertClose(String name, INDArray actual, INDArray expected, double tolerance) {
        assertThat(actual.shape()).as(name).isEqualTo(expected.shape());
        double scale = 1 + expected.castTo(DataType.DOUBLE).amaxNumber().doubleValue();
        for (long i = 0; i < expected.length(); i++) {
            assertThat(actual.getDouble(i))
                    .as("%s[%d]", name, i)
                    .isCloseTo(expected.getDouble(i), within(tolerance * scale));
        }
    }
}
