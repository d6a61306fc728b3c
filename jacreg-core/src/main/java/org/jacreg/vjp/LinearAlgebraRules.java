package org.jacreg.vjp;

import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** Matrix products. Transposes are folded into the product's own flags; nothing is copied to be transposed. */
final class LinearAlgebraRules {

    private LinearAlgebraRules() {}

    static void register(VjpRules.Builder rules) {
        rules.bilinear("matmul", LinearAlgebraRules::left, LinearAlgebraRules::right)
                .rules("tensordot", OpKind.BILINEAR, Map.of(0, TensorProductRules::left, 1, TensorProductRules::right))
                .unsupported("batched_gemm", "ND4J 1.0.0-M2.1 crashes on it; stack the matrices and use mmul")
                .rules("xw_plus_b", OpKind.BILINEAR, dense((context, ct) -> ct))
                .rules("relu_layer", OpKind.BESPOKE, dense(LinearAlgebraRules::throughRelu));
    }

    /** Z = f(x W + b): with c the cotangent of the argument of f, x gets c W^T, W gets x^T c, and b the sum of c. */
    private static Map<Integer, VjpRule> dense(VjpRule activation) {
        return Map.of(
                0,
                (context, ct) ->
                        context.graph().mmul(activation.vjp(context, ct), context.input(1), false, true, false),
                1,
                (context, ct) -> {
                    context.requireUnstacked(1);
                    return context.graph().mmul(context.input(0), activation.vjp(context, ct), true, false, false);
                },
                2,
                (context, ct) -> {
                    context.requireUnstacked(2);
                    return AxisFold.sum(activation.vjp(context, ct), 2, 0);
                });
    }

    private static SDVariable throughRelu(VjpContext context, SDVariable ct) {
        SDVariable slope = context.once("slope", () -> context.graph().math().step(context.output(), 0));
        return context.scale(ct, slope);
    }

    /*
     * With a(A) = A or A^T by flag, ND4J computes C = t(a(A) b(B)), t transposing the result. Put Z = a(A) b(B) and let G
     * be the cotangent of Z, that is ct or ct^T. Then the cotangent of a(A) is G b(B)^T and that of b(B) is a(A)^T G; a
     * transposed operand's own cotangent is the transpose of that, with the factors in the other order.
     */
    private static SDVariable left(VjpContext context, SDVariable ct) {
        requirePlainProduct(context);
        if (context.inputSpec(1).rank() == 1) {
            // y = A v: the cotangent of A is ct v^T.
            SDVariable column = context.graph().reshape(ct, -1, 1);
            return column.mmul(context.graph().reshape(context.input(1), 1, -1));
        }
        boolean a = flag(context, 0);
        boolean b = flag(context, 1);
        boolean t = flag(context, 2);
        SDVariable other = context.repeat(context.input(1), context.inputSpec(1));
        return a
                ? context.graph().mmul(other, ct, b, !t, false)
                : context.graph().mmul(ct, other, t, !b, false);
    }

    private static SDVariable right(VjpContext context, SDVariable ct) {
        requirePlainProduct(context);
        if (context.inputSpec(1).rank() == 1) {
            context.requireUnstacked(1);
            return context.graph().mmul(context.input(0), ct, true, false, false);
        }
        boolean a = flag(context, 0);
        boolean b = flag(context, 1);
        boolean t = flag(context, 2);
        SDVariable other = context.repeat(context.input(0), context.inputSpec(0));
        return b
                ? context.graph().mmul(ct, other, !t, a, false)
                : context.graph().mmul(other, ct, !a, t, false);
    }

    /** Factors in front of the product, and vectors other than a last column, do not occur in graphs that SameDiff builds. */
    private static void requirePlainProduct(VjpContext context) {
        double[] factors = ((DynamicCustomOp) context.function()).tArgs();
        if (factors.length > 0 && factors[0] != 1) {
            throw new IllegalArgumentException(
                    context.describe() + " has a factor " + factors[0] + "; multiply the product instead");
        }
        // Gemm of an ONNX file is imported so.
        if (factors.length > 1 && factors[1] != 0) {
            throw new IllegalArgumentException(context.describe() + " has beta = " + factors[1]
                    + ", by which ND4J adds what its output's memory held before: wrong values, without an error; replace it"
                    + " by mmul and add");
        }
        int left = context.inputSpec(0).rank();
        int right = context.inputSpec(1).rank();
        boolean flags = flag(context, 0) || flag(context, 1) || flag(context, 2);
        if (left == 1 || (right == 1 && (left != 2 || flags))) {
            throw new IllegalArgumentException(
                    context.describe() + " multiplies a vector of rank 1; reshape it to a matrix");
        }
    }

    private static boolean flag(VjpContext context, int index) {
        long[] arguments = context.integerArguments();
        return arguments.length > index && arguments[index] != 0;
    }
}
