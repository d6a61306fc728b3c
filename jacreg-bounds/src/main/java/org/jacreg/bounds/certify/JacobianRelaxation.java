package org.jacreg.bounds.certify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bounds derivatives again by carrying them on towards the logits.
 *
 * <p>The derivative {@code g_k} of a functional of the logits by node k's values is a linear function of the derivatives by the values of
 * the nodes that read k, up to factors: {@code W^T g} through linear maps, sums and joins, {@code D g} through an activation or a product, and
 * through the maximum over a window a share of g for each entry, where the shares are nonnegative and add up to one. Factors are replaced by the
 * lines of {@link Gate}; what arrives at the logits is a number. So the graph is walked from k to the logits with coefficients of the
 * g's, as {@link Pass} walks from a node to the input with coefficients of values, and rounding is accounted for in the same way.
 *
 * <p>A node's numbers are taken up again where that can tell more than intervals: not where the g's are points, or independent of each other,
 * or one linear map of such; and before an activation or a maximum, only where the sign of g decides about lines.
 */
final class JacobianRelaxation {

    /** Coefficients held at a time, at most: 32 MB. */
    private static final int COEFFICIENTS = 1 << 22;

    /** Intervals of this width relative to their size are points. */
    private static final double NARROW = 1e-12;

    /** What is known of intervals of g: points; free of each other; a linear map of free ones; all else. */
    private enum Form {
        POINT,
        FREE,
        MAPPED,
        LOOSE
    }

    private final BoundGraph graph;
    private final Pass pass;
    private final boolean chords;
    private final int[] sample;
    private final double[] functionals;
    private final Map<Integer, NodeBounds> derivatives = new HashMap<>();
    private final Map<Integer, Form> forms = new HashMap<>();
    private final Map<Integer, Lines> gates = new HashMap<>();

    /** Of activations' derivatives: lower ends, upper ends. */
    private final Map<Integer, double[][]> ranges = new HashMap<>();

    private final Map<Integer, WindowFactors> factors = new HashMap<>();

    /**
     * Starts at the logits.
     *
     * @param sample the sample of every row
     * @param functionals the rows, of one coefficient for every class
     */
    JacobianRelaxation(BoundGraph graph, Pass pass, boolean chords, int[] sample, double[] functionals) {
        this.graph = graph;
        this.pass = pass;
        this.chords = chords;
        this.sample = sample;
        this.functionals = functionals;
    }

    /** Takes up a node, all readers of which were taken up before; makes centres and radii better where it can. */
    void visit(int k, double[] centre, double[] radius) {
        BoundNode node = graph.node(k);
        NodeBounds bounds = new NodeBounds(sample.length, node.size());
        for (int i = 0; i < centre.length; i++) {
            bounds.lower[i] = Math.nextDown(centre[i] - radius[i]);
            bounds.upper[i] = Math.nextUp(centre[i] + radius[i]);
        }
        derivatives.put(k, bounds);
        addErrors(k, bounds);
        if (node instanceof MaximumNode maximum) {
            factors.put(k, new Shares(maximum, pass.bounds(node.input(0)), sample));
        }
        if (node instanceof PlaneNode planes) {
            factors.put(k, new Partials(planes, pass.bounds(node.input(0))));
        }
        if (node instanceof ElementwiseNode elementwise) {
            ranges.put(k, elementwise.derivatives(pass.bounds(node.input(0))));
        }
        Form form = form(k);
        forms.put(k, form);
        if (form == Form.LOOSE) {
            refine(k, bounds, centre, radius);
        }
        if (node instanceof ElementwiseNode) {
            gates.put(k, Gate.lines(bounds, rangeOf(k), sample, chords));
        }
    }

    private WindowFactors factorsOf(int k) {
        return Objects.requireNonNull(factors.get(k));
    }

    private Form form(int k) {
        Form result = k == graph.output() ? Form.POINT : null;
        for (int m : graph.readers(k)) {
            Form form = forms.get(m);
            if (form != null) {
                Form here = behind(form, m);
                boolean alone = result == null && edges(m, k) == 1;
                result = alone || (here == Form.POINT && result == Form.POINT) ? here : Form.LOOSE;
            }
        }
        return result == null ? Form.POINT : result;
    }

    private int edges(int m, int k) {
        int count = 0;
        for (int i = 0; i < graph.node(m).inputCount(); i++) {
            count += graph.node(m).input(i) == k ? 1 : 0;
        }
        return count;
    }

    /** What the part of a derivative is that comes from one reader. */
    private Form behind(Form form, int m) {
        BoundNode node = graph.node(m);
        if (node instanceof ElementwiseNode) {
            boolean fixed = Arrays.equals(rangeOf(m)[0], rangeOf(m)[1]);
            return fixed || form == Form.FREE ? form : form == Form.POINT ? Form.FREE : Form.LOOSE;
        }
        if (factors.containsKey(m)) {
            boolean fixed = true;
            for (int n : sample) {
                for (int i = 0; fixed && i < node.size(); i++) {
                    fixed = factorsOf(m).fixed(n, i);
                }
            }
            return form == Form.POINT ? fixed ? Form.POINT : Form.MAPPED : Form.LOOSE;
        }
        boolean moves = node instanceof SumNode
                || (node instanceof LinearNode linear && linear.map().terms() == 1);
        return form == Form.POINT || moves ? form : form == Form.FREE ? Form.MAPPED : Form.LOOSE;
    }

