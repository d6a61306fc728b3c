package org.jacreg.bounds.certify;

import java.util.Arrays;
import org.jacreg.report.Fingerprint;

/**
 * A {@link Curve} of every number. Where an argument may leave the domain the values are unbounded, which takes the sample out of the
 * computation as an overflow does.
 *
 * <p>On the side to which the function is bent lies its chord, on the other side a tangent.
 */
final class CurveNode extends ElementwiseNode {

    /** Above the relative error of a value or a derivative in float64. */
    private static final double EVALUATION = 0x1p-48;

    private final Curve curve;

    CurveNode(String name, int size, int input, Curve curve) {
        super(name, size, input);
        this.curve = curve;
    }

    @Override
    double[] evaluate(double[]... values) {
        return Arrays.stream(values[0]).map(curve::value).toArray();
    }

    @Override
    NodeBounds forward(Pass pass) {
        NodeBounds in = pass.bounds(input(0));
        NodeBounds out = new NodeBounds(pass.samples(), size());
        Lines lines = new Lines(in.lower.length);
        double additions = Rounding.gamma(size());
        MatrixProducts.forRows(pass.samples(), 100L * size(), n -> {
            for (int i = n * size(); i < (n + 1) * size(); i++) {
                if (!curve.defined(in.lower[i], in.upper[i])) {
                    out.lower[i] = Double.NEGATIVE_INFINITY;
                    out.upper[i] = Double.POSITIVE_INFINITY;
                    continue;
                }
                setRange(in.lower[i], in.upper[i], out, i);
                setLines(lines, i, in.lower[i], in.upper[i], out);
                double error = curve.error(out.magnitude(i), pass.arithmetic());
                out.error[i] = error;
                out.lower[i] = Math.nextDown(out.lower[i] - error);
                out.upper[i] = Math.nextUp(out.upper[i] + error);
                chargeLines(lines, i, in, out, additions);
            }
        });
        pass.setLines(this, lines);
        return out;
    }

    private void setRange(double l, double u, NodeBounds out, int i) {
        double atLower = curve.value(l);
        double atUpper = curve.value(u);
        double least = Math.min(atLower, atUpper);
        double most = Math.max(atLower, atUpper);
        out.lower[i] = curve == Curve.SQUARE && l <= 0 && u >= 0 ? 0 : least - doubt(least);
        out.upper[i] = most + doubt(most);
    }

    private static double doubt(double value) {
        return EVALUATION * Math.abs(value) + Rounding.TINY;
    }

    private void setLines(Lines lines, int i, double l, double u, NodeBounds out) {
        double t = curve.touching(l, u);
        double tangent = curve.derivative(t);
        double chord = l < u ? (curve.value(u) - curve.value(l)) / (u - l) : tangent;
        if (!(Math.abs(tangent) < Double.POSITIVE_INFINITY && Math.abs(chord) < Double.POSITIVE_INFINITY)) {
            lines.set(i, 0, out.lower[i], 0, out.upper[i]);
            return;
        }
        double sign = curve.curvature(l);
        double value = sign * curve.value(t);
        // the tangent's slope is itself rounded
        double below =
                value - sign * tangent * t - 4 * doubt(Math.abs(value) + Math.abs(tangent) * (Math.abs(t) + u - l));
        double above = Math.max(sign * (curve.value(l) - chord * l), sign * (curve.value(u) - chord * u))
                + 4 * doubt(out.magnitude(i) + Math.abs(chord) * Math.max(Math.abs(l), Math.abs(u)));
        if (sign > 0) {
            lines.set(i, tangent, below, chord, above);
        } else {
            lines.set(i, chord, -above, tangent, -below);
        }
    }

    @Override
    void markUndecided(NodeBounds in, boolean[] wanted) {
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] |= in.lower[i] < in.upper[i];
        }
    }

    /** Monotone, because the function is convex or concave. */
    @Override
    double[][] derivatives(NodeBounds in) {
        double[][] result = new double[2][in.lower.length];
        for (int i = 0; i < in.lower.length; i++) {
            double a = curve.derivative(in.lower[i]);
            double b = curve.derivative(in.upper[i]);
            if (curve.defined(in.lower[i], in.upper[i])) {
                result[0][i] = Math.min(a, b) - doubt(Math.min(a, b));
                result[1][i] = Math.max(a, b) + doubt(Math.max(a, b));
            }
        }
        return result;
    }

    @Override
    void addTo(Fingerprint fingerprint) {
        fingerprint.add("curve").add(curve.name());
    }
}
