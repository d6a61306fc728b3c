package org.jacreg.bounds.certify.complete;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacreg.bounds.network.Activation;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.jacreg.bounds.network.Affine;
import org.jacreg.bounds.network.Layer;
import org.jacreg.bounds.network.LayeredNetwork;

/** A network of dense layers with rectifiers between them, as plain arrays. */
final class DenseRectifiers {

    final double[][][] weights;
    final double[][] biases;

    /** Operations behind a number, at most, along any way through the network. */
    final long operations;

    private DenseRectifiers(List<Affine> layers) {
        weights = new double[layers.size()][][];
        biases = new double[layers.size()][];
        long count = 0;
        for (int l = 0; l < weights.length; l++) {
            Affine layer = layers.get(l);
            weights[l] = new double[layer.outputs()][];
            for (int i = 0; i < layer.outputs(); i++) {
                weights[l][i] = layer.row(i);
            }
            biases[l] = layer.bias();
            count += layer.inputs() + layer.outputs() + 8L;
        }
        operations = count;
    }

    static DenseRectifiers of(LayeredNetwork network) {
        List<Affine> dense = new ArrayList<>();
        boolean linearNext = true;
        for (Layer layer : network.layers()) {
            boolean fits = linearNext
                    ? layer instanceof Affine
                    : layer instanceof Activation activation
                            && activation.function().kind() == Kind.RELU;
            if (!fits) {
                throw new IllegalArgumentException("complete verification: got layer '" + layer.name() + "', a "
                        + layer.getClass().getSimpleName() + ", wanted dense layers with one relu between any two");
            }
            if (layer instanceof Affine affine) {
                dense.add(affine);
            }
            linearNext = !linearNext;
        }
        if (linearNext || network.classes() < 2) {
            throw new IllegalArgumentException("complete verification: got a network of " + network.classes()
                    + " classes that ends with " + (linearNext ? "an activation" : "a dense layer")
                    + ", wanted at least 2 classes and a dense layer at the end");
        }
        return new DenseRectifiers(dense);
    }

    /** The number of layers with rectifiers. */
    int hidden() {
        return weights.length - 1;
    }

    /** No decision on any rectifier. */
    int[][] undecided() {
        return Arrays.stream(weights)
                .limit(hidden())
                .map(w -> new int[w.length])
                .toArray(int[][]::new);
    }

    double[] logits(double[] x) {
        double[] h = x;
        for (int l = 0; l < weights.length; l++) {
            h = layer(l, h);
        }
        return h;
    }

    /** The gradient of a functional of the logits: that of the rectifiers' states at the point. */
    double[] gradient(double[] x, double[] functional) {
        double[][] values = new double[hidden()][];
        double[] h = x;
        for (int l = 0; l < hidden(); l++) {
            values[l] = layer(l, h);
            h = values[l];
        }
        double[] slope = functional;
        for (int l = hidden(); l >= 0; l--) {
            double[] before = new double[weights[l][0].length];
            for (int i = 0; i < slope.length; i++) {
                if (slope[i] != 0 && (l == hidden() || values[l][i] > 0)) {
                    for (int k = 0; k < before.length; k++) {
                        before[k] += slope[i] * weights[l][i][k];
                    }
                }
            }
            slope = before;
        }
        return slope;
    }

    private double[] layer(int l, double[] h) {
        double[] next = new double[weights[l].length];
        for (int i = 0; i < next.length; i++) {
            double sum = biases[l][i];
            for (int k = 0; k < h.length; k++) {
                sum += weights[l][i][k] * h[k];
            }
            next[i] = l < hidden() ? Math.max(sum, 0) : sum;
        }
        return next;
    }
}
