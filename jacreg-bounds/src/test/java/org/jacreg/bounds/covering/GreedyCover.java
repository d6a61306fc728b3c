package org.jacreg.bounds.covering;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleBiFunction;

/** A cover found by hand: every point further than eps from the centres so far becomes a centre. */
final class GreedyCover {

    private GreedyCover() {}

    /** The number of centres; they are further apart than eps, so it is also a packing number. */
    static int size(List<double[]> points, double eps, ToDoubleBiFunction<double[], double[]> distance) {
        List<double[]> centres = new ArrayList<>();
        for (double[] point : points) {
            if (centres.stream().noneMatch(centre -> distance.applyAsDouble(centre, point) <= eps)) {
                centres.add(point);
            }
        }
        return centres.size();
    }

    static double euclidean(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }

    static double largest(double[] a, double[] b) {
        double max = 0;
        for (int i = 0; i < a.length; i++) {
            max = Math.max(max, Math.abs(a[i] - b[i]));
        }
        return max;
    }

    static double absolute(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs(a[i] - b[i]);
        }
        return sum;
    }

    /** The distance of {@code L2(P_n)} of two vectors of values. */
    static double mean(double[] a, double[] b) {
        return euclidean(a, b) / Math.sqrt(a.length);
    }

    /** All points of a grid of the square {@code [-r, r]^2} with {@code steps} steps a side. */
    static List<double[]> square(double r, int steps) {
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i <= steps; i++) {
            for (int j = 0; j <= steps; j++) {
                points.add(new double[] {r * (2.0 * i / steps - 1), r * (2.0 * j / steps - 1)});
            }
        }
        return points;
    }
}
