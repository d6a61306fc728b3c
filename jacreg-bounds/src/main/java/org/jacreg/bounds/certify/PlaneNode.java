package org.jacreg.bounds.certify;

import java.util.Arrays;

/** An op of which every number is a smooth function of a few numbers of the input, equally many for all, and lies between two planes. */
abstract sealed class PlaneNode extends NonlinearNode permits ProductNode, SoftmaxNode {

    private final int[][] windows;
    private final int readers;

    /** Takes the windows over. */
    PlaneNode(String name, int input, int[][] windows) {
        super(name, windows.length, input);
        this.windows = windows;
        int largest = Arrays.stream(windows).flatMapToInt(Arrays::stream).max().orElseThrow();
        int[] counts = new int[largest + 1];
        Arrays.stream(windows).flatMapToInt(Arrays::stream).forEach(j -> counts[j]++);
        this.readers = Arrays.stream(counts).max().orElseThrow();
    }

    /** The numbers of the input that number i is made of. */
    final int[] window(int i) {
        return windows[i];
    }

    final int[][] windows() {
        return windows;
    }

    /** The value of one number. */
    abstract double value(double[] values, int offset, int[] window);

    /**
     * Sets range, error and planes of one number.
     *
     * @param from where the sample's numbers begin in the input's bounds
     * @param at the number, counted over all samples
     */
    abstract void bound(
            NodeBounds in, int from, int[] window, NodeBounds out, Planes planes, int at, Arithmetic arithmetic);

    /** Bounds of the derivatives of one number by those of its window: lower ends, upper ends. */
    abstract void derivatives(NodeBounds in, int from, int[] window, double[][] range);

    @Override
    final double[] evaluate(double[]... values) {
        double[] y = new double[size()];
        Arrays.setAll(y, i -> value(values[0], 0, windows[i]));
        return y;
    }

    @Override
    final NodeBounds forward(Pass pass) {
        NodeBounds in = pass.bounds(input(0));
        NodeBounds out = new NodeBounds(pass.samples(), size());
        Planes planes = new Planes(out.lower.length, windows[0].length);
        double products = Rounding.gamma(4L * readers);
        double intercepts = Rounding.gamma(size());
        MatrixProducts.forRows(pass.samples(), 100L * size(), n -> {
            for (int i = 0; i < size(); i++) {
                int at = n * size() + i;
                bound(in, n * in.size, windows[i], out, planes, at, pass.arithmetic());
                double lost = intercepts * planes.largestIntercept(at);
                for (int t = 0; t < planes.terms; t++) {
                    lost += products * planes.largestSlope(at, t) * in.magnitude(n * in.size + windows[i][t]);
                }
                out.error[at] = Rounding.up(out.error[at] + lost);
            }
        });
        pass.setPlanes(this, planes);
        return out;
    }

    /** Widens the values of one number by what their evaluation may be off. */
    static void setRange(NodeBounds out, int at, double least, double most, double error) {
        out.error[at] = error;
        out.lower[at] = Math.nextDown(least - error);
        out.upper[at] = Math.nextUp(most + error);
    }

    @Override
    final void markUndecided(NodeBounds in, boolean[] wanted) {
        for (int n = 0; n < wanted.length / in.size; n++) {
            for (int[] window : windows) {
                for (int j : window) {
                    int at = n * in.size + j;
                    wanted[at] |= in.lower[at] < in.upper[at];
                }
            }
        }
    }

    @Override
    final void backward(Functionals functionals, double[] coefficients, Pass pass) {
        NodeBounds in = pass.bounds(input(0));
        Planes planes = pass.planes(this);
        double[] result = new double[Math.multiplyExact(functionals.rows, in.size)];
        MatrixProducts.forRows(functionals.rows, 4L * planes.terms * size(), r -> {
            double sum = 0;
            for (int i = 0; i < size(); i++) {
                double c = coefficients[r * size() + i];
                if (c == 0) {
                    continue;
                }
                int at = functionals.sample[r] * size() + i;
                double[] slopes = c > 0 ? planes.lowerSlope : planes.upperSlope;
                for (int t = 0; t < planes.terms; t++) {
                    result[r * in.size + windows[i][t]] += c * slopes[at * planes.terms + t];
                }
                sum += c * (c > 0 ? planes.lowerIntercept[at] : planes.upperIntercept[at]);
            }
            functionals.addConstant(r, sum);
        });
        functionals.add(input(0), result, in);
    }

    /** The function itself, which lies between the planes: what follows is a direction of search, not a bound. */
    @Override
    final double[] follow(double[][] values, Functionals functionals, SlopeChoice choice, Pass pass) {
        int width = pass.bounds(input(0)).size;
        double[] y = new double[functionals.rows * size()];
        Arrays.setAll(y, i -> value(values[0], i / size() * width, windows[i % size()]));
        return y;
    }
}
