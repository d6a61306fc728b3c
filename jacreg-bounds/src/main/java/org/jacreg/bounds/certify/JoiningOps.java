package org.jacreg.bounds.certify;

import java.util.Arrays;
import java.util.List;

/** Reads ops that join several sample-dependent values. */
final class JoiningOps {

    private JoiningOps() {}

    /** {@code a + b + ...} or {@code a - b}, of values of one rank, axes of size 1 repeated. */
    static int sum(OpContext context, int sign) {
        List<String> inputs = context.dataInputs();
        if (inputs.size() != context.op().inputs().size()) {
            throw new Obstacle("it joins sample-dependent values and parameters");
        }
        int[] shape = context.sampleShape(context.name());
        int sum = spread(context, inputs.get(0), shape);
        for (String input : inputs.subList(1, inputs.size())) {
            sum = context.builder().sum(context.name(), sum, spread(context, input, shape), sign);
        }
        return sum;
    }

    /** A value's node, its axes of size 1 repeated to a shape. */
    private static int spread(OpContext context, String input, int[] shape) {
        int[] own = context.sampleShape(input);
        int node = context.node(input);
        if (Arrays.equals(own, shape)) {
            return node;
        }
        int[] source = spreadIndices(input, own, shape);
        LinearMap map = SparseMap.selection(context.builder().size(node), source);
        return context.builder().linear(input, node, map, new double[source.length]);
    }

    /** For every number of a shape which one of a value of the same rank stands there when its axes of size 1 are repeated. */
    static int[] spreadIndices(String input, int[] own, int[] shape) {
        boolean fits = own.length == shape.length;
        for (int axis = 0; fits && axis < shape.length; axis++) {
            fits = own[axis] == shape[axis] || own[axis] == 1;
        }
        if (!fits) {
            throw new Obstacle("a sample of '" + input + "' has shape " + Arrays.toString(own)
                    + ", which does not broadcast to " + Arrays.toString(shape) + " axis by axis");
        }
        int[] source = new int[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        for (int i = 0; i < source.length; i++) {
            int rest = i;
            int step = 1;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                source[i] += own[axis] == 1 ? 0 : rest % shape[axis] * step;
                step *= own[axis];
                rest /= shape[axis];
            }
        }
        return source;
    }

    /** Values side by side along an axis of the sample. */
    static int concatenation(OpContext context) {
        boolean axisIsLast = context.flags().length > 0 && context.flags()[0];
        int joined = context.op().inputs().size() - (axisIsLast ? 1 : 0);
        List<String> inputs = context.op().inputs().subList(0, joined);
        if (!context.dataInputs().equals(inputs)) {
            throw new Obstacle("it joins sample-dependent values and parameters");
        }
        long given = axisIsLast ? context.constant(joined)[0] : context.integers()[0];
        int[] shape = context.sampleShape(context.name());
        int axis = (int) Math.floorMod(given, shape.length + 1L) - 1;
        if (axis < 0) {
            throw new Obstacle("it joins along the batch axis");
        }
        int inner = Arrays.stream(shape).skip(axis + 1L).reduce(1, Math::multiplyExact);
        int total = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        int[] from = new int[total];
        int[] at = new int[total];
        int before = 0;
        for (int k = 0; k < joined; k++) {
            int[] part = context.sampleShape(inputs.get(k));
            int width = part[axis] * inner;
            int size = Arrays.stream(part).reduce(1, Math::multiplyExact);
            for (int i = 0; i < size; i++) {
                int to = i / width * shape[axis] * inner + before + i % width;
                from[to] = k;
                at[to] = i;
            }
            before += width;
        }
        int[] nodes = inputs.stream().mapToInt(context::node).toArray();
        return context.builder().put(new JoinNode(context.name(), nodes, from, at));
    }
}
