package org.jacreg.bounds.certify;

/** A function of every number, between two lines. */
abstract sealed class ElementwiseNode extends NonlinearNode permits ActivationNode, CurveNode {

    ElementwiseNode(String name, int size, int input) {
        super(name, size, input);
    }

    /** Bounds of the derivative between bounds of the argument: the lower ends, then the upper ones. */
    abstract double[][] derivatives(NodeBounds in);

    /** Adds to a number's error what rounding loses with its lines. */
    static void chargeLines(Lines lines, int i, NodeBounds in, NodeBounds out, double additions) {
        out.error[i] = Rounding.up(out.error[i]
                + 4 * Rounding.UNIT * lines.largestSlope(i) * in.magnitude(i)
                + additions * lines.largestIntercept(i));
    }

    @Override
    final void backward(Functionals functionals, double[] coefficients, Pass pass) {
        SlopeChoice choice = functionals.choice();
        Lines lines = pass.lines(this);
        double[] slopes = null;
        if (choice != null) {
            int node = pass.indexOf(this);
            choice.note(node, coefficients);
            slopes = choice.slopes(node, lines, functionals, size());
        }
        lines.apply(functionals, coefficients, size(), slopes);
        functionals.add(input(0), coefficients, pass.bounds(input(0)));
    }

    @Override
    final double[] follow(double[][] values, Functionals functionals, SlopeChoice choice, Pass pass) {
        int node = pass.indexOf(this);
        Lines lines = pass.lines(this);
        double[] coefficients = choice.noted(node);
        double[] slopes = choice.slopes(node, lines, functionals, size());
        double[] result = new double[values[0].length];
        for (int i = 0; i < result.length; i++) {
            int at = functionals.sample[i / size()] * size() + i % size();
            result[i] = lines.follow(at, coefficients == null ? 0 : coefficients[i], slopes[i], values[0][i]);
        }
        return result;
    }
}