    private double[][] rangeOf(int k) {
        return Objects.requireNonNull(ranges.get(k));
    }

    private Lines gatesOf(int k) {
        return Objects.requireNonNull(gates.get(k));
    }

    private void refine(int k, NodeBounds bounds, double[] centre, double[] radius) {
        double[] @Nullable [] range = ranges.get(k);
        WindowFactors windows = factors.get(k);
        if (range == null && windows == null && k > 0) {
            return;
        }
        int size = bounds.size;
        int[] wanted = new int[bounds.lower.length];
        int count = 0;
        for (int at = 0; at < wanted.length; at++) {
            int n = sample[at / size];
            int unit = n * size + at % size;
            boolean wide = radius[at] > NARROW * (Math.abs(centre[at]) + radius[at]);
            double a = range == null ? 0 : range[0][unit];
            double b = range == null ? 1 : range[1][unit];
            boolean decides = Gate.open(a, b, bounds.lower[at], bounds.upper[at])
                    && !(windows != null && windows.fixed(n, at % size));
            if (wide && !pass.overflowed(n) && (k == 0 || decides)) {
                wanted[count++] = at;
            }
        }
        int perChunk = Math.max(1, COEFFICIENTS / graph.widest() / 2);
        for (int from = 0; from < count; from += perChunk) {
            tighten(k, bounds, Arrays.copyOfRange(wanted, from, Math.min(count, from + perChunk)), centre, radius);
        }
    }

    private void tighten(int k, NodeBounds bounds, int[] numbers, double[] centre, double[] radius) {
        int rows = 2 * numbers.length;
        int[] pair = new int[rows];
        int[] unit = new int[rows];
        double[] sign = new double[rows];
        for (int r = 0; r < rows; r++) {
            pair[r] = numbers[r / 2] / bounds.size;
            unit[r] = numbers[r / 2] % bounds.size;
            sign[r] = r % 2 == 0 ? 1 : -1;
        }
        double[] least = minima(k, new Functionals(pair), unit, sign);
        for (int i = 0; i < numbers.length; i++) {
            int at = numbers[i];
            double lower = Math.max(bounds.lower[at], least[2 * i]);
            double upper = Math.min(bounds.upper[at], -least[2 * i + 1]);
            if (lower > upper) {
                throw new IllegalStateException("bounds of the derivative by number " + at % bounds.size + " of "
                        + graph.node(k) + " exclude each other: [" + lower + ", " + upper + "]");
            }
            if (lower > bounds.lower[at] || upper < bounds.upper[at]) {
                bounds.lower[at] = lower;
                bounds.upper[at] = upper;
                double middle = lower / 2 + upper / 2;
                centre[at] = middle;
                radius[at] = Math.nextUp(Math.max(upper - middle, middle - lower));
            }
        }
    }

    /** Bounds from below of {@code sign_r} times the derivative by number {@code unit_r} of node k. */
    private double[] minima(int k, Functionals rows, int[] unit, double[] sign) {
        start(k, rows, unit, sign);
        for (int m = k + 1; m <= graph.output(); m++) {
            double[] coefficients = rows.take(m);
            if (coefficients == null) {
                continue;
            }
            rows.chargeErrors(coefficients, derivative(m));
            if (m == graph.output()) {
                finish(rows, coefficients);
            } else {
                spread(m, rows, coefficients);
            }
        }
        double[] result = new double[rows.rows];
        for (int r = 0; r < result.length; r++) {
            double value = Math.nextDown(rows.constant[r] - Rounding.up(rows.slack[r]));
            result[r] = Double.isNaN(value) ? Double.NEGATIVE_INFINITY : value;
        }
        return result;
    }

    private NodeBounds derivative(int m) {
        return Objects.requireNonNull(derivatives.get(m));
    }

    /** The first step is taken with columns of the weights, where there is a single reader that has such. */
    private void start(int k, Functionals rows, int[] unit, double[] sign) {
        NodeBounds own = derivative(k);
        for (int r = 0; r < rows.rows; r++) {
            rows.slack[r] += own.error[rows.sample[r] * own.size + unit[r]] + Rounding.TINY;
        }
        int[] known = graph.readers(k).stream()
                .filter(derivatives::containsKey)
                .mapToInt(m -> m)
                .toArray();
        if (known.length == 1 && graph.node(known[0]) instanceof LinearNode linear) {
            rows.add(known[0], linear.map().columns(unit, sign), derivative(known[0]));
            return;
        }
        double[] coefficients = new double[Math.multiplyExact(rows.rows, own.size)];
        for (int r = 0; r < rows.rows; r++) {
            coefficients[r * own.size + unit[r]] = sign[r];
        }
        spread(k, rows, coefficients);
    }

