package org.jacreg.vjp;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Batch normalisation with given statistics, as {@code sd.nn().batchNorm} computes it when training and when not: {@code y =
 * (x - mean) r gamma + beta} with {@code r = 1 / sqrt(variance + eps)}.
 *
 * <p>Mean and variance are inputs like any other. Where they are computed from the batch itself, samples are coupled and have
 * no Jacobian of their own; the gradient of a loss still runs through them.
 */
final class BatchNormRules {

    private static final int MEAN = 1;
    private static final int VARIANCE = 2;
    private static final int FIRST_AXIS_ARGUMENT = 2;

    private BatchNormRules() {}

    static void register(VjpRules.Builder rules) {
        rules.rules(
                "batchnorm",
                OpKind.BESPOKE,
                Map.of(
                        0,
                        (context, ct) -> ct.mul(slope(context)),
                        MEAN,
                        BatchNormRules::mean,
                        VARIANCE,
                        BatchNormRules::variance,
                        3,
                        (context, ct) -> hasGamma(context) ? gamma(context, ct) : beta(context, ct, 3),
                        4,
                        (context, ct) -> beta(context, ct, 4)));
    }

    private static SDVariable mean(VjpContext context, SDVariable ct) {
        context.requireUnstacked(MEAN);
        return fold(context, ct.mul(slope(context)), MEAN).neg();
    }

    /** dy/dvariance = (x - mean) gamma r (-r^2 / 2). */
    private static SDVariable variance(VjpContext context, SDVariable ct) {
        context.requireUnstacked(VARIANCE);
        SDVariable r = reciprocalDeviation(context);
        SDVariable factor = slope(context).mul(r).mul(r).mul(-0.5);
        return fold(context, ct.mul(centred(context)).mul(factor), VARIANCE);
    }

    private static SDVariable gamma(VjpContext context, SDVariable ct) {
        context.requireUnstacked(3);
        return fold(context, ct.mul(centred(context)).mul(reciprocalDeviation(context)), 3);
    }

    private static SDVariable beta(VjpContext context, SDVariable ct, int input) {
        context.requireUnstacked(input);
        return fold(context, ct, input);
    }

    private static boolean hasGamma(VjpContext context) {
        return context.integerArguments()[0] != 0;
    }

    private static SDVariable centred(VjpContext context) {
        return context.once("centred", () -> context.input(0).sub(spread(context, MEAN)));
    }

    /** gamma r, which broadcasts against the output. */
    private static SDVariable slope(VjpContext context) {
        return context.once("slope", () -> {
            SDVariable r = reciprocalDeviation(context);
            return hasGamma(context) ? r.mul(spread(context, 3)) : r;
        });
    }

    private static SDVariable reciprocalDeviation(VjpContext context) {
        double epsilon = ((DynamicCustomOp) context.function()).tArgs()[0];
        SameDiff sd = context.graph();
        return context.once(
                "deviation",
                () -> sd.math()
                        .reciprocal(sd.math().sqrt(spread(context, VARIANCE).add(epsilon))));
    }

    /** A parameter in a shape that broadcasts against the output. */
    private static SDVariable spread(VjpContext context, int input) {
        long[] shape = broadcastShape(context);
        SDVariable parameter = context.input(input);
        return Arrays.equals(shape, context.inputSpec(input).toArray())
                ? parameter
                : context.once("spread " + input, () -> context.graph().reshape(parameter, shape));
    }

    private static SDVariable fold(VjpContext context, SDVariable values, int input) {
        int[] axes = axes(context);
        int[] others = IntStream.range(0, context.outputSpec().rank())
                .filter(axis -> Arrays.stream(axes).noneMatch(kept -> kept == axis))
                .toArray();
        SDVariable sum = AxisFold.sum(values, context.outputSpec().toArray(), others);
        TensorSpec target = context.inputSpec(input);
        return target.rank() == axes.length ? sum : context.graph().reshape(sum, target.toArray());
    }

    private static long[] broadcastShape(VjpContext context) {
        TensorSpec out = context.outputSpec();
        long[] shape = new long[out.rank()];
        Arrays.fill(shape, 1);
        for (int axis : axes(context)) {
            context.requireNotBatchAxis(axis);
            shape[axis] = out.dim(axis);
        }
        return shape;
    }

    private static int[] axes(VjpContext context) {
        long[] arguments = context.integerArguments();
        long rank = context.outputSpec().rank();
        return arguments.length == FIRST_AXIS_ARGUMENT
                ? new int[] {(int) rank - 1}
                : Arrays.stream(arguments)
                        .skip(FIRST_AXIS_ARGUMENT)
                        .mapToInt(axis -> (int) Math.floorMod(axis, rank))
                        .sorted()
                        .toArray();
    }
}
