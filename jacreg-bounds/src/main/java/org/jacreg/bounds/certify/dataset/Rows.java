package org.jacreg.bounds.certify.dataset;

/** Rows of samples, and which of their numbers is the largest. */
final class Rows {

    private Rows() {}

    static double[][] chosen(double[][] x, int[] rows) {
        double[][] result = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            result[i] = x[rows[i]];
        }
        return result;
    }

    static int[] chosen(int[] labels, int[] rows) {
        int[] result = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            result[i] = labels[rows[i]];
        }
        return result;
    }

    /** The place of the largest number, the first of several; NaN is never the largest. */
    static int largest(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[best] || Double.isNaN(values[best])) {
                best = i;
            }
        }
        return best;
    }
}
