package org.jacreg.bounds.certify;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.ReduceOp;

/** Reads ops that fold axes of a sample, or several values into one, by sums, means and maxima. */
final class FoldingOps {

    private FoldingOps() {}

    static int sum(OpContext context) {
        return weighted(context, false);
    }

    static int mean(OpContext context) {
        return weighted(context, true);
    }

    private static int weighted(OpContext context, boolean mean) {
        String input = context.op().inputs().get(0);
        int[][] groups = groups(context, input);
        int inputs = groups.length * groups[0].length;
        SparseMap.Builder map = new SparseMap.Builder(groups.length, inputs);
        for (int i = 0; i < groups.length; i++) {
            for (int j : groups[i]) {
                map.add(i, j, mean ? 1.0 / groups[i].length : 1);
            }
        }
        return context.builder().linear(context.name(), context.node(input), map.build(), new double[groups.length]);
    }

    static int maximum(OpContext context) {
        String input = context.op().inputs().get(0);
        return context.builder().put(new MaximumNode(context.name(), context.node(input), groups(context, input)));
    }

    static int minimum(OpContext context) {
        String input = context.op().inputs().get(0);
        int[][] groups = groups(context, input);
        int negative = negated(context, context.node(input), "negated");
        int largest = context.builder().put(new MaximumNode(context.name(), negative, groups));
        return negated(context, largest, "minimum");
    }

    /** The larger ones of several values of equal shapes, number by number. */
    static int largest(OpContext context) {
        return context.builder().put(new MaximumNode(context.name(), join(context, 1), pairs(context)));
    }

    /** The smaller ones. */
    static int smallest(OpContext context) {
        int largest = context.builder().put(new MaximumNode(context.name(), join(context, -1), pairs(context)));
        return negated(context, largest, "smallest");
    }

    private static int join(OpContext context, int sign) {
        List<String> inputs = context.dataInputs();
        if (inputs.size() != context.op().inputs().size()) {
            throw new Obstacle("it compares sample-dependent values and parameters");
        }
        int[] shape = context.sampleShape(context.name());
        int[] nodes = new int[inputs.size()];
        for (int k = 0; k < nodes.length; k++) {
            if (!Arrays.equals(context.sampleShape(inputs.get(k)), shape)) {
                throw new Obstacle("its inputs " + inputs + " have different shapes; wanted equal ones");
            }
            nodes[k] = context.node(inputs.get(k));
        }
        int joined = context.builder().concatenate(nodes);
        return sign > 0 ? joined : negated(context, joined, "negated");
    }

    private static int[][] pairs(OpContext context) {
        int size = size(context.sampleShape(context.name()));
        int[][] windows = new int[size][context.dataInputs().size()];
        for (int i = 0; i < size; i++) {
            for (int k = 0; k < windows[i].length; k++) {
                windows[i][k] = k * size + i;
            }
        }
        return windows;
    }

    private static int negated(OpContext context, int node, String what) {
        double[] minus = new double[context.builder().size(node)];
        Arrays.fill(minus, -1);
        return context.builder()
                .linear(context.name() + " " + what, node, new DiagonalMap(minus), new double[minus.length]);
    }

    /** For every number of the result those of the input that are folded into it. */
    private static int[][] groups(OpContext context, String input) {
        if (context.dataInputs().size() != 1) {
            throw new Obstacle("its axes depend on the sample");
        }
        int[] shape = context.sampleShape(input);
        boolean[] folded = new boolean[shape.length];
        for (long axis : axes(context, shape.length + 1)) {
            if (axis == 0) {
                throw new Obstacle("it folds the batch axis");
            }
            folded[(int) axis - 1] = true;
        }
        return groups(shape, folded);
    }

    /** For every number that is left when axes of a shape are folded, those that are folded into it. */
    static int[][] groups(int[] shape, boolean[] folded) {
        int results = 1;
        for (int axis = 0; axis < shape.length; axis++) {
            results *= folded[axis] ? 1 : shape[axis];
        }
        int total = size(shape);
        int[][] groups = new int[results][total / results];
        int[] filled = new int[results];
        for (int i = 0; i < total; i++) {
            int rest = i;
            int to = 0;
            int step = 1;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                if (!folded[axis]) {
                    to += rest % shape[axis] * step;
                    step *= shape[axis];
                }
                rest /= shape[axis];
            }
            groups[to][filled[to]++] = i;
        }
        return groups;
    }

    /** In a second operand, or in the op; none stands for all. */
    private static long[] axes(OpContext context, int rank) {
        INDArray given = context.op().function() instanceof ReduceOp reduce ? reduce.dimensions() : null;
        long[] axes = context.op().inputs().size() > 1
                ? context.constant(1)
                : given == null || given.isEmpty()
                        ? new long[0]
                        : given.dup('c').data().asLong();
        if (axes.length == 0) {
            throw new Obstacle("it folds all axes, the batch among them");
        }
        boolean fromEnd = Arrays.stream(axes).anyMatch(axis -> axis < 0);
        if (fromEnd && context.op().function() instanceof ReduceOp reduce && reduce.isKeepDims()) {
            throw new Obstacle(
                    "it keeps its axes and counts them from the end, which ND4J computes wrongly; count them from 0");
        }
        return Arrays.stream(axes).map(axis -> Math.floorMod(axis, rank)).toArray();
    }

    private static int size(int[] shape) {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
}
