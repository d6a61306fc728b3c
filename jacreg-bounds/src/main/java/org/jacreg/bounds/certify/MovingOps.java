package org.jacreg.bounds.certify;

import java.util.Arrays;

/** Reads ops that move numbers or change their type. */
final class MovingOps {

    private MovingOps() {}

    static int permutation(OpContext context) {
        String input = context.op().inputs().get(0);
        int[] in = context.sampleShape(input);
        int[] out = context.sampleShape(context.name());
        long[] axes = context.op().inputs().size() > 1 ? context.constant(1) : context.integers();
        int rank = in.length + 1;
        int[] source = new int[out.length];
        for (int axis = 0; axis < rank; axis++) {
            int from = axes.length == 0 ? rank - 1 - axis : (int) Math.floorMod(axes[axis], (long) rank);
            if ((axis == 0) != (from == 0)) {
                throw new Obstacle("it moves the batch axis");
            }
            if (axis > 0) {
                source[axis - 1] = from - 1;
            }
        }
        int[] order = order(in, out, source);
        LinearMap map = SparseMap.selection(order.length, order);
        return context.builder().linear(context.name(), context.node(input), map, new double[order.length]);
    }

    /** For every number of the result its index before. */
    private static int[] order(int[] in, int[] out, int[] source) {
        int[] steps = new int[in.length];
        int step = 1;
        for (int axis = in.length - 1; axis >= 0; axis--) {
            steps[axis] = step;
            step *= in[axis];
        }
        int[] order = new int[Arrays.stream(out).reduce(1, Math::multiplyExact)];
        for (int i = 0; i < order.length; i++) {
            int rest = i;
            for (int axis = out.length - 1; axis >= 0; axis--) {
                order[i] += rest % out[axis] * steps[source[axis]];
                rest /= out[axis];
            }
        }
        return order;
    }

    /** A change of type rounds, once. */
    static int cast(OpContext context) {
        String input = context.op().inputs().get(0);
        int[] shape = context.sampleShape(input);
        double[] ones = new double[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        Arrays.fill(ones, 1);
        return context.builder()
                .linear(context.name(), context.node(input), new DiagonalMap(ones), new double[ones.length]);
    }
}
