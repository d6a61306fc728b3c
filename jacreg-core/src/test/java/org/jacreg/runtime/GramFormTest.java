package org.jacreg.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The squared norm of a product without the product: the same numbers, and only where it is cheaper and nobody needs the product. */
class GramFormTest {

    private static final double TOLERANCE = 2e-5;

    /** {@code 0.5 ||A B||_F^2} with A [m, h] of the placeholder and a weight, B a weight [h, d]. */
    private static SameDiff graph(DataType type, int h, int d, String variation) {
        SameDiff sd = SameDiff.create();
        Random random = new Random(4);
        SDVariable x = sd.placeHolder("x", type, -1, 3);
        SDVariable a = sd.math().tanh(x.mmul(sd.var("v", SmallNets.normal(type, random, 1, 3, h))));
        boolean transposed = variation.equals("B transposed");
        SDVariable b = sd.var(
                "b", transposed ? SmallNets.normal(type, random, 1, d, h) : SmallNets.normal(type, random, 1, h, d));
        SDVariable j = variation.equals("A transposed")
                ? sd.mmul(
                        sd.math()
                                .tanh(sd.mmul(
                                        sd.var("v2", SmallNets.normal(type, random, 1, 3, h)), x, true, true, false)),
                        b,
                        true,
                        false,
                        false)
                : sd.mmul("j", a, b, false, transposed, false);
        SDVariable norm =
                variation.equals("not all entries") ? sd.squaredNorm(j, 1).sum() : sd.squaredNorm(j);
        SDVariable loss = norm.mul("half", 0.5)
                .add(
                        "loss",
                        variation.equals("J read twice") ? sd.math().tanh(j).sum() : a.sum());
        sd.setLossVariables(loss.name());
        return sd;
    }

    private static boolean usesGram(int m, int h, int d, String variation) {
        SameDiff sd = graph(DataType.FLOAT, h, d, variation);
        INDArray x = SmallNets.inputs(DataType.FLOAT, 2, m, 3);
        List<String> outputs = new ArrayList<>(List.of("loss"));
        if (variation.equals("J wanted")) {
            outputs.add("j");
        }
        List<String> weights = new ArrayList<>(List.of("b"));
        weights.add(variation.equals("A transposed") ? "v2" : "v");
        try (CompiledGraph graph = CompiledGraph.of(sd)
                .outputs(outputs.toArray(String[]::new))
                .gradients(weights.toArray(String[]::new))
                .build()) {
            Map<String, INDArray> actual = Agreement.compiled(graph, Map.of("x", x), outputs, weights);
            SameDiff reference = graph(DataType.DOUBLE, h, d, variation);
            sd.variables().stream()
                    .filter(v -> reference.hasVariable(v.name())
                            && List.of("v", "b", "v2").contains(v.name()))
                    .forEach(v -> reference
                            .getVariable(v.name())
                            .getArr()
                            .assign(v.getArr().castTo(DataType.DOUBLE)));
            Map<String, INDArray> wide =
                    Agreement.session(reference, Map.of("x", x.castTo(DataType.DOUBLE)), outputs, weights);
            Map<String, INDArray> expected = new HashMap<>();
            wide.forEach((name, array) -> expected.put(name, array.castTo(DataType.FLOAT)));
            assertThat(Agreement.differences(actual, expected, TOLERANCE))
                    .as(m + ", " + h + ", " + d + " " + variation)
                    .isEmpty();
            return graph.plan(Map.of("x", x)).program().census().containsKey("Dot");
        }
    }

    @Test
    void usedWhereItPays() {
        assertThat(usesGram(40, 4, 50, "")).isTrue();
        assertThat(usesGram(40, 4, 50, "B transposed")).isTrue();
        assertThat(usesGram(40, 20, 5, "")).isFalse();
        assertThat(usesGram(3, 30, 30, "")).isFalse();
    }

    @Test
    void notUsedWhereTheProductIsNeeded() {
        for (String variation : List.of("J wanted", "J read twice", "not all entries", "A transposed")) {
            assertThat(usesGram(40, 4, 50, variation)).as(variation).isFalse();
        }
    }

    /** Square matrices, in which transposing by mistake does not show in the shapes. */
    @Test
    void squareFactors() {
        assertThat(usesGram(60, 8, 8, "")).isTrue();
        assertThat(usesGram(40, 4, 40, "B transposed")).isTrue();
        assertThat(usesGram(4, 4, 90, "")).isTrue();
        assertThat(usesGram(4, 16, 16, "")).isFalse();
    }
}
