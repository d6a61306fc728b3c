package org.jacreg.examples.certification;

import java.util.stream.DoubleStream;

/** Functions of one sample's logits. */
final class Logits {

    private Logits() {}

    /** {@code z_label - max_{j != label} z_j}. */
    static double margin(double[] z, int label) {
        double margin = Double.POSITIVE_INFINITY;
        for (int j = 0; j < z.length; j++) {
            margin = j == label ? margin : Math.min(margin, z[label] - z[j]);
        }
        return margin;
    }

    static double crossEntropy(double[] z, int label) {
        double largest = DoubleStream.of(z).max().orElseThrow();
        double sum = 0;
        for (double v : z) {
            sum += Math.exp(v - largest);
        }
        return largest - z[label] + Math.log(sum);
    }

    static double largest(double[] z) {
        return DoubleStream.of(z).map(Math::abs).max().orElseThrow();
    }

    static int top(double[] z) {
        int top = 0;
        for (int j = 1; j < z.length; j++) {
            top = z[j] > z[top] ? j : top;
        }
        return top;
    }
}
