package org.jacreg.vjp;

import java.util.Arrays;
import org.nd4j.autodiff.samediff.SDVariable;

/** Running sums and products. */
final class CumulativeRules {

    private CumulativeRules() {}

    static void register(VjpRules.Builder rules) {
        rules.linear("cumsum", CumulativeRules::runBack).rule("cumprod", CumulativeRules::product);
    }

    /** The adjoint of a running sum runs the other way. */
    private static SDVariable runBack(VjpContext context, SDVariable ct) {
        return runBack(context, ct, axis(context));
    }

    private static SDVariable runBack(VjpContext context, SDVariable ct, int axis) {
        long[] arguments = context.integerArguments();
        return context.graph().cumsum(ct, arguments[0] != 0, arguments[1] == 0, axis);
    }

    /** dy_j/dx_i = y_j / x_i for all j to which x_i contributes; it is not known (NaN) where x_i = 0. */
    private static SDVariable product(VjpContext context, SDVariable ct) {
        int axis = axis(context);
        SDVariable sums = runBack(context, context.scale(ct, context.output()), axis);
        SDVariable x = context.input(0);
        long[] shape = context.inputSpec(0).toArray();
        return context.perCotangent(sums, shape, shape, c -> Quotient.of(c, x));
    }

    /** Arguments are "exclusive", "reverse" and the axes, which ND4J repeats. */
    private static int axis(VjpContext context) {
        long[] arguments = context.integerArguments();
        int rank = context.inputSpec(0).rank();
        long[] axes = Arrays.stream(arguments, 2, arguments.length)
                .map(axis -> Math.floorMod(axis, (long) rank))
                .distinct()
                .toArray();
        if (axes.length != 1) {
            throw new IllegalArgumentException(context.describe() + " runs along the axes " + Arrays.toString(axes)
                    + "; only one axis is supported");
        }
        context.requireNotBatchAxis((int) axes[0]);
        return (int) axes[0];
    }
}
