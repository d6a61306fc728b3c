package org.jacreg.bounds.certify;

import org.jacreg.report.Fingerprint;

/** Numbers of several nodes side by side: output i is number {@code at[i]} of input {@code from[i]}. */
final class JoinNode extends BoundNode {

    private final int[] from;
    private final int[] at;

    JoinNode(String name, int[] inputs, int[] from, int[] at) {
        super(name, from.length, inputs);
        this.from = from.clone();
        this.at = at.clone();
    }

    @Override
    double[] evaluate(double[]... values) {
        double[] y = new double[size()];
        for (int i = 0; i < y.length; i++) {
            y[i] = values[from[i]][at[i]];
        }
        return y;
    }

    @Override
    NodeBounds forward(Pass pass) {
        NodeBounds out = new NodeBounds(pass.samples(), size());
        for (int n = 0; n < pass.samples(); n++) {
            for (int i = 0; i < size(); i++) {
                NodeBounds in = pass.bounds(input(from[i]));
                out.lower[n * size() + i] = in.lower[n * in.size + at[i]];
                out.upper[n * size() + i] = in.upper[n * in.size + at[i]];
            }
        }
        return out;
    }

    @Override
    double[] follow(double[][] values, Functionals functionals, SlopeChoice choice, Pass pass) {
        double[] y = new double[functionals.rows * size()];
        for (int i = 0; i < y.length; i++) {
            int part = from[i % size()];
            y[i] = values[part][i / size() * pass.bounds(input(part)).size + at[i % size()]];
        }
        return y;
    }

    @Override
    void backward(Functionals functionals, double[] coefficients, Pass pass) {
        for (int k = 0; k < inputCount(); k++) {
            NodeBounds in = pass.bounds(input(k));
            double[] part = new double[functionals.rows * in.size];
            for (int r = 0; r < functionals.rows; r++) {
                for (int i = 0; i < size(); i++) {
                    if (from[i] == k) {
                        part[r * in.size + at[i]] += coefficients[r * size() + i];
                    }
                }
            }
            functionals.add(input(k), part, in);
        }
    }

    int from(int i) {
        return from[i];
    }

    int at(int i) {
        return at[i];
    }

    @Override
    void addTo(Fingerprint fingerprint) {
        fingerprint.add("join").add(from).add(at);
    }
}
