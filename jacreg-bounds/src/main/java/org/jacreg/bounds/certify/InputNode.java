package org.jacreg.bounds.certify;

import org.jacreg.report.Fingerprint;

/** The input. */
final class InputNode extends BoundNode {

    InputNode(String name, int size) {
        super(name, size);
    }

    @Override
    double[] evaluate(double[]... values) {
        return values[0];
    }

    @Override
    NodeBounds forward(Pass pass) {
        return pass.region().box();
    }

    @Override
    double[] follow(double[][] values, Functionals functionals, SlopeChoice choice, Pass pass) {
        return values[0];
    }

    @Override
    void backward(Functionals functionals, double[] coefficients, Pass pass) {
        SlopeChoice choice = functionals.choice();
        if (choice != null) {
            choice.note(pass.indexOf(this), coefficients);
        }
        pass.region().addMinimum(functionals, coefficients);
    }

    @Override
    void addTo(Fingerprint fingerprint) {
        fingerprint.add("input");
    }
}
