package org.jacreg.bounds.certify;

import java.util.Arrays;
import java.util.List;

/** Reads ops that join several sample-dependent values. */
final class JoiningOps {

    private JoiningOps() {}

    /** {@code a + b + ...} or {@code a - b}, without broadcasting. */
    static int sum(OpContext context, int sign) {
        List<String> inputs = context.dataInputs();
        if (inputs.size() != context.op().inputs().size()) {
            throw new Obstacle("it joins sample-dependent values and parameters");
        }
        int[] shape = context.sampleShape(context.name());
        for (String input : inputs) {
            if (!Arrays.equals(context.sampleShape(input), shape)) {
                throw new Obstacle("its inputs " + inputs + " have different shapes; wanted equal ones");
            }
        }
        int sum = context.node(inputs.get(0));
        for (String input : inputs.subList(1, inputs.size())) {
            sum = context.builder().sum(context.name(), sum, context.node(input), sign);
        }
        return sum;
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
