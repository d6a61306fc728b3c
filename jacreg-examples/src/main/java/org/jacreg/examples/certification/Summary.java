package org.jacreg.examples.certification;

import java.util.Arrays;

/** Figures of radii and distances. */
final class Summary {

    private Summary() {}

    /** The mean, 0 for what is not certified. */
    static double mean(double[] radii) {
        return Arrays.stream(radii).map(r -> Math.max(0, r)).average().orElse(Double.NaN);
    }

    /** The median, 0 for what is not certified. */
    static double median(double[] radii) {
        double[] sorted = Arrays.stream(radii).map(r -> Math.max(0, r)).sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length == 0
                ? Double.NaN
                : sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /** The share that is certified at a radius: the proof holds for all of the closed ball. */
    static double certified(double[] radii, double epsilon) {
        return Arrays.stream(radii).filter(r -> r >= epsilon).count() / (double) radii.length;
    }

    /** The share without an error found at that distance or nearer. */
    static double standing(double[] nearest, double epsilon) {
        return Arrays.stream(nearest).filter(d -> d > epsilon).count() / (double) nearest.length;
    }
}
