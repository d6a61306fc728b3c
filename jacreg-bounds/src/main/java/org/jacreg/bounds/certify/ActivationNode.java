package org.jacreg.bounds.certify;

import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.report.Fingerprint;

/** A function of every number. */
final class ActivationNode extends ElementwiseNode {

    /** Softplus is ln(1 + e^x) on the backend, which overflows from 88 on in float32 and from 709 on in float64. */
    private static final double LOG_OF_LARGEST_FLOAT = 85;

    private static final double LOG_OF_LARGEST_DOUBLE = 700;

    private static final double UNITS = 16;

    private final ActivationShape shape;
    private final double argumentUnits;

    ActivationNode(String name, int size, int input, ActivationFunction function) {
        this(name, size, input, function, 0);
    }

    /** A function whose evaluation may be off by some units of its argument, too, because it is made of several ops. */
    ActivationNode(String name, int size, int input, ActivationFunction function, double argumentUnits) {
        super(name, size, input);
        this.argumentUnits = argumentUnits;
        this.shape = ActivationShape.of(function);
    }

    @Override
    double[] evaluate(double[]... values) {
        double[] y = new double[size()];
        for (int i = 0; i < y.length; i++) {
            y[i] = shape.function().value(values[0][i]);
        }
        return y;
    }

    @Override
    NodeBounds forward(Pass pass) {
        NodeBounds in = pass.bounds(input(0));
        NodeBounds out = new NodeBounds(pass.samples(), size());
        double units = pass.arithmetic().unit() * UNITS;
        MatrixProducts.forRows(pass.samples(), 100L * size(), n -> {
            for (int i = n * size(); i < (n + 1) * size(); i++) {
                setRange(in.lower[i], in.upper[i], out, i);
                if (!shape.exact()) {
                    double error = units * (1 + out.magnitude(i)) * (1 + 0x1p-20);
                    if (argumentUnits > 0) {
                        error = Rounding.up(
                                error + argumentUnits * pass.arithmetic().unit() * in.magnitude(i));
                    }
                    out.error[i] = error;
                    out.lower[i] = Math.nextDown(out.lower[i] - error);
                    out.upper[i] = overflows(in.upper[i], pass.arithmetic())
                            ? Double.POSITIVE_INFINITY
                            : Math.nextUp(out.upper[i] + error);
                }
            }
        });
        pass.setLines(this, lines(in, out, pass));
        return out;
    }

    private boolean overflows(double upper, Arithmetic arithmetic) {
        boolean softplus = shape.function().kind() == ActivationFunction.Kind.SOFTPLUS;
        return softplus && upper > (arithmetic == Arithmetic.FLOAT32 ? LOG_OF_LARGEST_FLOAT : LOG_OF_LARGEST_DOUBLE);
    }

    private void setRange(double l, double u, NodeBounds out, int i) {
        if (shape.exact()) {
            out.lower[i] = shape.function().value(l);
            out.upper[i] = shape.function().value(u);
        } else {
            out.lower[i] = shape.minimum(0, l, u);
            out.upper[i] = shape.maximum(0, l, u);
        }
    }

    /** Lines for every number, and in {@code out.error} what rounding loses with them. */
    private Lines lines(NodeBounds in, NodeBounds out, Pass pass) {
        Line line = new Line(shape, pass.method() == BoundMethod.FAST_LIN);
        Lines lines = new Lines(in.lower.length);
        double additions = Rounding.gamma(size());
        MatrixProducts.forRows(pass.samples(), 1000L * size(), n -> {
            for (int i = n * size(); i < (n + 1) * size(); i++) {
                lines.set(i, line.lowerSlope(in.lower[i], in.upper[i]), line.upperSlope(in.lower[i], in.upper[i]));
                lines.fit(shape, i, in.lower[i], in.upper[i]);
                chargeLines(lines, i, in, out, additions);
            }
        });
        return lines;
    }

    ActivationFunction function() {
        return shape.function();
    }

    @Override
    void markUndecided(NodeBounds in, boolean[] wanted) {
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] |= in.lower[i] < in.upper[i] && !shape.straight(in.lower[i], in.upper[i]);
        }
    }

    @Override
    double[][] derivatives(NodeBounds in) {
        DerivativeRange derivative = new DerivativeRange(shape.function());
        double[][] result = new double[2][in.lower.length];
        double[] range = new double[2];
        for (int i = 0; i < in.lower.length; i++) {
            derivative.on(in.lower[i], in.upper[i], range);
            result[0][i] = range[0];
            result[1][i] = range[1];
        }
        return result;
    }

    @Override
    void addTo(Fingerprint fingerprint) {
        ActivationFunction function = shape.function();
        fingerprint.add("activation").add(function.kind().name()).add(function.parameter());
    }
}
