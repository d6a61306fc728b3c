package org.jacreg.vjp;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Layer normalisation, standardisation and dropout.
 *
 * <p>ND4J computes {@code n = (x - mean) / sqrt(variance)} over the given axes with the biased variance and no epsilon, and
 * {@code y = gain n + bias} along the channel axis. With {@code c} the cotangent of {@code n}: {@code dx = (c - mean(c) - n
 * mean(c n)) / sqrt(variance)}. Where the variance is 0, ND4J gives {@code n = 0}, and the derivative is taken to be 0.
 */
final class NormalizationRules {

    private static final String DROPOUT =
            "it draws a new mask at every evaluation, when training and when not, so that no two"
                    + " evaluations are of the same function, and ND4J 1.0.0-M2.1 cannot train it; multiply by a mask"
                    + " placeholder instead: the Jacobian is then that of the network that the mask leaves";

    private NormalizationRules() {}

    static void register(VjpRules.Builder rules) {
        BatchNormRules.register(rules);
        rules.rules(
                        "layer_norm",
                        OpKind.BESPOKE,
                        Map.of(
                                0, NormalizationRules::layerNorm,
                                1, NormalizationRules::gain,
                                2, NormalizationRules::bias))
                .rule("standardize", (context, ct) -> throughStandardized(context, ct))
                .rule("lrn", LocalResponseRules::image)
                .unsupported("dropout", DROPOUT)
                .unsupported("dropout_inverted", DROPOUT);
    }

    private static SDVariable layerNorm(VjpContext context, SDVariable ct) {
        return throughStandardized(context, ct.mul(alongChannels(context, context.input(1))));
    }

    private static SDVariable gain(VjpContext context, SDVariable ct) {
        context.requireUnstacked(1);
        return perChannel(context, ct.mul(standardized(context)));
    }

    private static SDVariable bias(VjpContext context, SDVariable ct) {
        context.requireUnstacked(2);
        return perChannel(context, ct);
    }

    private static SDVariable throughStandardized(VjpContext context, SDVariable c) {
        SameDiff sd = context.graph();
        int[] axes = axes(context);
        long[] full = context.outputSpec().toArray();
        long[] folded = full.clone();
        for (int axis : axes) {
            folded[axis] = 1;
        }
        SDVariable n = standardized(context);
        SDVariable projection = sd.mean(context.scale(c, n), true, axes);
        SDVariable along = context.perCotangent(projection, folded, full, p -> p.mul(n));
        return context.scale(c.sub(sd.mean(c, true, axes)).sub(along), inverseDeviation(context));
    }

    private static SDVariable standardized(VjpContext context) {
        return context.once("standardized", () -> centred(context).mul(inverseDeviation(context)));
    }

    private static SDVariable centred(VjpContext context) {
        SDVariable x = context.input(0);
        return context.once("centred", () -> x.sub(context.graph().mean(x, true, axes(context))));
    }

    /** 1 / sqrt(variance), and 0 where the variance is 0, without a division by 0 that SameDiff would differentiate to NaN. */
    private static SDVariable inverseDeviation(VjpContext context) {
        SameDiff sd = context.graph();
        return context.once("inverse deviation", () -> {
            SDVariable variance = sd.mean(sd.math().square(centred(context)), true, axes(context));
            SDVariable positive = sd.math().step(variance, 0.0);
            return positive.div(sd.math().sqrt(variance.add(positive.rsub(1.0))));
        });
    }

    private static int[] axes(VjpContext context) {
        TensorSpec in = context.inputSpec(0);
        int[] axes = Arrays.stream(context.integerArguments())
                .mapToInt(axis -> (int) Math.floorMod(axis, (long) in.rank()))
                .sorted()
                .toArray();
        for (int axis : axes) {
            context.requireNotBatchAxis(axis);
        }
        return axes;
    }

    private static int channelAxis(VjpContext context) {
        boolean channelsFirst = ((DynamicCustomOp) context.function()).bArgs()[0];
        return channelsFirst ? 1 : context.outputSpec().rank() - 1;
    }

    private static SDVariable alongChannels(VjpContext context, SDVariable values) {
        int axis = channelAxis(context);
        int rank = context.outputSpec().rank();
        if (axis == rank - 1) {
            return values;
        }
        long[] shape = new long[rank];
        Arrays.fill(shape, 1);
        shape[axis] = context.outputSpec().dim(axis);
        return context.graph().reshape(values, shape);
    }

    private static SDVariable perChannel(VjpContext context, SDVariable values) {
        int channels = channelAxis(context);
        int[] others = IntStream.range(0, context.outputSpec().rank())
                .filter(axis -> axis != channels)
                .toArray();
        return AxisFold.sum(values, context.outputSpec().toArray(), others);
    }
}
