package org.jacreg.bounds.certify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.commons.math3.special.Erf;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.ActivationFunction.Kind;

/** A small network built twice: as a graph of bounds, and as plain loops that share nothing with it. */
final class TestNet {

    private static final Kind[] KINDS = Kind.values();
    private static final double UNIT = 0x1p-53;

    private final BoundGraphBuilder builder;
    private final List<Function<List<double[]>, double[]>> ops = new ArrayList<>();

    /** From values and their errors to the errors that {@link #ops} make of them. */
    private final List<BiFunction<List<double[]>, List<double[]>, double[]>> errors = new ArrayList<>();

    private int last;

    TestNet(int inputs) {
        builder = BoundGraph.builder(inputs);
        ops.add(values -> values.get(0));
        errors.add((values, e) -> new double[inputs]);
    }

    static double[][] weights(Random random, int out, int in, double scale) {
        double[][] w = new double[out][in];
        for (double[] row : w) {
            for (int j = 0; j < in; j++) {
                row[j] = scale * random.nextGaussian();
            }
        }
        return w;
    }

    static double[] vector(Random random, int n, double scale) {
        return weights(random, 1, n, scale)[0];
    }

    int dense(int from, double[][] w, double[] b) {
        ops.add(values -> {
            double[] x = values.get(from);
            double[] y = new double[w.length];
            for (int i = 0; i < y.length; i++) {
                y[i] = b[i];
                for (int j = 0; j < x.length; j++) {
                    y[i] += w[i][j] * x[j];
                }
            }
            return y;
        });
        errors.add((values, e) -> {
            double[] result = new double[w.length];
            for (int i = 0; i < result.length; i++) {
                double sizes = Math.abs(b[i]);
                for (int j = 0; j < w[i].length; j++) {
                    sizes += Math.abs(w[i][j] * values.get(from)[j]);
                    result[i] += Math.abs(w[i][j]) * e.get(from)[j];
                }
                result[i] += 2 * w[i].length * UNIT * sizes;
            }
            return result;
        });
        return put(builder.dense(from, w, b));
    }

    int activation(int from, ActivationFunction f) {
        ops.add(values -> {
            double[] y = values.get(from).clone();
            for (int i = 0; i < y.length; i++) {
                y[i] = value(f, y[i]);
            }
            return y;
        });
        // no slope is above 2, no formula off by more
        errors.add((values, e) -> {
            double[] result = e.get(from).clone();
            for (int i = 0; i < result.length; i++) {
                result[i] = 2 * result[i] + 8 * UNIT * (1 + Math.abs(value(f, values.get(from)[i])));
            }
            return result;
        });
        return put(builder.activation(from, f));
    }

    int maximum(int from, int[][] windows) {
        ops.add(values -> {
            double[] y = new double[windows.length];
            for (int i = 0; i < y.length; i++) {
                y[i] = values.get(from)[windows[i][0]];
                for (int j : windows[i]) {
                    y[i] = Math.max(y[i], values.get(from)[j]);
                }
            }
            return y;
        });
        errors.add((values, e) -> {
            double[] result = new double[windows.length];
            for (int i = 0; i < result.length; i++) {
                for (int j : windows[i]) {
                    result[i] = Math.max(result[i], e.get(from)[j]);
                }
            }
            return result;
        });
        return put(builder.maximum(from, windows));
    }

    int add(int a, int b) {
        return sum(a, b, 1);
    }

    int subtract(int a, int b) {
        return sum(a, b, -1);
    }

    private int sum(int a, int b, int sign) {
        ops.add(values -> {
            double[] y = values.get(a).clone();
            for (int i = 0; i < y.length; i++) {
                y[i] += sign * values.get(b)[i];
            }
            return y;
        });
        errors.add((values, e) -> {
            double[] result = e.get(a).clone();
            for (int i = 0; i < result.length; i++) {
                result[i] += e.get(b)[i] + UNIT * (Math.abs(values.get(a)[i]) + Math.abs(values.get(b)[i]));
            }
            return result;
        });
        return put(builder.sum("sum", a, b, sign));
    }

    /** Number by number; squares where both are the same. */
    int multiply(int a, int b) {
        if (a != b) {
            // the builder puts a concatenation before it
            ops.add(values -> new double[0]);
            errors.add((values, e) -> new double[0]);
        }
        ops.add(values -> {
            double[] y = values.get(a).clone();
            for (int i = 0; i < y.length; i++) {
                y[i] *= values.get(b)[i];
            }
            return y;
        });
        errors.add((values, e) -> {
            double[] result = new double[values.get(a).length];
            for (int i = 0; i < result.length; i++) {
                double x = Math.abs(values.get(a)[i]) + e.get(a)[i];
                double y = Math.abs(values.get(b)[i]) + e.get(b)[i];
                result[i] = x * e.get(b)[i] + y * e.get(a)[i] + UNIT * x * y;
            }
            return result;
        });
        return put(builder.multiply(a, b));
    }

