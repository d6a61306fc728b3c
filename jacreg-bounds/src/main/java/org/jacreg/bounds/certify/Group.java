package org.jacreg.bounds.certify;

import java.util.Arrays;

/** Some samples that are certified together. */
final class Group {

    /** Bounds a network around samples. */
    @FunctionalInterface
    interface Bounding {
        Pass run(double[][] samples, double[] radii);
    }

    private final BoundGraph graph;
    private final double[][] samples;
    private final int[] labels;
    private final Bounding bounding;
    private final boolean[] overflowed;

    Group(BoundGraph graph, double[][] samples, int[] labels, Bounding bounding) {
        this.graph = graph;
        this.samples = samples;
        this.labels = labels;
        this.bounding = bounding;
        this.overflowed = new boolean[samples.length];
    }

    int size() {
        return samples.length;
    }

    int label(int n) {
        return labels[n];
    }

    /** Whether numbers became too large when the sample was last bounded. */
    boolean overflowed(int n) {
        return overflowed[n];
    }

    /** {@code [samples, classes]}, with 0 for the own class. */
    double[][] margins(double[] radii) {
        int[] all = new int[samples.length];
        Arrays.setAll(all, n -> n);
        return margins(all, radii);
    }

    /** The margins of some of the samples. */
    private double[][] margins(int[] chosen, double[] radii) {
        double[][] x = new double[chosen.length][];
        double[][][] functionals = new double[chosen.length][][];
        for (int i = 0; i < chosen.length; i++) {
            x[i] = samples[chosen[i]];
            functionals[i] = differences(labels[chosen[i]]);
        }
        Pass pass = bounding.run(x, radii);
        double[][] bounds = pass.ofLogits(functionals);
        double[][] result = new double[chosen.length][graph.classes()];
        for (int i = 0; i < chosen.length; i++) {
            int label = labels[chosen[i]];
            overflowed[chosen[i]] = pass.overflowed(i);
            System.arraycopy(bounds[i], 0, result[i], 0, label);
            System.arraycopy(bounds[i], label, result[i], label + 1, graph.classes() - 1 - label);
        }
        return result;
    }

    /** {@code e_label - e_j} for every other class j. */
    private double[][] differences(int label) {
        double[][] rows = new double[graph.classes() - 1][graph.classes()];
        for (int r = 0; r < rows.length; r++) {
            rows[r][label] = 1;
            rows[r][r < label ? r : r + 1] = -1;
        }
        return rows;
    }

    double[] smallestMargins(double[] radii) {
        int[] all = new int[samples.length];
        Arrays.setAll(all, n -> n);
        return smallestMargins(all, radii);
    }

    /** Bounds of {@code z_label - max_j z_j} of some of the samples. */
    double[] smallestMargins(int[] chosen, double[] radii) {
        double[][] margins = margins(chosen, radii);
        double[] result = new double[chosen.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = smallest(margins[i], labels[chosen[i]]);
        }
        return result;
    }

    double smallestMarginAtCentre(int n) {
        boolean before = overflowed[n];
        double margin = smallestMargins(new int[] {n}, new double[1])[0];
        overflowed[n] = before;
        return margin;
    }

    /** The margin in float64. */
    double nominalMargin(int n) {
        double[] logits = graph.logits(samples[n]);
        double[] margins = new double[logits.length];
        for (int j = 0; j < logits.length; j++) {
            margins[j] = logits[labels[n]] - logits[j];
        }
        return smallest(margins, labels[n]);
    }

    private static double smallest(double[] margins, int label) {
        double smallest = Double.POSITIVE_INFINITY;
        for (int j = 0; j < margins.length; j++) {
            smallest = j == label ? smallest : Math.min(smallest, margins[j]);
        }
        return smallest;
    }
}
