package org.jacreg.attacks;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.jacreg.classifier.LossGradient;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A dense net with its gradient written out by hand, in double, sample by sample: a classifier for tests that owes nothing
 * to the code under test. {@code layers} of zero hidden layers is a linear model.
 */
public record ClosedFormNet(List<Layer> layers, long[] inputShape, DataType dataType, InputBox box)
        implements Classifier {

    /** {@code act(h W + b)}, {@code W [in][out]}. */
    public record Layer(double[][] weights, double[] bias, Activation activation) {}

    /** A function with its derivative. */
    public record Activation(DoubleUnaryOperator value, DoubleUnaryOperator slope) {
        public static final Activation NONE = new Activation(a -> a, a -> 1);
        public static final Activation TANH = new Activation(Math::tanh, a -> 1 - Math.tanh(a) * Math.tanh(a));
        public static final Activation SOFTPLUS =
                new Activation(a -> Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))), a -> 1 / (1 + Math.exp(-a)));
    }

    /** {@code f(x) = x W + b}. */
    public static ClosedFormNet linear(double[][] weights, double[] bias, InputBox box) {
        Layer layer = new Layer(weights, bias, Activation.NONE);
        return new ClosedFormNet(List.of(layer), new long[] {weights.length}, DataType.DOUBLE, box);
    }

    /** A net with one hidden layer and standard normal weights times {@code scale}. */
    public static ClosedFormNet random(
            long seed, int in, int hidden, int out, double scale, Activation activation, DataType type, InputBox box) {
        Random random = new Random(seed);
        List<Layer> layers = new ArrayList<>();
        layers.add(new Layer(gaussian(random, in, hidden, scale), gaussian(random, 1, hidden, scale)[0], activation));
        layers.add(
                new Layer(gaussian(random, hidden, out, scale), gaussian(random, 1, out, scale)[0], Activation.NONE));
        return new ClosedFormNet(layers, new long[] {in}, type, box);
    }

    private static double[][] gaussian(Random random, int rows, int columns, double scale) {
        double[][] values = new double[rows][columns];
        for (double[] row : values) {
            for (int j = 0; j < columns; j++) {
                row[j] = scale * random.nextGaussian();
            }
        }
        return values;
    }

    /** The same net over another box. */
    public ClosedFormNet within(InputBox other) {
        return new ClosedFormNet(layers, inputShape, dataType, other);
    }

    /** The same net for inputs of another shape with as many entries. */
    public ClosedFormNet shaped(long... shape) {
        return new ClosedFormNet(layers, shape, dataType, box);
    }

    @Override
    public int classes() {
        return layers.get(layers.size() - 1).bias().length;
    }

    @Override
    public INDArray logits(INDArray x) {
        double[][] inputs = samples(x);
        double[][] z = new double[inputs.length][];
        for (int n = 0; n < z.length; n++) {
            List<double[]> pre = forward(inputs[n]);
            z[n] = pre.get(pre.size() - 1);
        }
        return Nd4j.create(z).castTo(dataType);
    }

    @Override
    public INDArray vjp(INDArray x, INDArray cotangent) {
        double[][] inputs = samples(x);
        double[][] cotangents = samples(cotangent);
        double[][] result = new double[inputs.length][];
        for (int n = 0; n < result.length; n++) {
            result[n] = backward(forward(inputs[n]), cotangents[n]);
        }
        return Nd4j.create(result).castTo(dataType).reshape('c', x.shape());
    }

    @Override
    public LossGradient crossEntropyGradient(INDArray x, int[] labels) {
        double[][] inputs = samples(x);
        int samples = inputs.length;
        double[] loss = new double[samples];
        double[][] logits = new double[samples][];
        double[][] gradient = new double[samples][];
        for (int n = 0; n < samples; n++) {
            List<double[]> pre = forward(inputs[n]);
            double[] z = pre.get(pre.size() - 1);
            double[] p = softmax(z);
            loss[n] = crossEntropy(z, labels[n]);
            p[labels[n]] -= 1;
            logits[n] = z;
            gradient[n] = backward(pre, p);
        }
        return new LossGradient(
                Nd4j.createFromArray(loss).castTo(dataType),
                Nd4j.create(logits).castTo(dataType),
                Nd4j.create(gradient).castTo(dataType).reshape('c', x.shape()));
    }

    /** {@code logsumexp(z) - z_label}. */
    public static double crossEntropy(double[] z, int label) {
        double top = Double.NEGATIVE_INFINITY;
        for (double value : z) {
            top = Math.max(top, value);
        }
        double sum = 0;
        for (double value : z) {
            sum += Math.exp(value - top);
        }
        return top + Math.log(sum) - z[label];
    }

    private static double[] softmax(double[] z) {
        double[] p = new double[z.length];
        for (int c = 0; c < z.length; c++) {
            p[c] = Math.exp(-crossEntropy(z, c));
        }
        return p;
    }

    private static double[][] samples(INDArray x) {
        double[] values = x.dup('c').data().asDouble();
        int entries = values.length / (int) x.size(0);
        double[][] rows = new double[(int) x.size(0)][];
        for (int n = 0; n < rows.length; n++) {
            rows[n] = java.util.Arrays.copyOfRange(values, n * entries, (n + 1) * entries);
        }
        return rows;
    }

    /** The values before every activation, after the input. */
    private List<double[]> forward(double[] input) {
        List<double[]> pre = new ArrayList<>();
        double[] h = input;
        for (Layer layer : layers) {
            double[] a = layer.bias().clone();
            for (int i = 0; i < h.length; i++) {
                for (int j = 0; j < a.length; j++) {
                    a[j] += h[i] * layer.weights()[i][j];
                }
            }
            pre.add(a);
            h = java.util.Arrays.stream(a).map(layer.activation().value()).toArray();
        }
        return pre;
    }

    private double[] backward(List<double[]> pre, double[] cotangent) {
        double[] g = cotangent;
        for (int l = layers.size() - 1; l >= 0; l--) {
            Layer layer = layers.get(l);
            double[] below = new double[layer.weights().length];
            for (int j = 0; j < g.length; j++) {
                double through = g[j] * layer.activation().slope().applyAsDouble(pre.get(l)[j]);
                for (int i = 0; i < below.length; i++) {
                    below[i] += layer.weights()[i][j] * through;
                }
            }
            g = below;
        }
        return g;
    }
}