    int softmax(int from) {
        // the builder puts differences before it
        ops.add(values -> new double[0]);
        errors.add((values, e) -> new double[0]);
        ops.add(values -> {
            double[] y = values.get(from).clone();
            double largest = Arrays.stream(y).max().orElseThrow();
            Arrays.setAll(y, i -> Math.exp(y[i] - largest));
            double sum = Arrays.stream(y).sum();
            return Arrays.stream(y).map(v -> v / sum).toArray();
        });
        errors.add((values, e) -> {
            double[] z = values.get(from);
            double off = 0;
            for (int i = 0; i < z.length; i++) {
                off = Math.max(off, e.get(from)[i] + UNIT * Math.abs(z[i]));
            }
            double[] result = new double[z.length];
            Arrays.fill(result, 4 * off + 8 * z.length * UNIT);
            return result;
        });
        return put(builder.softmax(from));
    }

    int curve(int from, Curve curve) {
        ops.add(values ->
                Arrays.stream(values.get(from)).map(x -> value(curve, x)).toArray());
        errors.add((values, e) -> {
            double[] result = values.get(from).clone();
            for (int i = 0; i < result.length; i++) {
                double y = value(curve, result[i]);
                double off = e.get(from)[i];
                double most = Math.max(
                        Math.abs(value(curve, result[i] + off) - y), Math.abs(value(curve, result[i] - off) - y));
                result[i] = 2 * most + 8 * UNIT * (1 + Math.abs(y));
            }
            return result;
        });
        int size = builder.size(from);
        return put(builder.put(new CurveNode("curve", size, from, curve)));
    }

    private static double value(Curve curve, double x) {
        return switch (curve) {
            case SQUARE -> x * x;
            case RECIPROCAL -> 1 / x;
            case SQUARE_ROOT -> Math.sqrt(x);
            case INVERSE_ROOT -> Math.pow(x, -0.5);
            case EXPONENTIAL -> Math.exp(x);
            case LOGARITHM -> Math.log(x);
        };
    }

    int concatenate(int a, int b) {
        ops.add(values -> joined(values.get(a), values.get(b)));
        errors.add((values, e) -> joined(e.get(a), e.get(b)));
        return put(builder.concatenate(a, b));
    }

