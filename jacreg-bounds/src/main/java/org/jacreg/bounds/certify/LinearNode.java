package org.jacreg.bounds.certify;

import java.util.Arrays;
import org.jacreg.report.Fingerprint;

/** {@code W h + b}. */
final class LinearNode extends BoundNode {

    /** Roundings in a batch normalisation, the longest of the diagonal maps. */
    private static final long FUSED_OPERATIONS = 8;

    private static final double SMALLEST_SCALE = 0x1p-10;

    /** Numbers before at most two fused scales are this much larger than those behind them. */
    private static final double HEADROOM = 0x1p24;

    private final LinearMap map;
    private final LinearMap absolute;
    private final double[] bias;
    private final double[] biasMagnitude;
    private final long operations;
    private final double largest;
    private final double gain;
    private final boolean exact;

    /**
     * Makes a node.
     *
     * @param bias {@code b}
     * @param biasMagnitude the sum of the absolute values of what b is made of, at least {@code |b|}
     * @param operations roundings beside those of the products' sums
     * @param gain how much what underflows on the way may be enlarged
     */
    private LinearNode(
            String name,
            int input,
            LinearMap map,
            double[] bias,
            double[] biasMagnitude,
            long operations,
            double gain) {
        super(name, map.outputs(), input);
        this.map = map;
        this.absolute = map.absolute();
        this.bias = bias;
        this.biasMagnitude = biasMagnitude;
        this.operations = operations;
        this.largest = map.largest();
        this.gain = gain;
        this.exact = map.copies() && Arrays.stream(biasMagnitude).allMatch(m -> m == 0);
    }

    /** A node of one op of the graph; {@code biasMagnitude} is at least the sum of absolute values of what the bias is made of. */
    static LinearNode of(String name, int input, LinearMap map, double[] bias, double[] biasMagnitude) {
        return new LinearNode(name, input, map, bias, biasMagnitude, 0, 1);
    }

    /** This node with {@code diag(s) . + t} behind it. */
    LinearNode then(String newName, double[] s, double[] t, double[] magnitude) {
        double[] b = new double[bias.length];
        double[] m = new double[bias.length];
        for (int i = 0; i < b.length; i++) {
            b[i] = s[i] * bias[i] + t[i];
            m[i] = Math.abs(s[i]) * biasMagnitude[i] + magnitude[i];
        }
        double largestScale = Arrays.stream(s).map(Math::abs).max().orElse(0);
        return new LinearNode(
                newName,
                input(0),
                map.scaledOutputs(s),
                b,
                m,
                operations + FUSED_OPERATIONS,
                gain * Math.max(1, largestScale));
    }

    /** Whether a diagonal map can be taken in without hiding an overflow before it. */
    static boolean fusible(double[] s) {
        return Arrays.stream(s).allMatch(v -> Math.abs(v) >= SMALLEST_SCALE);
    }

    @Override
    double[] evaluate(double[]... values) {
        double[] y = map.forward(values[0], 1);
        for (int i = 0; i < y.length; i++) {
            y[i] += bias[i];
        }
        return y;
    }

    @Override
    NodeBounds forward(Pass pass) {
        NodeBounds in = pass.bounds(input(0));
        int samples = pass.samples();
        if (exact) {
            return moved(in, samples);
        }
        double[] centre = new double[in.lower.length];
        double[] radius = new double[in.lower.length];
        for (int i = 0; i < centre.length; i++) {
            double c = in.lower[i] / 2 + in.upper[i] / 2;
            centre[i] = c;
            radius[i] = Math.nextUp(Math.max(in.upper[i] - c, c - in.lower[i]));
        }
        double[] middle = map.forward(centre, samples);
        double[] spread = absolute.forward(radius, samples);
        double[] magnitude = absolute.forward(in.magnitudes(), samples);
        NodeBounds out = new NodeBounds(samples, size());
        double own = Rounding.gamma(2 * map.terms() + operations + size());
        Arithmetic arithmetic = pass.arithmetic();
        double factor = Rounding.up(arithmetic.gamma(map.terms() + operations) + own);
        double underflow = (map.terms() + operations) * arithmetic.underflow() * (1 + largest) * gain;
        for (int i = 0; i < middle.length; i++) {
            double total = Rounding.up(magnitude[i] + biasMagnitude[i % size()]);
            out.error[i] = Rounding.up(factor * total + underflow);
            double reach = Rounding.up(spread[i] * own + out.error[i]) + spread[i] * (1 + 2 * Rounding.UNIT);
            double value = middle[i] + bias[i % size()];
            out.lower[i] = Math.nextDown(value - reach - Rounding.TINY);
            out.upper[i] = Math.nextUp(value + reach + Rounding.TINY);
            if (!(total * HEADROOM < arithmetic.largest())) {
                out.upper[i] = Double.POSITIVE_INFINITY;
            }
        }
        return out;
    }

    private NodeBounds moved(NodeBounds in, int samples) {
        NodeBounds out = new NodeBounds(samples, size());
        System.arraycopy(map.forward(in.lower, samples), 0, out.lower, 0, out.lower.length);
        System.arraycopy(map.forward(in.upper, samples), 0, out.upper, 0, out.upper.length);
        return out;
    }

    @Override
    double[] follow(double[][] values, Functionals functionals, SlopeChoice choice, Pass pass) {
        double[] y = map.forward(values[0], functionals.rows);
        for (int i = 0; i < y.length; i++) {
            y[i] += bias[i % size()];
        }
        return y;
    }

    @Override
    void backward(Functionals functionals, double[] coefficients, Pass pass) {
        addBias(functionals, coefficients);
        functionals.add(input(0), map.backward(coefficients, functionals.rows), pass.bounds(input(0)));
    }

    private void addBias(Functionals functionals, double[] coefficients) {
        for (int r = 0; r < functionals.rows; r++) {
            double sum = 0;
            for (int i = 0; i < size(); i++) {
                sum += coefficients[r * size() + i] * bias[i];
            }
            functionals.addConstant(r, sum);
        }
    }

    /** Starts row r as {@code sign_r} times this node's value number {@code unit_r}: the rows of W, without a product. */
    void start(Functionals functionals, int[] unit, double[] sign, Pass pass) {
        int width = map.inputs();
        double[] coefficients = new double[Math.multiplyExact(functionals.rows, width)];
        NodeBounds bounds = pass.bounds(pass.indexOf(this));
        MatrixProducts.forRows(functionals.rows, width, r -> {
            map.addRow(unit[r], sign[r], coefficients, r * width);
            functionals.addConstant(r, sign[r] * bias[unit[r]]);
            functionals.slack[r] += bounds.error[functionals.sample[r] * size() + unit[r]] + Rounding.TINY;
        });
        functionals.add(input(0), coefficients, pass.bounds(input(0)));
    }

    /** The shift of all numbers, NaN if there is none. */
    double uniformBias() {
        return Arrays.stream(bias).allMatch(b -> b == bias[0]) ? bias[0] : Double.NaN;
    }

    LinearMap map() {
        return map;
    }

    /** {@code |W|}. */
    LinearMap absolute() {
        return absolute;
    }

    @Override
    void addTo(Fingerprint fingerprint) {
        map.addTo(fingerprint.add("linear"));
        fingerprint.add(bias);
    }
}
