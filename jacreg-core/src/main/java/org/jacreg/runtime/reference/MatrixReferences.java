package org.jacreg.runtime.reference;

import java.util.Arrays;

/** Matrix products with every choice of transposes, layers {@code x W + b}, biases, and their backward ops. */
final class MatrixReferences {

    private MatrixReferences() {}

    static void addTo(References.Builder builder) {
        builder.add("matmul", Reference.of(MatrixReferences::product).terms((call, o) -> depth(call)));
        builder.add(
                "matmul_bp",
                Reference.of(MatrixReferences::productGradient)
                        .terms((call, o) -> call.in(2).size(o == 0 ? -1 : -2)));
        builder.add(
                "xw_plus_b",
                Reference.of(MatrixReferences::layer)
                        .terms((call, o) -> call.in(0).size(1)));
        builder.add(
                "xw_plus_b_bp",
                Reference.of(MatrixReferences::layerGradient)
                        .terms((call, o) -> call.in(3).size(o == 0 ? 1 : 0)));
        builder.add(
                "biasadd",
                Reference.of((call, o, i) -> call.in(0).at(i) + call.in(1).values()[i[channelAxis(call, i.length)]]));
        builder.add(
                "biasadd_bp",
                Reference.of(MatrixReferences::biasGradient)
                        .terms((call, o) ->
                                call.in(2).values().length / call.in(1).values().length));
    }

    /** A matrix of a stack, transposed if asked for. */
    private record Matrix(Operand operand, boolean transposed) {

        int columns() {
            return operand.size(transposed ? -2 : -1);
        }

        double at(int[] stack, int row, int column) {
            int[] index = Arrays.copyOf(stack, operand.rank());
            index[index.length - 2] = transposed ? column : row;
            index[index.length - 1] = transposed ? row : column;
            return operand.at(index);
        }
    }

    private static Matrix matrix(OpCall call, int input, boolean turned) {
        if (call.in(input).rank() < 2) {
            throw new UnsupportedOperationException("a product with a vector");
        }
        int flag = input < 2 ? call.integer(input, 0) : call.integer(2, 0);
        return new Matrix(call.in(input), (flag != 0) != turned);
    }

    private static int depth(OpCall call) {
        return matrix(call, 0, false).columns();
    }

    private static double product(OpCall call, int output, int[] index) {
        Matrix a = matrix(call, 0, false);
        Matrix b = matrix(call, 1, false);
        boolean turned = call.integer(2, 0) != 0;
        int row = index[index.length - (turned ? 1 : 2)];
        int column = index[index.length - (turned ? 2 : 1)];
        return call.number(0, 1) * dot(a, b, index, row, column);
    }

    private static double dot(Matrix a, Matrix b, int[] stack, int row, int column) {
        double sum = 0;
        for (int k = 0; k < a.columns(); k++) {
            sum += a.at(stack, row, k) * b.at(stack, k, column);
        }
        return sum;
    }

    /** With {@code C = A B}: {@code dA = dC B^T} and {@code dB = A^T dC}, each in the order in which the operand came. */
    private static double productGradient(OpCall call, int output, int[] index) {
        Matrix reached = matrix(call, 2, false);
        boolean turned = call.integer(output, 0) != 0;
        int row = index[index.length - (turned ? 1 : 2)];
        int column = index[index.length - (turned ? 2 : 1)];
        return output == 0
                ? dot(reached, matrix(call, 1, true), index, row, column)
                : dot(matrix(call, 0, true), reached, index, row, column);
    }

    private static void requirePlain(OpCall call) {
        if (call.integers().stream().anyMatch(flag -> flag != 0)) {
            throw new UnsupportedOperationException("a layer with transposes");
        }
    }

    private static double layer(OpCall call, int output, int[] index) {
        requirePlain(call);
        double sum = call.in(2).values()[index[1]];
        for (int k = 0; k < call.in(0).size(1); k++) {
            sum += call.in(0).at(index[0], k) * call.in(1).at(k, index[1]);
        }
        return sum;
    }

    private static double layerGradient(OpCall call, int output, int[] index) {
        requirePlain(call);
        Operand reached = call.in(3);
        double sum = 0;
        if (output == 0) {
            for (int k = 0; k < reached.size(1); k++) {
                sum += reached.at(index[0], k) * call.in(1).at(index[1], k);
            }
            return sum;
        }
        int column = index[index.length - 1];
        for (int n = 0; n < reached.size(0); n++) {
            sum += reached.at(n, column) * (output == 1 ? call.in(0).at(n, index[0]) : 1);
        }
        return sum;
    }

    private static int channelAxis(OpCall call, int rank) {
        return call.flag(0) ? 1 : rank - 1;
    }

    private static double biasGradient(OpCall call, int output, int[] index) {
        Operand reached = call.in(2);
        if (output == 0) {
            return reached.at(index);
        }
        int axis = channelAxis(call, reached.rank());
        int[] sizes =
                Arrays.stream(reached.shape()).mapToInt(size -> (int) size).toArray();
        sizes[axis] = 1;
        return Counter.sum(sizes, offset -> {
            int[] at = offset.clone();
            at[axis] = index[0];
            return reached.at(at);
        });
    }
}
