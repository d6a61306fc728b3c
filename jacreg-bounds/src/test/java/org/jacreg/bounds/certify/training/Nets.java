package org.jacreg.bounds.certify.training;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jacreg.nets.SmallNets;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

/** Small networks with ReLU, losses and data for them, in float64. */
final class Nets {

    static final int CLASSES = 3;

    private Nets() {}

    private static SDVariable weight(SameDiff sd, Random random, String name, double scale, long... shape) {
        return sd.var(name, SmallNets.normal(DataType.DOUBLE, random, scale, shape));
    }

    static SameDiff training(SameDiff sd, SDVariable logits, int classes, IUpdater updater) {
        SDVariable label = sd.placeHolder("label", logits.dataType(), -1, classes);
        sd.loss().softmaxCrossEntropy("loss", label, logits, null);
        return SmallNets.training(sd, updater);
    }

    private static SameDiff training(SameDiff sd, SDVariable logits) {
        return training(sd, logits, CLASSES, new Adam(0.01));
    }

    /** Dense layers with ReLU between them; weights W1, b1, W2, ... */
    static SameDiff mlp(long seed, int... widths) {
        SameDiff sd = SameDiff.create();
        Random random = new Random(seed);
        SDVariable h = sd.placeHolder("x", DataType.DOUBLE, -1, widths[0]);
        for (int layer = 1; layer < widths.length; layer++) {
            SDVariable w = weight(
                    sd, random, "W" + layer, 1.3 / Math.sqrt(widths[layer - 1]), widths[layer - 1], widths[layer]);
            SDVariable b = weight(sd, random, "b" + layer, 0.2, 1, widths[layer]);
            boolean last = layer == widths.length - 1;
            h = last ? h.mmul(w).add("logits", b) : sd.nn().relu(h.mmul(w).add(b), 0);
        }
        return training(sd, h, widths[widths.length - 1], new Adam(0.01));
    }

    static SameDiff mlp() {
        return mlp(7, 4, 6, 5, CLASSES);
    }

