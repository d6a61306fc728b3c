package org.jacreg.bounds.certify.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.BoundGraphBuilder;
import org.jacreg.bounds.network.Activation;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.jacreg.bounds.network.Affine;
import org.jacreg.bounds.network.Layer;
import org.jacreg.bounds.network.LayeredNetwork;

/** Small rectifier networks as graph and as layers, and points around which they are looked at. */
public record Samples(double[][][] weights, double[][] biases) {

    public static Samples network(long seed, int... widths) {
        Random random = new Random(seed);
        double[][][] weights = new double[widths.length - 1][][];
        double[][] biases = new double[widths.length - 1][];
        for (int l = 0; l < weights.length; l++) {
            int in = widths[l];
            weights[l] = new double[widths[l + 1]][];
            for (int i = 0; i < weights[l].length; i++) {
                weights[l][i] = random.doubles(in, -1.5 / Math.sqrt(in), 1.5 / Math.sqrt(in))
                        .toArray();
            }
            biases[l] = random.doubles(widths[l + 1], -0.3, 0.3).toArray();
        }
        return new Samples(weights, biases);
    }

    public BoundGraph graph() {
        return graph(Arithmetic.FLOAT64);
    }

    public BoundGraph graph(Arithmetic arithmetic) {
        BoundGraphBuilder builder = BoundGraph.builder(weights[0][0].length);
        int at = 0;
        for (int l = 0; l < weights.length; l++) {
            at = builder.dense(at, weights[l], biases[l]);
            if (l < weights.length - 1) {
                at = builder.activation(at, new ActivationFunction(Kind.RELU, 0));
            }
        }
        return builder.build(at, arithmetic);
    }

    /** Plain loops that share nothing with graph and layers. */
    public double[] outputs(double[] x) {
        double[] h = x;
        for (int l = 0; l < weights.length; l++) {
            double[] next = new double[weights[l].length];
            for (int i = 0; i < next.length; i++) {
                next[i] = biases[l][i];
                for (int k = 0; k < h.length; k++) {
                    next[i] += weights[l][i][k] * h[k];
                }
                next[i] = l < weights.length - 1 && next[i] < 0 ? 0 : next[i];
            }
            h = next;
        }
        return h;
    }

    public LayeredNetwork layers() {
        List<Layer> layers = new ArrayList<>();
        for (int l = 0; l < weights.length; l++) {
            layers.add(new Affine("dense" + l, weights[l], biases[l]));
            if (l < weights.length - 1) {
                layers.add(new Activation("relu" + l, new ActivationFunction(Kind.RELU, 0), weights[l].length));
            }
        }
        return LayeredNetwork.of(layers);
    }

    public static double[][] points(long seed, int count, int size) {
        Random random = new Random(seed);
        double[][] x = new double[count][];
        for (int n = 0; n < count; n++) {
            x[n] = random.doubles(size, 0, 1).toArray();
        }
        return x;
    }

    /** What the network answers, changed for every fifth sample. */
    public int[] labels(double[][] x) {
        LayeredNetwork layers = layers();
        int[] labels = new int[x.length];
        for (int n = 0; n < x.length; n++) {
            double[] z = layers.logits(x[n]);
            int best = 0;
            for (int c = 1; c < z.length; c++) {
                best = z[c] > z[best] ? c : best;
            }
            labels[n] = n % 5 == 4 ? (best + 1) % z.length : best;
        }
        return labels;
    }
}