    private static double[] joined(double[] a, double[] b) {
        double[] y = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, y, a.length, b.length);
        return y;
    }

    private int put(int node) {
        last = node;
        return node;
    }

    BoundGraph graph(Arithmetic arithmetic) {
        return builder.build(last, arithmetic);
    }

    double[] logits(double[] x) {
        List<double[]> values = new ArrayList<>();
        values.add(x);
        for (int k = 1; k < ops.size(); k++) {
            values.add(ops.get(k).apply(values));
        }
        return values.get(last);
    }

    /** How far {@link #logits} may be from the network's logits in real arithmetic. */
    double[] rounding(double[] x) {
        List<double[]> values = new ArrayList<>();
        List<double[]> e = new ArrayList<>();
        for (int k = 0; k < ops.size(); k++) {
            values.add(k == 0 ? x : ops.get(k).apply(values));
            e.add(errors.get(k).apply(values, e));
        }
        return e.get(last);
    }

    /** Layers of random widths with one kind of activation, and at random a residual sum or difference, a concatenation, a maximum. */
    static TestNet random(long seed) {
        Random random = new Random(seed);
        int inputs = 1 + random.nextInt(4);
        TestNet net = new TestNet(inputs);
        int width = 2 + random.nextInt(5);
        int h = net.dense(0, weights(random, width, inputs, 1.2), vector(random, width, 0.5));
        int depth = 1 + random.nextInt(3);
        for (int layer = 0; layer < depth; layer++) {
            int a = net.activation(h, activation(random));
            int next = net.dense(a, weights(random, width, width, 1.5 / Math.sqrt(width)), vector(random, width, 0.5));
            switch (random.nextInt(5)) {
                case 0 -> next = seed % 2 == 0 ? net.add(next, h) : net.subtract(next, h);
                case 1 -> {
                    int both = net.concatenate(next, h);
                    next = net.dense(both, weights(random, width, 2 * width, 0.7), vector(random, width, 0.5));
                }
                case 2 -> {
                    int[][] windows = new int[width][];
                    for (int i = 0; i < width; i++) {
                        windows[i] = new int[] {i, (i + 1) % width, (i + 2) % width};
                    }
                    next = net.maximum(next, windows);
                }
                default -> {}
            }
            h = next;
        }
        int classes = 2 + random.nextInt(3);
        net.dense(
                net.activation(h, activation(random)),
                weights(random, classes, width, 1),
                vector(random, classes, 0.5));
        return net;
    }

    /** Layers with products of two dense layers, gates, squares or products of a layer with its input between them. */
    static TestNet multiplied(long seed) {
        Random random = new Random(seed);
        int inputs = 1 + random.nextInt(4);
        TestNet net = new TestNet(inputs);
        int width = 2 + random.nextInt(4);
        int h = net.dense(0, weights(random, width, inputs, 1), vector(random, width, 0.7));
        int depth = 1 + random.nextInt(2);
        for (int layer = 0; layer < depth; layer++) {
            int a = net.activation(h, activation(random));
            int next = net.dense(a, weights(random, width, width, 1.2 / Math.sqrt(width)), vector(random, width, 0.7));
            h = net.multiplied(random, a, h, next, width);
        }
        int classes = 2 + random.nextInt(3);
        net.dense(h, weights(random, classes, width, 1), vector(random, classes, 0.5));
        return net;
    }

    private int multiplied(Random random, int a, int h, int next, int width) {
        return switch (random.nextInt(7)) {
            case 0 -> multiply(next, h);
            case 1 -> multiply(next, activation(h, ActivationFunction.of(Kind.SIGMOID)));
            case 2 -> multiply(next, next);
            case 3 -> softmax(next);
            case 4 -> {
                int divisor = activation(h, ActivationFunction.of(Kind.SOFTPLUS));
                double[][] one = new double[width][width];
                double[] shift = new double[width];
                for (int i = 0; i < width; i++) {
                    one[i][i] = 1;
                    shift[i] = 0.3;
                }
                yield multiply(next, curve(dense(divisor, one, shift), Curve.RECIPROCAL));
            }
            case 5 -> {
                double[][] centring = new double[width][width];
                double[][] mean = new double[width][width];
                double[] epsilon = new double[width];
                for (int i = 0; i < width; i++) {
                    Arrays.fill(centring[i], -1.0 / width);
                    Arrays.fill(mean[i], 1.0 / width);
                    centring[i][i] += 1;
                    epsilon[i] = 0.1;
                }
                int centred = dense(next, centring, new double[width]);
                int variance = dense(curve(centred, Curve.SQUARE), mean, epsilon);
                yield multiply(centred, curve(variance, Curve.INVERSE_ROOT));
            }
            default -> multiply(next, dense(a, weights(random, width, width, 0.7), vector(random, width, 0.7)));
        };
    }

    static ActivationFunction activation(Random random) {
        Kind kind = random.nextInt(3) == 0 ? Kind.RELU : KINDS[random.nextInt(KINDS.length)];
        return new ActivationFunction(
                kind,
                switch (kind) {
                    case LEAKY_RELU -> random.nextBoolean() ? 0.1 : -0.3;
                    case ELU -> 0.2 + 1.5 * random.nextDouble();
                    default -> 0;
                });
    }

    /** Textbook formulas. */
    static double value(ActivationFunction f, double x) {
        return switch (f.kind()) {
            case RELU -> x > 0 ? x : 0;
            case RELU6 -> x < 0 ? 0 : x > 6 ? 6 : x;
            case LEAKY_RELU -> x > 0 ? x : f.parameter() * x;
            case TANH -> 1 - 2 / (Math.exp(2 * x) + 1);
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case SOFTPLUS -> x > 30 ? x : Math.log1p(Math.exp(x));
            case ELU -> x > 0 ? x : f.parameter() * (Math.exp(x) - 1);
            case SELU -> 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.exp(x) - 1));
            case SWISH -> x / (1 + Math.exp(-x));
            case GELU -> x / (1 + Math.exp(-1.702f * x));
            case SOFTSIGN -> x / (1 + Math.abs(x));
            case HARD_TANH -> x < -1 ? -1 : x > 1 ? 1 : x;
            case HARD_SIGMOID -> Math.min(1, Math.max(0, 0.2f * x + 0.5));
            case ERF -> Erf.erf(x);
            case EXACT_GELU -> x / 2 * Erf.erfc(-x / Math.sqrt(2));
        };
    }
}
