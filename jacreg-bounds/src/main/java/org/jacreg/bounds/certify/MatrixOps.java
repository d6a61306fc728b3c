package org.jacreg.bounds.certify;

import java.util.Arrays;
import java.util.List;

/** Reads products of two sample-dependent matrices, as between queries, keys and values. */
final class MatrixOps {

    /** Products of numbers, at most: some hundred megabytes for a group of samples. */
    private static final int LARGEST = 1 << 18;

    private MatrixOps() {}

    /** {@code A B}, or with one or both transposed, for every index of the axes before the last two. */
    static int product(OpContext context) {
        List<String> data = context.dataInputs();
        if (data.size() != 2) {
            return LayerOps.read(context);
        }
        long[] flags = context.integers();
        double[] factors = context.numbers();
        boolean plain = (factors.length < 1 || factors[0] == 1)
                && (factors.length < 2 || factors[1] == 0)
                && (flags.length < 3 || flags[2] == 0);
        if (!plain) {
            throw new Obstacle("it transposes or scales the product; write A B");
        }
        int[] a = context.sampleShape(data.get(0));
        int[] b = context.sampleShape(data.get(1));
        int rank = a.length;
        if (rank < 2 || b.length != rank || !Arrays.equals(a, 0, rank - 2, b, 0, rank - 2)) {
            throw new Obstacle("it multiplies samples of shapes " + Arrays.toString(a) + " and " + Arrays.toString(b)
                    + "; wanted matrices, and the same axes before them");
        }
        boolean left = flags.length > 0 && flags[0] != 0;
        boolean right = flags.length > 1 && flags[1] != 0;
        int matrices = Arrays.stream(a, 0, rank - 2).reduce(1, Math::multiplyExact);
        int rows = left ? a[rank - 1] : a[rank - 2];
        int inner = left ? a[rank - 2] : a[rank - 1];
        int columns = right ? b[rank - 2] : b[rank - 1];
        if (inner != (right ? b[rank - 1] : b[rank - 2]) || (long) matrices * rows * columns * inner > LARGEST) {
            throw new Obstacle("its matrices do not fit, or it takes more than " + LARGEST + " products of numbers");
        }
        return sums(context, new int[] {matrices, rows, columns, inner}, left, right);
    }

    private static int sums(OpContext context, int[] sizes, boolean left, boolean right) {
        int rows = sizes[1];
        int columns = sizes[2];
        int inner = sizes[3];
        int outputs = sizes[0] * rows * columns;
        int[] first = new int[outputs * inner];
        int[] second = new int[first.length];
        SparseMap.Builder map = new SparseMap.Builder(outputs, first.length);
        for (int i = 0; i < outputs; i++) {
            int column = i % columns;
            int row = i / columns % rows;
            int matrix = i / columns / rows;
            for (int k = 0; k < inner; k++) {
                int at = i * inner + k;
                first[at] = matrix * rows * inner + (left ? k * rows + row : row * inner + k);
                second[at] = matrix * columns * inner + (right ? column * inner + k : k * columns + column);
                map.add(i, at, 1);
            }
        }
        List<String> data = context.dataInputs();
        int products = ProductOps.pairs(context, context.node(data.get(0)), context.node(data.get(1)), first, second);
        return context.builder().linear(context.name(), products, map.build(), new double[outputs]);
    }
}
