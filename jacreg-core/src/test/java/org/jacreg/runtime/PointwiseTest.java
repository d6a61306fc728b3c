package org.jacreg.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jacreg.runtime.Pointwise.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Every elementwise operation against ND4J's op of that name, on random numbers and on all pairs of special ones. */
class PointwiseTest {

    private static final float[] SPECIAL = {
        Float.NaN,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        0f,
        -0f,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MIN_NORMAL,
        -Float.MIN_NORMAL,
        1e-30f,
        0.5f,
        -0.5f,
        1f,
        -1f,
        3.7f,
        Float.MAX_VALUE,
        -Float.MAX_VALUE
    };

    @ParameterizedTest
    @EnumSource(Operation.class)
    void randomNumbers(Operation operation) {
        Random random = new Random(5);
        float[] a = new float[3000];
        float[] b = new float[3000];
        for (int i = 0; i < a.length; i++) {
            a[i] = i % 7 == 0 ? 0.5f : (float) random.nextGaussian();
            b[i] = i % 5 == 0 ? a[i] : (float) random.nextGaussian();
        }
        for (float c : new float[] {0, 0.5f, -1.25f}) {
            if (c != 0 || operation != Operation.DIVIDE_CONSTANT) {
                assertThat(differences(operation, a, b, c)).as("c = " + c).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void specialNumbers(Operation operation) {
        int n = SPECIAL.length;
        float[] a = new float[n * n];
        float[] b = new float[n * n];
        for (int i = 0; i < n * n; i++) {
            a[i] = SPECIAL[i / n];
            b[i] = SPECIAL[i % n];
        }
        for (float c : new float[] {0, 0.5f, -3, Float.MIN_VALUE}) {
            List<String> differences = differences(operation, a, b, c);
            differences.removeIf(text -> isDocumented(operation, text));
            assertThat(differences).as("c = " + c).isEmpty();
        }
    }

    /** Where {@link ElementwiseLoops} says that it differs from ND4J: NaN is not swallowed. */
    private static boolean isDocumented(Operation operation, String text) {
        boolean isNan = text.contains(") = NaN, ND4J ");
        return switch (operation) {
            case MINIMUM, MAXIMUM, SIGN, STEP -> isNan && text.contains("(NaN");
            case GATE ->
                isNan
                        && text.endsWith("ND4J 0.0")
                        && (text.contains("NaN,") || text.contains("NaN;") || text.contains("Infinity;"));
            default -> false;
        };
    }

    @Test
    void documentedDifferencesAreReal() {
        float nan = Float.NaN;
        float[] infinite = {Float.POSITIVE_INFINITY};
        assertThat(run(Operation.GATE, new float[] {nan}, new float[] {2}, 0)).containsExactly(nan);
        assertThat(run(Operation.GATE, new float[] {-1}, infinite, 0)).containsExactly(nan);
        assertThat(run(Operation.GATE, new float[] {1}, infinite, 0)).containsExactly(infinite);
        assertThat(run(Operation.SIGN, new float[] {nan}, infinite, 0)).containsExactly(nan);
        assertThat(run(Operation.STEP, new float[] {nan}, infinite, 0)).containsExactly(nan);
    }

    @Test
    void aNumberIsNoDocumentedDifference() {
        assertThat(isDocumented(Operation.SIGN, "SIGN(NaN; 0.0) = 1.0, ND4J 0.0"))
                .isFalse();
        assertThat(isDocumented(Operation.ADD, "ADD(NaN, 1.0; 0.0) = NaN, ND4J 0.0"))
                .isFalse();
    }

    private static List<String> differences(Operation operation, float[] a, float[] b, float c) {
        float[] actual = run(operation, a, b, c);
        float[] expected = nd4j(operation, Nd4j.createFromArray(a), Nd4j.createFromArray(b), c)
                .castTo(DataType.FLOAT)
                .toFloatVector();
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < a.length; i++) {
            boolean same = actual[i] == expected[i] || (Float.isNaN(actual[i]) && Float.isNaN(expected[i]));
            if (!same) {
                String operands = operation.isBinary() ? a[i] + ", " + b[i] : "" + a[i];
                differences.add(operation + "(" + operands + "; " + c + ") = " + actual[i] + ", ND4J " + expected[i]);
            }
        }
        return new ArrayList<>(differences.stream().distinct().toList());
    }

    private static float[] run(Operation operation, float[] a, float[] b, float c) {
        Value left = SingleStep.placeholder("a", a.length);
        Value right = SingleStep.placeholder("b", a.length);
        Value output = SingleStep.result(a.length);
        return operation.isBinary()
                ? SingleStep.run(
                        Pointwise.binary(operation, left, right, c, output).orElseThrow(), Map.of(left, a, right, b), 1)
                : SingleStep.run(Pointwise.unary(operation, left, c, output).orElseThrow(), Map.of(left, a), 1);
    }

    private static INDArray nd4j(Operation operation, INDArray a, INDArray b, float c) {
        return switch (operation) {
            case COPY -> a.dup();
            case ADD -> a.add(b);
            case SUBTRACT -> a.sub(b);
            case MULTIPLY -> a.mul(b);
            case DIVIDE -> a.div(b);
            case MINIMUM -> custom("minimum", a, b);
            case MAXIMUM -> custom("maximum", a, b);
            case EQUAL -> a.eq(b);
            case ADD_CONSTANT -> a.add(c);
            case MULTIPLY_CONSTANT -> a.mul(c);
            case DIVIDE_CONSTANT -> a.div(c);
            case NEGATE -> Transforms.neg(a);
            case ABSOLUTE -> Transforms.abs(a, true);
            case SIGN -> Transforms.sign(a, true);
            case SQUARE -> custom("square", a);
            case RELU -> Nd4j.getExecutioner().exec(new RectifiedLinear(a, a.ulike(), c));
            case STEP -> Nd4j.getExecutioner().exec(new Step(a, a.ulike(), c));
            case GATE -> {
                INDArray to = a.ulike();
                Nd4j.exec(DynamicCustomOp.builder("thresholdedrelu_bp")
                        .addInputs(a, b)
                        .addOutputs(to)
                        .addFloatingPointArguments((double) c)
                        .build());
                yield to;
            }
        };
    }

    private static INDArray custom(String name, INDArray... inputs) {
        return Nd4j.exec(DynamicCustomOp.builder(name).addInputs(inputs).build())[0];
    }
}
