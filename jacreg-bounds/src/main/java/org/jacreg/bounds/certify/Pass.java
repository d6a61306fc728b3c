package org.jacreg.bounds.certify;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bounds of all values of a network over the regions of one batch, node after node.
 *
 * <p>Every node gets the interval rule. Before a nonlinear op, the numbers that decide its lines are bounded again by carrying them back,
 * to the input or, with {@link BoundMethod#INTERVAL}, to the outputs of the last nonlinear ops; the better of both holds.
 */
final class Pass {

    /** Coefficients held at a time, at most: 8 MB. */
    private static final int COEFFICIENTS = 1 << 20;

    private final BoundGraph graph;
    private final Region region;
    private final BoundMethod method;
    private final Arithmetic arithmetic;
    private final @Nullable NodeBounds[] bounds;
    private final @Nullable Lines[] lines;
    private final @Nullable Planes[] planes;
    private final boolean[] overflow;

    Pass(BoundGraph graph, Region region, BoundMethod method, Arithmetic arithmetic) {
        this.graph = graph;
        this.region = region;
        this.method = method;
        this.arithmetic = arithmetic;
        this.bounds = new NodeBounds[graph.size()];
        this.lines = new Lines[graph.size()];
        this.planes = new Planes[graph.size()];
        this.overflow = new boolean[region.samples()];
        for (int k = 0; k < graph.size(); k++) {
            NodeBounds made = graph.node(k).forward(this);
            bounds[k] = made;
            muteOverflow(made);
            refine(k, made);
        }
    }

    int samples() {
        return region.samples();
    }

    Region region() {
        return region;
    }

    BoundMethod method() {
        return method;
    }

    Arithmetic arithmetic() {
        return arithmetic;
    }

    NodeBounds bounds(int node) {
        return Objects.requireNonNull(bounds[node]);
    }

    int indexOf(BoundNode node) {
        return graph.indexOf(node);
    }

    Lines lines(BoundNode node) {
        return Objects.requireNonNull(lines[indexOf(node)]);
    }

    void setLines(BoundNode node, Lines found) {
        lines[indexOf(node)] = found;
    }

    Planes planes(BoundNode node) {
        return Objects.requireNonNull(planes[indexOf(node)]);
    }

    void setPlanes(BoundNode node, Planes found) {
        planes[indexOf(node)] = found;
    }

    /** Whether a sample's numbers became too large, so that nothing is known of it. */
    boolean overflowed(int sample) {
        return overflow[sample];
    }

    /** Takes samples whose numbers are too large out of the computation. */
    private void muteOverflow(NodeBounds made) {
        double limit = Math.min(Rounding.LARGEST, arithmetic.largest());
        for (int n = 0; n < samples(); n++) {
            for (int i = n * made.size; i < (n + 1) * made.size && !overflow[n]; i++) {
                overflow[n] = !(made.magnitude(i) < limit && made.error[i] < limit);
            }
            if (overflow[n]) {
                Arrays.fill(made.lower, n * made.size, (n + 1) * made.size, 0);
                Arrays.fill(made.upper, n * made.size, (n + 1) * made.size, 0);
                Arrays.fill(made.error, n * made.size, (n + 1) * made.size, 0);
            }
        }
    }

    private void refine(int node, NodeBounds made) {
        boolean worthIt = method == BoundMethod.INTERVAL
                ? graph.isAffine(node) && region.norm() != BallNorm.LINF
                : graph.hasNonlinearReader(node);
        if (!worthIt || graph.node(node) instanceof InputNode) {
            return;
        }
        boolean[] wanted = new boolean[made.lower.length];
        for (NonlinearNode reader : graph.nonlinearReaders(node)) {
            reader.markUndecided(made, wanted);
        }
        int[] numbers = indicesOf(wanted);
        int perChunk = Math.max(1, COEFFICIENTS / graph.widest() / 2);
        for (int from = 0; from < numbers.length; from += perChunk) {
            tighten(node, made, Arrays.copyOfRange(numbers, from, Math.min(numbers.length, from + perChunk)));
        }
    }

    private int[] indicesOf(boolean[] wanted) {
        int count = 0;
        int[] result = new int[wanted.length];
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i] && !overflow[i / (wanted.length / samples())]) {
                result[count++] = i;
            }
        }
        return Arrays.copyOf(result, count);
    }

    /** Bounds some of a node's numbers from both sides. */
    private void tighten(int node, NodeBounds made, int[] numbers) {
        int rows = 2 * numbers.length;
        int[] sample = new int[rows];
        int[] unit = new int[rows];
        double[] sign = new double[rows];
        for (int r = 0; r < rows; r++) {
            sample[r] = numbers[r / 2] / made.size;
            unit[r] = numbers[r / 2] % made.size;
            sign[r] = r % 2 == 0 ? 1 : -1;
        }
        Functionals functionals = new Functionals(sample);
        if (graph.node(node) instanceof LinearNode linear) {
            linear.start(functionals, unit, sign, this);
        } else {
            double[] start = new double[Math.multiplyExact(rows, made.size)];
            for (int r = 0; r < rows; r++) {
                start[r * made.size + unit[r]] = sign[r];
            }
            functionals.add(node, start, made);
        }
        double[] least = minima(functionals, node, method == BoundMethod.INTERVAL);
        for (int i = 0; i < numbers.length; i++) {
            int at = numbers[i];
            made.lower[at] = least[2 * i] > made.lower[at] ? least[2 * i] : made.lower[at];
            made.upper[at] = -least[2 * i + 1] < made.upper[at] ? -least[2 * i + 1] : made.upper[at];
            if (made.lower[at] > made.upper[at]) {
                throw new IllegalStateException("bounds of number " + at % made.size + " of " + graph.node(node)
                        + " exclude each other: [" + made.lower[at] + ", " + made.upper[at] + "]");
            }
        }
    }

    /** Carries functionals back from a node, to the input or to boxes of nonlinear ops' outputs, and gives bounds from below. */
    double[] minima(Functionals functionals, int from, boolean stopAtBoxes) {
        for (int k = from; k >= 0; k--) {
            double[] coefficients = functionals.take(k);
            if (coefficients == null) {
                continue;
            }
            if (k < from && stopAtBoxes && graph.node(k) instanceof NonlinearNode) {
                addBoxMinimum(functionals, coefficients, bounds(k));
            } else {
                functionals.chargeErrors(coefficients, bounds(k));
                graph.node(k).backward(functionals, coefficients, this);
            }
        }
        double[] result = new double[functionals.rows];
        for (int r = 0; r < result.length; r++) {
            double value = Math.nextDown(functionals.constant[r] - Rounding.up(functionals.slack[r]));
            result[r] = Double.isNaN(value) ? Double.NEGATIVE_INFINITY : value;
        }
        return result;
    }

    private static void addBoxMinimum(Functionals functionals, double[] coefficients, NodeBounds box) {
        int size = box.size;
        MatrixProducts.forRows(functionals.rows, size, r -> {
            int at = functionals.sample[r] * size;
            double sum = 0;
            double magnitude = 0;
            for (int i = 0; i < size; i++) {
                double c = coefficients[r * size + i];
                sum += c * (c > 0 ? box.lower[at + i] : box.upper[at + i]);
                magnitude += Math.abs(c) * box.magnitude(at + i);
            }
            functionals.addConstant(r, sum);
            functionals.slack[r] += Rounding.gamma(size) * magnitude + Rounding.TINY;
        });
    }

    private double[] carried(int node, int[] sample, double[] start, boolean stopAtBoxes) {
        Functionals functionals = new Functionals(sample);
        functionals.add(node, start, bounds(node));
        return minima(functionals, node, stopAtBoxes);
    }

    /** Bounds from below of the functionals {@code matrix . logits}, one row for every sample and row of the sample's matrix. */
    double[][] ofLogits(double[][][] matrices) {
        int output = graph.output();
        NodeBounds logits = bounds(output);
        int total = Arrays.stream(matrices).mapToInt(m -> m.length).sum();
        int[] sample = new int[total];
        double[] start = new double[Math.multiplyExact(total, logits.size)];
        int row = 0;
        for (int n = 0; n < matrices.length; n++) {
            for (double[] functional : matrices[n]) {
                System.arraycopy(functional, 0, start, row * logits.size, logits.size);
                sample[row++] = n;
            }
        }
        double[] kept = start.clone();
        double[] least = carried(output, sample, start.clone(), method == BoundMethod.INTERVAL);
        if (method != BoundMethod.INTERVAL) {
            double[] byIntervals = carried(output, sample, start, true);
            Arrays.setAll(least, r -> Math.max(least[r], byIntervals[r]));
            if (method == BoundMethod.ALPHA_CROWN) {
                new SlopeSearch(graph, this, sample, kept).improve(least);
            }
        }
        double[][] result = new double[matrices.length][];
        row = 0;
        for (int n = 0; n < matrices.length; n++) {
            result[n] = Arrays.copyOfRange(least, row, row + matrices[n].length);
            row += matrices[n].length;
            if (overflow[n]) {
                Arrays.fill(result[n], Double.NEGATIVE_INFINITY);
            }
        }
        return result;
    }
}
