package org.jacreg.vjp;

import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Turning axes round, and padding with mirrored values. */
final class MirrorRules {

    private MirrorRules() {}

    static void register(VjpRules.Builder rules) {
        rules.linear("reverse", MirrorRules::reverse).linear("reverse_sequence", MirrorRules::reverseSequence);
    }

    private static SDVariable reverse(VjpContext context, SDVariable ct) {
        long[] arguments = context.integerArguments();
        int[] axes = new int[arguments.length];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = (int)
                    Math.floorMod(arguments[i], (long) context.inputSpec(0).rank());
            context.requireNotBatchAxis(axes[i]);
        }
        return context.graph().reverse(ct, axes);
    }

    /** Each sequence of the batch is turned round up to its length: its own adjoint. */
    private static SDVariable reverseSequence(VjpContext context, SDVariable ct) {
        long[] arguments = context.integerArguments();
        TensorSpec lengths = context.inputSpec(1);
        SDVariable repeated = context.repeat(context.input(1), lengths);
        return context.graph().reverseSequence(ct, repeated, (int) arguments[0], (int) arguments[1]);
    }

    /**
     * The adjoint of mirroring at both ends: what was copied to an edge is turned round and added where it came from.
     *
     * @param skipped 1 if the outermost value is not repeated (REFLECT), 0 if it is (SYMMETRIC)
     */
    static SDVariable foldEdges(VjpContext context, SDVariable ct, long[] before, long[] behind, int skipped) {
        SameDiff sd = context.graph();
        TensorSpec in = context.inputSpec(0);
        SDVariable result = ct;
        for (int axis = 0; axis < in.rank(); axis++) {
            if (before[axis] + behind[axis] == 0) {
                continue;
            }
            long size = in.dim(axis);
            Edge edge = new Edge(sd, result, in.rank(), axis, size + before[axis] + behind[axis], size);
            SDVariable sum = edge.part(before[axis], size);
            if (before[axis] > 0) {
                sum = sum.add(edge.mirrored(0, before[axis], skipped));
            }
            if (behind[axis] > 0) {
                sum = sum.add(edge.mirrored(before[axis] + size, behind[axis], size - skipped - behind[axis]));
            }
            result = sum;
        }
        return result;
    }

    /** One axis of a padded tensor. */
    private record Edge(SameDiff sd, SDVariable padded, int rank, int axis, long paddedSize, long size) {

        SDVariable part(long from, long length) {
            return EdgeRules.cut(sd, padded, along(from), along(paddedSize - from - length));
        }

        SDVariable mirrored(long from, long length, long to) {
            SDVariable turned = sd.reverse(part(from, length), axis);
            return EdgeRules.pad(sd, turned, along(to), along(size - to - length));
        }

        private long[] along(long value) {
            long[] values = new long[rank];
            values[axis] = value;
            return values;
        }
    }
}
