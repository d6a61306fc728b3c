package org.jacreg.bounds.certify;

/**
 * Lower bounds of linear functionals of a network's outputs over boxes of inputs.
 *
 * <p>They hold for the network in real arithmetic and as its owner evaluates it, see {@link Arithmetic}; the functional itself is taken in
 * real arithmetic. An upper bound of a functional is the negative lower bound of its negative.
 */
public final class OutputBounds {

    private OutputBounds() {}

    /**
     * Bounds functionals over several boxes together, which share the matrix products.
     *
     * @param graph the network
     * @param method how values are bounded
     * @param arithmetic how the network is evaluated
     * @param lower the lower ends of the boxes, [boxes, inputs], finite; not modified
     * @param upper the upper ends, not below the lower ones; not modified
     * @param functionals for every box any number of rows of {@code classes} finite coefficients; not modified
     * @return for every box and row a number that {@code <row, outputs>} is nowhere below; negative infinity where numbers overflow
     * @throws IllegalArgumentException if sizes do not fit, or a number is out of range
     */
    public static double[][] below(
            BoundGraph graph,
            BoundMethod method,
            Arithmetic arithmetic,
            double[][] lower,
            double[][] upper,
            double[][][] functionals) {
        if (lower.length == 0 || upper.length != lower.length || functionals.length != lower.length) {
            throw new IllegalArgumentException("output bounds: got " + lower.length + " lower and " + upper.length
                    + " upper ends and functionals for " + functionals.length
                    + " boxes, wanted equally many and at least one");
        }
        for (int n = 0; n < lower.length; n++) {
            requireBox(graph, lower[n], upper[n], n);
            for (double[] row : functionals[n]) {
                requireFunctional(graph, row);
            }
        }
        return new Pass(graph, new Region(lower, upper), method, arithmetic).ofLogits(functionals);
    }

    private static void requireBox(BoundGraph graph, double[] lower, double[] upper, int n) {
        if (lower.length != graph.inputs() || upper.length != graph.inputs()) {
            throw new IllegalArgumentException("output bounds: box " + n + " has " + lower.length + " and "
                    + upper.length + " ends, wanted " + graph.inputs() + ", the size of the network's input");
        }
        for (int i = 0; i < lower.length; i++) {
            boolean good =
                    lower[i] <= upper[i] && lower[i] > Double.NEGATIVE_INFINITY && upper[i] < Double.POSITIVE_INFINITY;
            if (!good) {
                throw new IllegalArgumentException("output bounds: input " + i + " of box " + n + " lies in ["
                        + lower[i] + ", " + upper[i] + "], wanted finite ends, the lower one not above the upper one");
            }
        }
    }

    private static void requireFunctional(BoundGraph graph, double[] row) {
        if (row.length != graph.classes()) {
            throw new IllegalArgumentException("output bounds: got a functional of " + row.length
                    + " coefficients, wanted " + graph.classes() + ", one for every output");
        }
        for (double a : row) {
            if (!(Math.abs(a) < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("output bounds: got coefficient " + a + ", wanted finite ones");
            }
        }
    }
}
