package org.jacreg.bounds.network;

import java.util.Arrays;
import java.util.List;
import org.jacreg.bounds.rounding.ComputedSums;

/** Adds up the squared weights along all paths, in float64 with an exponent of its own. */
final class PathSum {

    private PathSum() {}

    static double log(List<Layer> layers) {
        double[] sums = new double[layers.get(0).inputs()];
        Arrays.fill(sums, 1);
        // the sums are sums 2^exponent; a bias starts paths of its own, so it is scaled with them
        long exponent = 0;
        for (Layer layer : layers) {
            if (layer instanceof LinearLayer linear) {
                LinearLayer squared = linear.squared();
                double[] next = squared.multiply(sums);
                double[] bias = squared.bias();
                for (int i = 0; i < next.length; i++) {
                    next[i] += scaled(bias[i], -exponent);
                }
                sums = next;
            } else if (layer instanceof Pooling pooling) {
                sums = pooling.applySquared(sums);
            }
            double largest = ComputedSums.largest(sums);
            if (largest == 0) {
                continue;
            }
            int shift = Math.getExponent(largest);
            sums = Arrays.stream(sums).map(sum -> Math.scalb(sum, -shift)).toArray();
            exponent += shift;
        }
        return Math.log(Arrays.stream(sums).sum()) + exponent * Math.log(2);
    }

    private static double scaled(double value, long exponent) {
        return Math.scalb(value, (int) Math.max(-4000, Math.min(4000, exponent)));
    }
}
