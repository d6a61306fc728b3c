package org.jacreg.vjp;

import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.ops.SDMath;
import org.nd4j.linalg.factory.Nd4j;

/** Powers, remainders, angles and cross products of two tensors. */
final class PairwiseRules {

    private PairwiseRules() {}

    static void register(VjpRules.Builder rules) {
        rules.broadcasting("Pow", OpKind.BESPOKE, PairwiseRules::powByBase, PairwiseRules::powByExponent)
                .zero("floordiv")
                .broadcasting("floormod", OpKind.BESPOKE, (context, ct) -> ct, PairwiseRules::floorModByDivisor)
                // ND4J 1.0.0-M2.1 computes the same for both names: the result has the divisor's sign.
                .broadcasting("mod", OpKind.BESPOKE, (context, ct) -> ct, PairwiseRules::floorModByDivisor)
                .broadcasting(
                        "divide_no_nan",
                        OpKind.BESPOKE,
                        (context, ct) -> context.scale(ct, safeReciprocal(context), context.inputSpec(1)),
                        (context, ct) -> context.scale(
                                ct,
                                context.output().mul(safeReciprocal(context)).neg()))
                .broadcasting(
                        "tf_atan2", OpKind.BESPOKE, PairwiseRules::angleByOrdinate, PairwiseRules::angleByAbscissa)
                .rules(
                        "cross",
                        OpKind.BILINEAR,
                        Map.of(
                                0, (context, ct) -> cross(context, ct, 1).neg(),
                                1, (context, ct) -> cross(context, ct, 0)))
                .unsupported(
                        "truncatediv",
                        "ND4J 1.0.0-M2.1 makes integers of its inputs first: wrong values, and the process dies for a"
                                + " divisor below 1; it has no derivative to lose: use floor(a / b)")
                .unsupported(
                        "fmod", "ND4J 1.0.0-M2.1 can neither copy nor save a graph that has it; use floorMod(a, b)")
                .unsupported("axpy", "ND4J 1.0.0-M2.1 ignores the factor: it computes y, not a x + y; write it out");
    }

    /** y = a^b: dy/da = b a^(b-1). */
    private static SDVariable powByBase(VjpContext context, SDVariable ct) {
        SDVariable exponent = context.input(1);
        SDVariable lower = math(exponent).pow(context.input(0), exponent.sub(1));
        return context.scale(ct, lower.mul(exponent));
    }

    /** y = a^b: dy/db = y log a, which is 0 at a = 0. Negative bases have no derivative by the exponent: NaN. */
    private static SDVariable powByExponent(VjpContext context, SDVariable ct) {
        SDVariable base = context.input(0);
        SDVariable isZero = math(base).step(math(base).abs(base), 0).rsub(1);
        return context.scale(ct, context.output().mul(math(base).log(base.add(isZero))));
    }

    /** y = a - n b with n = floor(a / b), constant but for its jumps. */
    private static SDVariable floorModByDivisor(VjpContext context, SDVariable ct) {
        SDVariable quotient = context.input(0).div(context.input(1));
        return context.scale(ct, math(quotient).floor(quotient).neg());
    }

    /** 1 / b, and 0 where b is. */
    private static SDVariable safeReciprocal(VjpContext context) {
        SDVariable divisor = context.input(1);
        SDVariable isNotZero = math(divisor).step(math(divisor).abs(divisor), 0);
        return isNotZero.div(divisor.add(isNotZero.rsub(1)));
    }

    /** With angle = atan2(y, x): d angle/dy = x / (x^2 + y^2). */
    private static SDVariable angleByOrdinate(VjpContext context, SDVariable ct) {
        return context.scale(ct, context.input(1).div(squaredRadius(context)));
    }

    /** d angle/dx = -y / (x^2 + y^2). */
    private static SDVariable angleByAbscissa(VjpContext context, SDVariable ct) {
        return context.scale(ct, context.input(0).div(squaredRadius(context)).neg());
    }

    /** 1 instead of 0 at the origin, so that the derivative there is 0. */
    private static SDVariable squaredRadius(VjpContext context) {
        SDMath math = context.graph().math();
        SDVariable square = math.square(context.input(0)).add(math.square(context.input(1)));
        return square.add(math.step(square, 0).rsub(1));
    }

    /**
     * The cotangent times (cross product) one of the inputs. Written with rotations of the last axis because ND4J 1.0.0-M2.1
     * has a wrong gradient for its own cross product: {@code (v x b)_i = v_{i+1} b_{i+2} - v_{i+2} b_{i+1}}.
     */
    private static SDVariable cross(VjpContext context, SDVariable ct, int input) {
        SDVariable value = context.input(input);
        long[] shape = context.outputSpec().toArray();
        SDVariable ahead = rotate(value, 1, shape);
        SDVariable behind = rotate(value, 2, shape);
        return context.perCotangent(rotate(ct, 1, shape), shape, shape, c -> c.mul(behind))
                .sub(context.perCotangent(rotate(ct, 2, shape), shape, shape, c -> c.mul(ahead)));
    }

    /** Moves component i + by to place i, by a permutation matrix. */
    private static SDVariable rotate(SDVariable value, int by, long[] shape) {
        double[][] moves = new double[3][3];
        for (int to = 0; to < 3; to++) {
            moves[(to + by) % 3][to] = 1;
        }
        SDVariable matrix =
                value.getSameDiff().constant(Nd4j.createFromArray(moves).castTo(value.dataType()));
        return value.getSameDiff().reshape(value.reshape(-1, 3).mmul(matrix), shape);
    }

    private static SDMath math(SDVariable x) {
        return x.getSameDiff().math();
    }
}
