package org.jacreg.vjp;

import java.util.stream.IntStream;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** Joining and its inverse: concat, stack, split, unstack. The adjoint of each is the other. */
final class JoinRules {

    private JoinRules() {}

    static void register(VjpRules.Builder rules) {
        rules.variadic("concat", OpKind.LINEAR, input -> (context, ct) -> partOf(context, ct, input))
                .variadic("stack", OpKind.LINEAR, input -> (context, ct) -> layerOf(context, ct, input))
                .linear("split", JoinRules::equalPart)
                .linear("split_v", JoinRules::namedPart)
                .linear("unstack", JoinRules::layer);
    }

    private static SDVariable equalPart(VjpContext context, SDVariable ct) {
        long[] arguments = context.integerArguments();
        return partBack(context, ct, arguments[arguments.length - 1], context.outputIndex());
    }

    private static SDVariable namedPart(VjpContext context, SDVariable ct) {
        return partBack(context, ct, context.integerArguments()[0], context.outputIndex());
    }

    /** Puts zeros where the other parts are. */
    private static SDVariable partBack(VjpContext context, SDVariable ct, long given, int part) {
        TensorSpec in = context.inputSpec(0);
        int axis = (int) Math.floorMod(given, (long) in.rank());
        context.requireNotBatchAxis(axis);
        long[] before = new long[in.rank()];
        long[] behind = new long[in.rank()];
        for (int other = 0; other < context.outputCount(); other++) {
            long size = context.outputSpec(other).dim(axis);
            before[axis] += other < part ? size : 0;
            behind[axis] += other > part ? size : 0;
        }
        return EdgeRules.pad(context.graph(), ct, before, behind);
    }

    private static SDVariable layer(VjpContext context, SDVariable ct) {
        TensorSpec in = context.inputSpec(0);
        int axis = (int) Math.floorMod(context.integerArguments()[0], (long) in.rank());
        context.requireNotBatchAxis(axis);
        long[] thin = in.toArray();
        thin[axis] = 1;
        long[] before = new long[in.rank()];
        long[] behind = new long[in.rank()];
        before[axis] = context.outputIndex();
        behind[axis] = in.dim(axis) - 1 - context.outputIndex();
        SameDiff sd = context.graph();
        return EdgeRules.pad(sd, sd.reshape(ct, thin), before, behind);
    }

    private static SDVariable partOf(VjpContext context, SDVariable ct, int input) {
        boolean axisIsLastInput = ((DynamicCustomOp) context.function()).bArgs().length > 0
                && ((DynamicCustomOp) context.function()).bArgs()[0];
        int joined = context.inputCount() - (axisIsLastInput ? 1 : 0);
        TensorSpec out = context.outputSpec();
        long given = axisIsLastInput
                ? StaticArguments.number(context, context.inputCount() - 1, "axis")
                : context.integerArguments()[0];
        int axis = (int) Math.floorMod(given, (long) out.rank());
        context.requireNotBatchAxis(axis);
        long[] front = new long[out.rank()];
        long[] end = new long[out.rank()];
        front[axis] = total(context, 0, input, axis);
        end[axis] = total(context, input + 1, joined, axis);
        return EdgeRules.cut(context.graph(), ct, front, end);
    }

    private static long total(VjpContext context, int from, int to, int axis) {
        return IntStream.range(from, to)
                .mapToLong(input -> context.inputSpec(input).dim(axis))
                .sum();
    }

    private static SDVariable layerOf(VjpContext context, SDVariable ct, int input) {
        TensorSpec out = context.outputSpec();
        int axis = (int) Math.floorMod(context.integerArguments()[0], (long) out.rank());
        requireFirstAxisFree(context, axis);
        long[] front = new long[out.rank()];
        long[] end = new long[out.rank()];
        front[axis] = input;
        end[axis] = out.dim(axis) - 1 - input;
        SameDiff sd = context.graph();
        return sd.reshape(
                EdgeRules.cut(sd, ct, front, end), context.inputSpec(input).toArray());
    }

    /** A new first axis pushes the batch axis back, where cotangents cannot be stacked. */
    private static void requireFirstAxisFree(VjpContext context, int axis) {
        if (context.stack() > 1) {
            context.requireNotBatchAxis(axis);
        }
    }
}
