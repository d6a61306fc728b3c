package org.jacreg.vjp;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.ops.SDMath;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Clipping of norms along some axes: {@code y = x min(1, L / |x|)}.
 *
 * <p>Within the limit the cotangent passes; beyond it {@code J^T v = (L / |x|) (v - x (x v) / |x|^2)}. A norm on the limit
 * counts as within.
 */
final class ClipRules {

    private ClipRules() {}

    static void register(VjpRules.Builder rules) {
        rules.rule("clipbynorm", (context, ct) -> clip(context, ct, false))
                .rule("clipbyavgnorm", (context, ct) -> clip(context, ct, true));
    }

    private static SDVariable clip(VjpContext context, SDVariable ct, boolean average) {
        if (context.inputCount() > 1) {
            throw new IllegalArgumentException(context.describe()
                    + " takes its limit from a variable; clip by a number to differentiate through it");
        }
        Fold fold = Fold.of(context);
        SDMath math = context.graph().math();
        SDVariable x = context.input(0);
        double limit = ((DynamicCustomOp) context.function()).tArgs()[0];
        SDVariable square = fold.sum(math.square(x));
        SDVariable norm = math.sqrt(square);
        SDVariable compared = average ? fold.divideByCount(norm, 0) : norm;
        SDVariable beyond = math.step(compared, limit);
        // 1 instead of a norm of 0, which is never beyond the limit.
        SDVariable divisor = compared.add(math.step(compared, 0).rsub(1));
        SDVariable share = beyond.mul(divisor.rdiv(limit));
        SDVariable direct = context.scale(ct, beyond.rsub(1).add(share));
        SDVariable along = fold.sum(context.scale(ct, x));
        SDVariable radial = x.mul(share.div(square.add(math.step(square, 0).rsub(1))));
        return direct.sub(fold.spread(along, radial));
    }
}
