package org.jacreg.bounds.certify;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Carries functionals of the logits back to the input as intervals: for every node the interval of each functional's derivative by each
 * of the node's numbers, over a whole region. Centres and radii are row-major [rows, size].
 *
 * <p>One rule for every kind of node: linear maps take centres by W and radii by |W|; a function of each number multiplies by the
 * interval of its derivative, one of several numbers by those of its partial derivatives; of a maximum, every entry that may be the largest takes a share between 0 and 1. Between the rules {@link JacobianRelaxation}
 * may make the intervals better.
 */
final class JacobianPass {

    /** Numbers held for all rows together with lines, at most: 64 MB. */
    private static final int NUMBERS = 1 << 23;

    private final BoundGraph graph;
    private final Pass pass;
    private final int[] sample;
    private final double[] evaluationError;
    private final @Nullable JacobianRelaxation relaxation;
    private final Map<Integer, double[][]> pending = new HashMap<>();

    private JacobianPass(BoundGraph graph, Pass pass, int[] sample, @Nullable JacobianRelaxation relaxation) {
        this.graph = graph;
        this.pass = pass;
        this.sample = sample;
        this.evaluationError = new double[sample.length];
        this.relaxation = relaxation;
    }

    /**
     * Bounds the derivatives of functionals {@code matrix . logits}, the same for every sample of the pass.
     *
     * @return for every sample: the bounds of its rows
     */
    static JacobianBounds[] run(BoundGraph graph, Pass pass, JacobianMethod method, BallNorm norm, double[][] matrix) {
        int rows = matrix.length;
        int inputs = graph.inputs();
        double[] lower = new double[Math.multiplyExact(pass.samples() * rows, inputs)];
        double[] upper = new double[lower.length];
        double[] errors = new double[pass.samples() * rows];
        int together = errors.length;
        if (method != JacobianMethod.FAST_LIP) {
            together = (int) Math.max(1, Math.min(together, NUMBERS / (8 * graph.numbers())));
        }
        for (int from = 0; from < errors.length; from += together) {
            int count = Math.min(together, errors.length - from);
            part(graph, pass, method, matrix, from, new double[][] {lower, upper, errors}, count);
        }
        JacobianBounds[] result = new JacobianBounds[pass.samples()];
        for (int n = 0; n < result.length; n++) {
            int start = n * rows * inputs;
            if (pass.overflowed(n)) {
                Arrays.fill(lower, start, start + rows * inputs, Double.NEGATIVE_INFINITY);
                Arrays.fill(upper, start, start + rows * inputs, Double.POSITIVE_INFINITY);
                Arrays.fill(errors, n * rows, (n + 1) * rows, Double.POSITIVE_INFINITY);
            }
            result[n] = new JacobianBounds(
                    norm,
                    inputs,
                    Arrays.copyOfRange(lower, start, start + rows * inputs),
                    Arrays.copyOfRange(upper, start, start + rows * inputs),
                    Arrays.copyOfRange(errors, n * rows, (n + 1) * rows));
        }
        return result;
    }

    /** Some rows of all samples' matrices, from one on. */
    private static void part(
            BoundGraph graph,
            Pass pass,
            JacobianMethod method,
            double[][] matrix,
            int from,
            double[][] result,
            int count) {
        int classes = graph.classes();
        int[] sample = new int[count];
        double[] start = new double[Math.multiplyExact(count, classes)];
        for (int r = 0; r < count; r++) {
            sample[r] = (from + r) / matrix.length;
            System.arraycopy(matrix[(from + r) % matrix.length], 0, start, r * classes, classes);
        }
        JacobianRelaxation relaxation = method == JacobianMethod.FAST_LIP
                ? null
                : new JacobianRelaxation(graph, pass, method == JacobianMethod.CHORDS, sample, start.clone());
        JacobianPass walk = new JacobianPass(graph, pass, sample, relaxation);
        double[][] atInput = walk.carry(start);
        int offset = from * graph.inputs();
        for (int i = 0; i < atInput[0].length; i++) {
            result[0][offset + i] = Math.nextDown(atInput[0][i] - atInput[1][i]);
            result[1][offset + i] = Math.nextUp(atInput[0][i] + atInput[1][i]);
        }
        System.arraycopy(walk.evaluationError, 0, result[2], from, count);
    }

    private double[][] carry(double[] start) {
        add(graph.output(), start, new double[start.length]);
        for (int k = graph.output(); k > 0; k--) {
            double[][] taken = pending.remove(k);
            if (taken == null) {
                continue;
            }
            refine(k, taken);
            charge(taken, pass.bounds(k));
            BoundNode node = graph.node(k);
            if (node instanceof LinearNode linear) {
                throughLinear(linear, taken);
            } else if (node instanceof ElementwiseNode elementwise) {
                throughElementwise(elementwise, taken);
            } else if (node instanceof PlaneNode planes) {
                throughPlanes(planes, taken);
            } else if (node instanceof MaximumNode maximum) {
                throughMaximum(maximum, taken);
            } else if (node instanceof SumNode sum) {
                throughSum(sum, taken);
            } else if (node instanceof JoinNode join) {
                throughJoin(join, taken);
            }
        }
        double[][] atInput = pending.remove(0);
        if (atInput == null) {
            int length = sample.length * graph.inputs();
            return new double[][] {new double[length], new double[length]};
        }
        refine(0, atInput);
        return atInput;
    }

    private void refine(int k, double[][] taken) {
        if (relaxation != null) {
            relaxation.visit(k, taken[0], taken[1]);
        }
    }