    /** Inputs normalised in the graph by constants and by a trained factor of mixed signs, {@code linear}, leaky ReLU, ReLU layer. */
    static SameDiff normalised() {
        SameDiff sd = SameDiff.create();
        Random random = new Random(3);
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 4);
        SDVariable mean = sd.constant("mean", Nd4j.createFromArray(new double[][] {{.4, .5, .6, .5}}));
        SDVariable deviation = sd.constant("deviation", Nd4j.createFromArray(new double[][] {{.3, -.2, .5, .4}}));
        SDVariable scale = weight(sd, random, "scale", 1, 1, 4);
        SDVariable h = x.sub(mean).div(deviation).mul(scale).mul(-0.7).rsub(0.1);
        SDVariable w1 = weight(sd, random, "W1", 0.6, 4, 6);
        SDVariable b1 = weight(sd, random, "b1", 0.2, 6);
        h = sd.nn().leakyRelu(sd.nn().linear(h, w1, b1), 0.1);
        SDVariable w2 = weight(sd, random, "W2", 0.5, 5, 6);
        h = sd.nn().relu(sd.mmul(h, w2, false, true, false), 0);
        SDVariable w3 = weight(sd, random, "W3", 0.6, 5, CLASSES);
        SDVariable b3 = weight(sd, random, "b3", 0.2, CLASSES);
        SDVariable logits = sd.nn().linear("logits", h, w3, b3);
        return training(sd, logits);
    }

    /** [N, 1, 6, 6] - conv to 2 channels - ReLU - conv beside it, added and concatenated - pooling - dense. */
    static SameDiff residual(boolean maximum) {
        SameDiff sd = SameDiff.create();
        Random random = new Random(5);
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 1, 6, 6);
        Conv2DConfig window = Conv2DConfig.builder().kH(3).kW(3).sH(1).sW(1).build();
        Conv2DConfig same = Conv2DConfig.builder()
                .kH(3)
                .kW(3)
                .sH(1)
                .sW(1)
                .paddingMode(PaddingMode.SAME)
                .build();
        SDVariable h = sd.nn()
                .relu(
                        sd.cnn()
                                .conv2d(
                                        x,
                                        weight(sd, random, "K1", 0.5, 3, 3, 1, 2),
                                        weight(sd, random, "c1", 0.2, 2),
                                        window),
                        0);
        SDVariable branch = sd.nn()
                .relu(
                        sd.cnn()
                                .conv2d(
                                        h,
                                        weight(sd, random, "K2", 0.4, 3, 3, 2, 2),
                                        weight(sd, random, "c2", 0.2, 2),
                                        same),
                        0);
        SDVariable both = sd.concat(1, h.add(branch), h.sub(branch));
        Pooling2DConfig pool = Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).build();
        SDVariable pooled =
                maximum ? sd.cnn().maxPooling2d(both, pool) : sd.cnn().avgPooling2d(both, pool);
        SDVariable flat = sd.reshape(sd.permute(pooled, 0, 2, 3, 1), -1, 16);
        SDVariable logits = flat.mmul(weight(sd, random, "W", 0.4, 16, CLASSES))
                .add("logits", weight(sd, random, "b", 0.2, 1, CLASSES));
        return training(sd, logits);
    }

    /** Logits that are no dense layer: the mean over positions of a convolution. */
    static SameDiff convolutional() {
        SameDiff sd = SameDiff.create();
        Random random = new Random(9);
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 1, 6, 6);
        Conv2DConfig window = Conv2DConfig.builder().kH(3).kW(3).sH(1).sW(1).build();
        SDVariable h = sd.nn().relu(sd.cnn().conv2d(x, weight(sd, random, "K1", 0.5, 3, 3, 1, 2), window), 0);
        SDVariable z = sd.cnn().conv2d(h, weight(sd, random, "K2", 0.5, 3, 3, 2, CLASSES), window);
        return training(sd, sd.mean("logits", z, 2, 3));
    }

    static List<SameDiff> withoutMaximum() {
        return List.of(mlp(), normalised(), residual(false), convolutional());
    }

    /** Inputs in [0, 1] for a graph. */
    static INDArray inputs(SameDiff sd, long seed, int samples) {
        long[] shape = sd.getVariable("x").placeholderShape().clone();
        shape[0] = samples;
        Random random = new Random(seed);
        INDArray x = Nd4j.create(DataType.DOUBLE, shape);
        INDArray flat = x.reshape(x.length());
        for (long i = 0; i < flat.length(); i++) {
            flat.putScalar(i, random.nextDouble());
        }
        return x;
    }

    static int[] labels(int samples) {
        int[] labels = new int[samples];
        for (int n = 0; n < samples; n++) {
            labels[n] = (2 * n + 1) % CLASSES;
        }
        return labels;
    }

    static INDArray oneHot(int[] labels, int classes) {
        return ClassPairs.targets(labels, classes, DataType.DOUBLE);
    }

    /** Flat samples. */
    static double[][] rows(INDArray x) {
        return x.castTo(DataType.DOUBLE).dup('c').reshape('c', x.size(0), -1).toDoubleMatrix();
    }

    /** A point of the box of radius epsilon, cut to [0, 1]; corners as a rule. */
    static INDArray point(INDArray x, double epsilon, Random random) {
        INDArray moved = x.dup('c');
        INDArray flat = moved.reshape(moved.length());
        boolean corner = random.nextBoolean();
        for (long i = 0; i < flat.length(); i++) {
            double step = corner ? (random.nextBoolean() ? 1 : -1) : 2 * random.nextDouble() - 1;
            flat.putScalar(i, Math.min(1, Math.max(0, flat.getDouble(i) + epsilon * step)));
        }
        return moved;
    }

    /** Logits by SameDiff's own session. */
    static double[][] logits(SameDiff sd, INDArray x) {
        return rows(sd.outputSingle(Map.of("x", x), "logits"));
    }

    static double crossEntropy(double[] logits, int label) {
        double sum = 0;
        for (double z : logits) {
            sum += Math.exp(z - logits[label]);
        }
        return Math.log(sum);
    }
}