    private void finish(Functionals rows, double[] coefficients) {
        int classes = graph.classes();
        for (int r = 0; r < rows.rows; r++) {
            double sum = 0;
            double magnitude = 0;
            for (int c = 0; c < classes; c++) {
                double product = coefficients[r * classes + c] * functionals[rows.sample[r] * classes + c];
                sum += product;
                magnitude += Math.abs(product);
            }
            rows.addConstant(r, sum);
            rows.slack[r] += Rounding.gamma(classes) * magnitude + Rounding.TINY;
        }
    }

    /** Replaces coefficients of derivatives by node k's values by coefficients of those by its readers'. */
    private void spread(int k, Functionals rows, double[] coefficients) {
        for (int m : graph.readers(k)) {
            NodeBounds bounds = derivatives.get(m);
            if (bounds == null) {
                continue;
            }
            BoundNode node = graph.node(m);
            if (node instanceof LinearNode linear) {
                rows.add(m, linear.map().forward(coefficients, rows.rows), bounds);
            } else if (node instanceof ElementwiseNode) {
                double[] through = coefficients.clone();
                gatesOf(m).apply(rows, through, bounds.size, null);
                rows.add(m, through, bounds);
            } else if (factors.containsKey(m)) {
                rows.add(m, throughWindows(m, rows, coefficients), bounds);
            } else {
                joined(node, k, rows, coefficients).forEach(part -> rows.add(m, part, bounds));
            }
        }
    }

    /** Every g is multiplied by a sum of its window's coefficients, each with a factor that is free within bounds. */
    private double[] throughWindows(int m, Functionals rows, double[] coefficients) {
        NodeBounds bounds = derivative(m);
        WindowFactors windows = factorsOf(m);
        int size = bounds.size;
        int width = coefficients.length / rows.rows;
        double[] result = new double[Math.multiplyExact(rows.rows, size)];
        MatrixProducts.forRows(rows.rows, 8L * size, r -> {
            int pair = rows.sample[r];
            double[] ends = new double[2];
            double sum = 0;
            for (int i = 0; i < size; i++) {
                windows.span(sample[pair], i, coefficients, r * width, ends);
                double l = bounds.lower[pair * size + i];
                double u = bounds.upper[pair * size + i];
                double slope = Gate.slopeBelow(ends[0], ends[1], l, u, chords);
                result[r * size + i] = slope;
                sum += Gate.interceptBelow(slope, ends[0], ends[1], l, u);
            }
            rows.addConstant(r, sum);
        });
        return result;
    }

    private List<double[]> joined(BoundNode node, int k, Functionals rows, double[] coefficients) {
        int size = node.size();
        int width = coefficients.length / rows.rows;
        List<double[]> parts = new ArrayList<>();
        for (int slot = 0; slot < node.inputCount(); slot++) {
            if (node.input(slot) != k) {
                continue;
            }
            double[] part = new double[Math.multiplyExact(rows.rows, size)];
            int factor = node instanceof SumNode sum && slot == 1 ? sum.sign() : 1;
            for (int at = 0; at < part.length; at++) {
                int i = at % size;
                if (!(node instanceof JoinNode join)) {
                    part[at] = factor * coefficients[at];
                } else if (join.from(i) == slot) {
                    part[at] = coefficients[at / size * width + join.at(i)];
                }
            }
            parts.add(part);
        }
        return parts;
    }

    /** What a coefficient 1 of node k's derivative loses to rounding on its way to the readers. */
    private void addErrors(int k, NodeBounds bounds) {
        for (int m : graph.readers(k)) {
            NodeBounds behind = derivatives.get(m);
            if (behind == null) {
                continue;
            }
            double[] magnitudes = behind.magnitudes();
            if (graph.node(m) instanceof LinearNode linear) {
                double gamma = Rounding.up(Rounding.gamma(2 * linear.map().terms()));
                double[] sums = linear.absolute().backward(magnitudes, sample.length);
                for (int i = 0; i < sums.length; i++) {
                    bounds.error[i] += gamma * sums[i] + Rounding.TINY;
                }
            } else if (graph.node(m) instanceof ElementwiseNode) {
                double[][] range = rangeOf(m);
                for (int i = 0; i < magnitudes.length; i++) {
                    int unit = sample[i / behind.size] * behind.size + i % behind.size;
                    double steepest = Math.max(Math.abs(range[0][unit]), Math.abs(range[1][unit]));
                    bounds.error[i] += 8 * Rounding.gamma(behind.size) * steepest * magnitudes[i];
                }
            } else if (factors.containsKey(m)) {
                for (int at = 0; at < magnitudes.length; at++) {
                    int pair = at / behind.size;
                    factorsOf(m)
                            .charge(sample[pair], at % behind.size, magnitudes[at], bounds.error, pair * bounds.size);
                }
            }
        }
        for (int i = 0; i < bounds.error.length; i++) {
            bounds.error[i] = Rounding.up(bounds.error[i]);
        }
    }
}
