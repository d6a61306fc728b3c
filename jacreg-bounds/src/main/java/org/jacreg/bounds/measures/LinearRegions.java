package org.jacreg.bounds.measures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jacreg.bounds.network.Activation;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.Layer;
import org.jacreg.bounds.network.LayeredNetwork;

/**
 * Transitions between linear regions along a path of inputs (Novak et al. 2018): {@code t = sum_i ||c(x_{i+1}) - c(x_i)||_1},
 * c the pattern of the units' states. A unit of ReLU or leaky ReLU is off or on, one of ReLU6 or of hard tanh or hard sigmoid
 * has three states and may pass two borders at once.
 *
 * <p>A finite path sees at most the transitions that there are: a unit that turns on and off between two points is missed.
 * More points see more. The argument of a maximum pooling is not counted.
 */
public final class LinearRegions {

    private LinearRegions() {}

    /**
     * Counts transitions.
     *
     * @param network a network whose activations are all piecewise linear, at least one
     * @param path inputs one after the other, at least two; not modified
     * @return the number of borders that units pass from each point to the next
     * @throws IllegalArgumentException if an activation is smooth or there is none, if there are fewer than two points, or a
     *     point does not fit the network or is not finite
     */
    public static long transitions(LayeredNetwork network, List<double[]> path) {
        requirePiecewiseLinear(network);
        if (path.size() < 2) {
            throw new IllegalArgumentException("path: got " + path.size() + " points, wanted at least two");
        }
        List<int[]> patterns = IntStream.range(0, path.size())
                .parallel()
                .mapToObj(i -> pattern(network, path.get(i), i))
                .toList();
        long count = 0;
        for (int i = 1; i < patterns.size(); i++) {
            for (int k = 0; k < patterns.get(i).length; k++) {
                count += Math.abs(patterns.get(i)[k] - patterns.get(i - 1)[k]);
            }
        }
        return count;
    }

    /**
     * Points on a closed ellipse through three inputs, {@code m + u cos t + v sin t} with {@code m} their mean, {@code u = (2 a
     * - b - c) / 3} and {@code v = (b - c) / sqrt 3}: it meets a, b and c at {@code t = 0, 2 pi / 3, 4 pi / 3}. The last point is the
     * first one again.
     *
     * @param a one input; not modified
     * @param b another; not modified
     * @param c a third; not modified
     * @param steps the number of steps around, at least 3; a multiple of 3 makes b and c points of the path
     * @return {@code steps + 1} fresh arrays
     * @throws IllegalArgumentException if the inputs differ in length, or {@code steps < 3}
     */
    public static List<double[]> ellipse(double[] a, double[] b, double[] c, int steps) {
        requireSameLength(a, b);
        requireSameLength(a, c);
        requireSteps(steps, 3);
        List<double[]> path = new ArrayList<>();
        for (int k = 0; k <= steps; k++) {
            double angle = 2 * Math.PI * (k % steps) / steps;
            double cos = Math.cos(angle);
            double sin = Math.sin(angle) / Math.sqrt(3);
            double[] point = new double[a.length];
            for (int i = 0; i < point.length; i++) {
                double mean = (a[i] + b[i] + c[i]) / 3;
                point[i] = mean + (2 * a[i] - b[i] - c[i]) / 3 * cos + (b[i] - c[i]) * sin;
            }
            path.add(point);
        }
        return path;
    }

    /**
     * Points on the straight line between two inputs.
     *
     * @param a the first point; not modified
     * @param b the last; not modified
     * @param steps the number of steps, at least 1
     * @return {@code steps + 1} fresh arrays
     * @throws IllegalArgumentException if the inputs differ in length, or {@code steps < 1}
     */
    public static List<double[]> segment(double[] a, double[] b, int steps) {
        requireSameLength(a, b);
        requireSteps(steps, 1);
        List<double[]> path = new ArrayList<>();
        for (int k = 0; k <= steps; k++) {
            double share = (double) k / steps;
            double[] point = new double[a.length];
            Arrays.setAll(point, i -> a[i] * (1 - share) + b[i] * share);
            path.add(point);
        }
        return path;
    }

    private static void requireSteps(int steps, int least) {
        if (steps < least) {
            throw new IllegalArgumentException("steps: got " + steps + ", wanted at least " + least);
        }
    }

    private static void requireSameLength(double[] a, double[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException(
                    "inputs: got " + a.length + " and " + b.length + " numbers, wanted equally many");
        }
    }

    private static void requirePiecewiseLinear(LayeredNetwork network) {
        boolean found = false;
        for (Layer layer : network.layers()) {
            if (layer instanceof Activation activation) {
                borders(activation);
                found = true;
            }
        }
        if (!found) {
            throw new IllegalArgumentException("network: it has no activation, so there is one linear region");
        }
    }

    private static int[] pattern(LayeredNetwork network, double[] point, int index) {
        for (double x : point) {
            if (!(Math.abs(x) < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "point " + index + " of the path: got " + x + ", wanted finite numbers");
            }
        }
        List<double[]> values = network.values(point);
        IntStream states = IntStream.empty();
        for (int l = 0; l < network.layers().size(); l++) {
            if (network.layers().get(l) instanceof Activation activation) {
                double[] before = l == 0 ? point : values.get(l - 1);
                double[] borders = borders(activation);
                states = IntStream.concat(states, Arrays.stream(before).mapToInt(x -> state(x, borders)));
            }
        }
        return states.toArray();
    }

    private static int state(double x, double[] borders) {
        int state = 0;
        for (double border : borders) {
            state += x > border ? 1 : 0;
        }
        return state;
    }

    /** Where the function's slope changes. */
    private static double[] borders(Activation activation) {
        ActivationFunction function = activation.function();
        return switch (function.kind()) {
            case RELU, LEAKY_RELU -> new double[] {0};
            case RELU6 -> new double[] {0, 6};
            case HARD_TANH -> new double[] {-1, 1};
            case HARD_SIGMOID -> new double[] {-2.5, 2.5};
            default ->
                throw new IllegalArgumentException("activation '" + activation.name() + "' (" + function.kind()
                        + ") is not piecewise linear, so the network has no linear regions");
        };
    }
}