    /** What errors of the node's own evaluation can do to the functionals. */
    private void charge(double[][] taken, NodeBounds bounds) {
        int size = bounds.size;
        for (int r = 0; r < sample.length; r++) {
            double lost = 0;
            for (int i = 0; i < size; i++) {
                lost += (Math.abs(taken[0][r * size + i]) + taken[1][r * size + i])
                        * bounds.error[sample[r] * size + i];
            }
            evaluationError[r] = Rounding.up(evaluationError[r] + lost) + Rounding.TINY;
        }
    }

    private void add(int node, double[] centre, double[] radius) {
        double[][] there = pending.get(node);
        if (there == null) {
            pending.put(node, new double[][] {centre, radius});
            return;
        }
        for (int i = 0; i < centre.length; i++) {
            include(there[0], there[1], i, centre[i], radius[i]);
        }
    }

    /** Adds an interval to another one. */
    private static void include(double[] centre, double[] radius, int i, double c, double r) {
        double sum = centre[i] + c;
        centre[i] = sum;
        radius[i] = (radius[i] + r) * (1 + 4 * Rounding.UNIT) + 2 * Rounding.UNIT * Math.abs(sum);
    }

    private void throughLinear(LinearNode node, double[][] taken) {
        double gamma = Rounding.gamma(2 * node.map().terms());
        double[] radius = new double[taken[1].length];
        for (int i = 0; i < radius.length; i++) {
            radius[i] = taken[1][i] * (1 + 2 * gamma) + gamma * Math.abs(taken[0][i]);
        }
        double[] c = node.map().backward(taken[0], sample.length);
        double[] r = node.absolute().backward(radius, sample.length);
        for (int i = 0; i < r.length; i++) {
            r[i] = r[i] * (1 + 2 * gamma) + Rounding.TINY;
        }
        add(node.input(0), c, r);
    }

    private void throughElementwise(ElementwiseNode node, double[][] taken) {
        double[][] range = node.derivatives(pass.bounds(node.input(0)));
        int size = node.size();
        MatrixProducts.forRows(sample.length, 8L * size, r -> {
            for (int i = 0; i < size; i++) {
                int unit = sample[r] * size + i;
                multiply(taken, r * size + i, range[0][unit], range[1][unit]);
            }
        });
        add(node.input(0), taken[0], taken[1]);
    }

    /** The product of an interval with [low, high]. */
    private static void multiply(double[][] taken, int i, double low, double high) {
        double a = taken[0][i] - taken[1][i];
        double b = taken[0][i] + taken[1][i];
        double least = Math.min(Math.min(a * low, a * high), Math.min(b * low, b * high));
        double most = Math.max(Math.max(a * low, a * high), Math.max(b * low, b * high));
        double centre = least / 2 + most / 2;
        double largest = Math.max(Math.abs(least), Math.abs(most));
        taken[0][i] = centre;
        taken[1][i] = largest == 0
                ? 0
                : Math.max(most - centre, centre - least) + 8 * Rounding.UNIT * largest + Rounding.TINY;
    }

    private void throughMaximum(MaximumNode node, double[][] taken) {
        NodeBounds in = pass.bounds(node.input(0));
        int size = node.size();
        double[] centre = new double[sample.length * in.size];
        double[] radius = new double[centre.length];
        for (int r = 0; r < sample.length; r++) {
            for (int i = 0; i < size; i++) {
                int at = r * size + i;
                int[] candidates = node.candidates(i, in, sample[r]);
                double share = candidates.length == 1 ? 1 : 0;
                double[][] one = {{taken[0][at]}, {taken[1][at]}};
                multiply(one, 0, share, 1);
                for (int j : candidates) {
                    include(centre, radius, r * in.size + j, one[0][0], one[1][0]);
                }
            }
        }
        add(node.input(0), centre, radius);
    }

    /** A function of several numbers multiplies by the interval of each partial derivative. */
    private void throughPlanes(PlaneNode node, double[][] taken) {
        NodeBounds in = pass.bounds(node.input(0));
        int size = node.size();
        int terms = node.window(0).length;
        double[] centre = new double[sample.length * in.size];
        double[] radius = new double[centre.length];
        MatrixProducts.forRows(sample.length, 16L * terms * size, r -> {
            double[][] range = new double[2][terms];
            for (int i = 0; i < size; i++) {
                int at = r * size + i;
                node.derivatives(in, sample[r] * in.size, node.window(i), range);
                for (int t = 0; t < terms; t++) {
                    double[][] one = {{taken[0][at]}, {taken[1][at]}};
                    multiply(one, 0, range[0][t], range[1][t]);
                    include(centre, radius, r * in.size + node.window(i)[t], one[0][0], one[1][0]);
                }
            }
        });
        add(node.input(0), centre, radius);
    }

    private void throughSum(SumNode node, double[][] taken) {
        double[] second = new double[taken[0].length];
        for (int i = 0; i < second.length; i++) {
            second[i] = node.sign() * taken[0][i];
        }
        double[] radius = taken[1].clone();
        add(node.input(0), taken[0], taken[1]);
        add(node.input(1), second, radius);
    }

    private void throughJoin(JoinNode node, double[][] taken) {
        int size = node.size();
        for (int k = 0; k < node.inputCount(); k++) {
            int width = pass.bounds(node.input(k)).size;
            double[] centre = new double[sample.length * width];
            double[] radius = new double[centre.length];
            for (int r = 0; r < sample.length; r++) {
                for (int i = 0; i < size; i++) {
                    if (node.from(i) == k) {
                        include(centre, radius, r * width + node.at(i), taken[0][r * size + i], taken[1][r * size + i]);
                    }
                }
            }
            add(node.input(k), centre, radius);
        }
    }
}
