package org.jacreg.bounds.certify;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** Reads softmax inside of a graph, standardisation and layer normalisation. */
final class NormalizingOps {

    /** Differences of a softmax, at most: some hundred megabytes for a group of samples. */
    private static final long DIFFERENCES = 1 << 18;

    /** Entries of the matrix that takes means off, at most. */
    private static final long ENTRIES = 1 << 24;

    private NormalizingOps() {}

    /** Every entry out of the differences of the others' arguments to its own. */
    static int softmax(OpContext context) {
        String input = context.dataInputs().get(0);
        long[] axes = context.integers();
        int[][] groups = groups(context, input, axes.length == 0 ? new long[] {-1} : new long[] {axes[0]});
        return softmax(context.builder(), context.name(), context.node(input), groups);
    }

    /** A softmax over each of some groups of a node's numbers. */
    static int softmax(BoundGraphBuilder builder, String name, int from, int[][] groups) {
        int others = groups[0].length - 1;
        if (others == 0) {
            throw new Obstacle("it is over a single number, where it is 1");
        }
        int size = groups.length * groups[0].length;
        if ((long) size * others > DIFFERENCES) {
            throw new Obstacle(
                    "it takes " + (long) size * others + " differences of numbers, more than " + DIFFERENCES);
        }
        SparseMap.Builder differences = new SparseMap.Builder(size * others, size);
        int[][] windows = new int[size][others];
        for (int[] group : groups) {
            for (int i : group) {
                int next = 0;
                for (int j : group) {
                    if (j != i) {
                        windows[i][next] = i * others + next;
                        differences.add(i * others + next, j, 1);
                        differences.add(i * others + next, i, -1);
                        next++;
                    }
                }
            }
        }
        int between = builder.linear(name + " differences", from, differences.build(), new double[size * others]);
        return builder.put(new SoftmaxNode(name, between, windows));
    }

    /**
     * {@code (x - mean) / sqrt(variance)}, the variance without correction. ND4J has no epsilon there.
     *
     * <p>Differences to the mean are made twice: what their rounding may do to the variance alone is then more than a variance computed in one
     * pass is off by, {@code n u sqrt(1 + mean^2 / variance)} of itself (Chan, Golub, LeVeque 1983, "Algorithms for computing the sample
     * variance", The American Statistician 37).
     */
    static int standardized(OpContext context) {
        String input = context.op().inputs().get(0);
        if (!context.dataInputs().equals(List.of(input))) {
            throw new Obstacle("samples are not its first operand alone");
        }
        long[] axes = context.op().inputs().size() == 2 && context.op().opName().equals("standardize")
                ? context.constant(1)
                : context.integers();
        int[][] groups = groups(context, input, axes);
        long entries = (long) groups.length * groups[0].length * groups[0].length;
        if (entries > ENTRIES) {
            throw new Obstacle("it normalises " + groups[0].length + " numbers together, which takes " + entries
                    + " entries of a matrix, more than " + ENTRIES);
        }
        int inverse = inverseDeviations(context, groups);
        int[] all = new int[groups.length * groups[0].length];
        int[] group = new int[all.length];
        Arrays.setAll(all, i -> i);
        for (int g = 0; g < groups.length; g++) {
            for (int i : groups[g]) {
                group[i] = g;
            }
        }
        return ProductOps.pairs(context, centred(context, groups), inverse, all, group);
    }

    private static int centred(OpContext context, int[][] groups) {
        int size = groups.length * groups[0].length;
        double share = 1.0 / groups[0].length;
        SparseMap.Builder map = new SparseMap.Builder(size, size);
        for (int[] group : groups) {
            for (int i : group) {
                for (int j : group) {
                    map.add(i, j, i == j ? 1 - share : -share);
                }
            }
        }
        int node = context.node(context.op().inputs().get(0));
        return context.builder().linear(context.name() + " centred", node, map.build(), new double[size]);
    }

    private static int inverseDeviations(OpContext context, int[][] groups) {
        int squares = ProductOps.curve(context, centred(context, groups), Curve.SQUARE);
        SparseMap.Builder mean = new SparseMap.Builder(groups.length, groups.length * groups[0].length);
        for (int g = 0; g < groups.length; g++) {
            for (int i : groups[g]) {
                mean.add(g, i, 1.0 / groups[g].length);
            }
        }
        int variance = context.builder()
                .linear(context.name() + " variance", squares, mean.build(), new double[groups.length]);
        return ProductOps.curve(context, variance, Curve.INVERSE_ROOT);
    }

    /** The same, with factors and shifts along the channels. */
    static int layerNormalization(OpContext context) {
        int standardized = standardized(context);
        List<String> inputs = context.op().inputs();
        boolean[] flags = context.flags();
        boolean channelsFirst = flags.length > 0 && flags[0];
        int[] shape = shape(context, context.name());
        int axis = channelsFirst ? (RowOps.rows(context, context.name()) > 1 ? 1 : 0) : shape.length - 1;
        double[] gain = along(context, inputs.get(1), shape, axis);
        double[] bias = inputs.size() > 2 ? along(context, inputs.get(2), shape, axis) : new double[gain.length];
        return context.builder().linear(context.name(), standardized, new DiagonalMap(gain), bias);
    }

    private static double[] along(OpContext context, String parameter, int[] shape, int axis) {
        INDArray values = context.layers().parameter(parameter);
        if (values.length() != shape[axis]) {
            throw new Obstacle("'" + parameter + "' has " + values.length() + " numbers, wanted " + shape[axis]);
        }
        double[] numbers = values.reshape(values.length()).toDoubleVector();
        int inner = Arrays.stream(shape).skip(axis + 1L).reduce(1, Math::multiplyExact);
        double[] result = new double[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        Arrays.setAll(result, i -> numbers[i / inner % shape[axis]]);
        return result;
    }

    /** The shape of a sample, with the axis of its rows where a value holds several. */
    private static int[] shape(OpContext context, String variable) {
        int[] shape = context.sampleShape(variable);
        int rows = RowOps.rows(context, variable);
        if (rows == 1) {
            return shape;
        }
        int[] result = new int[shape.length + 1];
        result[0] = rows;
        System.arraycopy(shape, 0, result, 1, shape.length);
        return result;
    }

    /** The numbers that are normalised together. */
    private static int[][] groups(OpContext context, String input, long[] axes) {
        int rank = context.sampleShape(input).length + 1;
        int[] shape = shape(context, input);
        boolean[] folded = new boolean[shape.length];
        for (long given : axes) {
            int axis = (int) Math.floorMod(given, (long) rank);
            if (axis == 0) {
                throw new Obstacle("it normalises along the batch axis");
            }
            folded[axis - rank + shape.length] = true;
        }
        return FoldingOps.groups(shape, folded);
    }

    /** Whether an op is one of these, of values of which a sample may hold several rows. */
    static boolean reads(OpContext context) {
        boolean known = switch (context.op().opName()) {
            case "softmax", "standardize", "layer_norm" -> true;
            default -> false;
        };
        return known && context.op().function() instanceof DynamicCustomOp;
    }

    static int ofRows(OpContext context) {
        return switch (context.op().opName()) {
            case "softmax" -> softmax(context);
            case "standardize" -> standardized(context);
            default -> layerNormalization(context);
        };
    }
}
