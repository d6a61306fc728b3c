package org.jacreg.bounds.certify;

import org.jacreg.report.Fingerprint;

/** {@code a + s b} with s either 1 or -1. */
final class SumNode extends BoundNode {

    private final int sign;

    SumNode(String name, int size, int a, int b, int sign) {
        super(name, size, a, b);
        this.sign = sign;
    }

    @Override
    double[] evaluate(double[]... values) {
        double[] y = values[0].clone();
        for (int i = 0; i < y.length; i++) {
            y[i] += sign * values[1][i];
        }
        return y;
    }

    @Override
    NodeBounds forward(Pass pass) {
        NodeBounds a = pass.bounds(input(0));
        NodeBounds b = pass.bounds(input(1));
        NodeBounds out = new NodeBounds(pass.samples(), size());
        double factor = pass.arithmetic().gamma(1) + Rounding.gamma(1);
        for (int i = 0; i < out.lower.length; i++) {
            double total = Rounding.up(a.magnitude(i) + b.magnitude(i));
            double error = Rounding.up(factor * total + pass.arithmetic().underflow());
            out.error[i] = error;
            out.lower[i] = Math.nextDown(a.lower[i] + (sign > 0 ? b.lower[i] : -b.upper[i]) - error);
            out.upper[i] = Math.nextUp(a.upper[i] + (sign > 0 ? b.upper[i] : -b.lower[i]) + error);
            if (!(total < pass.arithmetic().largest())) {
                out.upper[i] = Double.POSITIVE_INFINITY;
            }
        }
        return out;
    }

    @Override
    double[] follow(double[][] values, Functionals functionals, SlopeChoice choice, Pass pass) {
        return evaluate(values);
    }

    @Override
    void backward(Functionals functionals, double[] coefficients, Pass pass) {
        double[] second = coefficients.clone();
        if (sign < 0) {
            for (int i = 0; i < second.length; i++) {
                second[i] = -second[i];
            }
        }
        functionals.add(input(0), coefficients, pass.bounds(input(0)));
        functionals.add(input(1), second, pass.bounds(input(1)));
    }

    int sign() {
        return sign;
    }

    @Override
    void addTo(Fingerprint fingerprint) {
        fingerprint.add("sum").add(sign);
    }
}
