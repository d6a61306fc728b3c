package org.jacreg.vjp;

import java.util.Map;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
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
                (context, ct) -> product(context, 0, activation.vjp(context, ct), context.input(1), false, true),
                1,
                (context, ct) -> {
                    context.requireUnstacked(1);
                    return product(context, 1, context.input(0), activation.vjp(context, ct), true, false);
                },
                2,
                (context, ct) -> {
                    context.requireUnstacked(2);
                    return AxisFold.sum(
                            activation.vjp(context, ct), context.outputSpec().toArray(), 0);
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
        return a ? product(context, 0, other, ct, b, !t) : product(context, 0, ct, other, t, !b);
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
        return b ? product(context, 1, ct, other, !t, a) : product(context, 1, other, ct, !a, t);
    }

    /**
     * The cotangent of an operand as a product. Where it may have a single entry (a batch of one, a width of one) transposes are
     * written out: ND4J's gradient of such a product with one operand transposed by its flag is wrong (docs/nd4j-bugs.md).
     */
    private static SDVariable product(
            VjpContext context, int target, SDVariable a, SDVariable b, boolean transposeA, boolean transposeB) {
        SameDiff sd = context.graph();
        TensorSpec result = context.inputSpec(target);
        boolean mayBeOneEntry = result.rank() == 2 && result.dims().stream().allMatch(size -> size == 1 || size == -1);
        if (!mayBeOneEntry || transposeA == transposeB) {
            return sd.mmul(a, b, transposeA, transposeB, false);
        }
        return sd.mmul(transposeA ? sd.permute(a, 1, 0) : a, transposeB ? sd.permute(b, 1, 0) : b);
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
