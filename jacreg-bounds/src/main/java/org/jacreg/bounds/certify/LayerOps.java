package org.jacreg.bounds.certify;

import java.util.Arrays;
import org.jacreg.bounds.network.Activation;
import org.jacreg.bounds.network.Affine;
import org.jacreg.bounds.network.Convolution;
import org.jacreg.bounds.network.Layer;
import org.jacreg.bounds.network.LinearLayer;
import org.jacreg.bounds.network.OpLayers;
import org.jacreg.bounds.network.OpReading;
import org.jacreg.bounds.network.Pooling;
import org.jacreg.bounds.network.Scaling;

/** Reads ops of one sample-dependent input as layers. */
final class LayerOps {

    private LayerOps() {}

    static int read(OpContext context) {
        if (context.dataInputs().size() != 1) {
            throw new Obstacle("no rule is known for it with the sample-dependent inputs " + context.dataInputs());
        }
        OpReading reading = context.layers().read(context.op());
        if (!reading.readable()) {
            throw new Obstacle(reading.obstacle());
        }
        int node = context.node(context.dataInputs().get(0));
        boolean soleReader = context.soleReader();
        for (Layer layer : reading.layers()) {
            node = put(context, node, layer, soleReader);
            soleReader = true;
        }
        return node;
    }

    private static int put(OpContext context, int from, Layer layer, boolean soleReader) {
        BoundGraphBuilder builder = context.builder();
        if (layer instanceof Activation activation) {
            return builder.put(new ActivationNode(activation.name(), builder.size(from), from, activation.function()));
        }
        if (layer instanceof Pooling pooling) {
            return pooling(builder, from, pooling);
        }
        if (layer instanceof Scaling scaling) {
            return scaling(context, from, scaling, soleReader);
        }
        return linear(builder, from, (LinearLayer) layer);
    }

    private static int linear(BoundGraphBuilder builder, int from, LinearLayer layer) {
        if (layer instanceof Convolution convolution) {
            return builder.convolution(from, convolution);
        }
        Affine affine = (Affine) layer;
        double[] flat = new double[Math.multiplyExact(affine.outputs(), affine.inputs())];
        for (int i = 0; i < affine.outputs(); i++) {
            System.arraycopy(affine.row(i), 0, flat, i * affine.inputs(), affine.inputs());
        }
        return builder.linear(
                affine.name(), from, new DenseMap(flat, affine.outputs(), affine.inputs()), affine.bias());
    }

    private static int pooling(BoundGraphBuilder builder, int from, Pooling pooling) {
        int[][] windows = OpLayers.windows(pooling);
        if (pooling.kind() == Pooling.Kind.MAXIMUM) {
            return builder.put(new MaximumNode(pooling.name(), from, windows));
        }
        SparseMap.Builder map = new SparseMap.Builder(windows.length, pooling.inputs());
        for (int i = 0; i < windows.length; i++) {
            for (int j : windows[i]) {
                map.add(i, j, OpLayers.meanWeight(pooling, windows[i]));
            }
        }
        return builder.linear(pooling.name(), from, map.build(), new double[windows.length]);
    }

    private static int scaling(OpContext context, int from, Scaling scaling, boolean soleReader) {
        double[] s = scaling.scale();
        double[] t = scaling.bias();
        double[] magnitude = Arrays.stream(t).map(Math::abs).toArray();
        if (context.op().opName().equals("batchnorm")) {
            // t = beta - mean s, so |beta| + |mean s| <= |t| + 2 |mean s|
            double mean = context.layers().largest(context.op().inputs().get(1));
            for (int i = 0; i < magnitude.length; i++) {
                magnitude[i] += 2 * mean * Math.abs(s[i]);
            }
        }
        return context.builder().diagonal(scaling.name(), from, s, t, magnitude, soleReader);
    }
}
