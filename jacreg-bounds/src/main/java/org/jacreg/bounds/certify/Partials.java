package org.jacreg.bounds.certify;

/** Bounds of the partial derivatives of a {@link PlaneNode} over the regions of a batch. */
final class Partials extends WindowFactors {

    private final PlaneNode node;
    private final int terms;

    /** [samples, size, terms]. */
    private final double[] lower;

    private final double[] upper;

    Partials(PlaneNode node, NodeBounds in) {
        this.node = node;
        this.terms = node.window(0).length;
        int samples = in.lower.length / in.size;
        this.lower = new double[Math.multiplyExact(samples * node.size(), terms)];
        this.upper = new double[lower.length];
        double[][] range = new double[2][terms];
        for (int at = 0; at < samples * node.size(); at++) {
            node.derivatives(in, at / node.size() * in.size, node.window(at % node.size()), range);
            System.arraycopy(range[0], 0, lower, at * terms, terms);
            System.arraycopy(range[1], 0, upper, at * terms, terms);
        }
    }

    @Override
    void span(int sample, int i, double[] coefficients, int offset, double[] ends) {
        ends[0] = 0;
        ends[1] = 0;
        int from = (sample * node.size() + i) * terms;
        for (int t = 0; t < terms; t++) {
            double c = coefficients[offset + node.window(i)[t]];
            ends[0] += Math.min(c * lower[from + t], c * upper[from + t]);
            ends[1] += Math.max(c * lower[from + t], c * upper[from + t]);
        }
    }

    @Override
    void charge(int sample, int i, double magnitude, double[] errors, int offset) {
        int from = (sample * node.size() + i) * terms;
        double factor = 8 * Rounding.gamma((long) node.size() + terms) * magnitude;
        for (int t = 0; t < terms; t++) {
            double steepest = Math.max(Math.abs(lower[from + t]), Math.abs(upper[from + t]));
            errors[offset + node.window(i)[t]] += factor * steepest;
        }
    }

    @Override
    boolean fixed(int sample, int i) {
        return false;
    }
}
