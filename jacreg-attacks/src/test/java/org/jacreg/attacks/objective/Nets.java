package org.jacreg.attacks.objective;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jacreg.attacks.ClosedFormNet;
import org.jacreg.classifier.InputBox;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** Small tanh networks as graphs, the same networks in plain Java, and data for them. */
final class Nets {

    static final int INPUTS = 4;
    static final int HIDDEN = 5;

    private Nets() {}

    /** {@code logits = x}: what is fed is what comes out, up to the bias of zero. */
    static SameDiff identity(int classes) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, classes);
        SDVariable w = sd.var("W", Nd4j.eye(classes).castTo(DataType.DOUBLE));
        return trained(withLoss(sd, x.mmul("logits", w), classes), new Sgd(0.1));
    }

    static SameDiff mlp(DataType type, int classes) {
        return mlp(type, classes, 7);
    }

    static SameDiff mlp(DataType type, int classes, long seed) {
        SameDiff sd = SameDiff.create();
        Random random = new Random(seed);
        SDVariable x = sd.placeHolder("x", type, -1, INPUTS);
        SDVariable w1 = sd.var("W1", normal(type, random, 0.8, INPUTS, HIDDEN));
        SDVariable b1 = sd.var("b1", normal(type, random, 0.3, 1, HIDDEN));
        SDVariable w2 = sd.var("W2", normal(type, random, 0.9, HIDDEN, classes));
        SDVariable b2 = sd.var("b2", normal(type, random, 0.3, 1, classes));
        SDVariable h = sd.math().tanh(x.mmul(w1).add(b1));
        return trained(withLoss(sd, h.mmul(w2).add("logits", b2), classes), new Sgd(0.1));
    }

    /** {@code [N, 1, 4, 4]} - conv 2x2 to 2 channels - tanh - average pooling 3x3 - 3 classes. */
    static SameDiff conv(DataType type) {
        SameDiff sd = SameDiff.create();
        Random random = new Random(11);
        SDVariable x = sd.placeHolder("x", type, -1, 1, 4, 4);
        SDVariable kernel = sd.var("K", normal(type, random, 0.7, 4, 2).reshape('c', 2, 2, 1, 2));
        SDVariable bias = sd.var("c", normal(type, random, 0.3, 1, 2).reshape(2));
        Conv2DConfig window = Conv2DConfig.builder().kH(2).kW(2).sH(1).sW(1).build();
        SDVariable h = sd.math().tanh(sd.cnn().conv2d(x, kernel, bias, window));
        Pooling2DConfig pool = Pooling2DConfig.builder().kH(3).kW(3).sH(3).sW(3).build();
        SDVariable flat = sd.reshape(sd.cnn().avgPooling2d(h, pool), -1, 2);
        SDVariable w = sd.var("W", normal(type, random, 2, 2, 3));
        SDVariable b = sd.var("b", normal(type, random, 0.3, 1, 3));
        return trained(withLoss(sd, flat.mmul(w).add("logits", b), 3), new Sgd(0.1));
    }

    private static SameDiff withLoss(SameDiff sd, SDVariable logits, int classes) {
        SDVariable label = sd.placeHolder("label", logits.dataType(), -1, classes);
        sd.loss().softmaxCrossEntropy("loss", label, logits, null);
        return sd;
    }

    static SameDiff trained(SameDiff sd, IUpdater updater) {
        sd.setTrainingConfig(TrainingConfig.builder()
                .updater(updater)
                .dataSetFeatureMapping("x")
                .dataSetLabelMapping("label")
                .build());
        return sd;
    }

    /** The network of a graph from {@link #mlp} with its weights of the moment, in plain Java. */
    static ClosedFormNet plain(SameDiff sd, InputBox box) {
        List<ClosedFormNet.Layer> layers = new ArrayList<>();
        layers.add(new ClosedFormNet.Layer(matrix(sd, "W1"), matrix(sd, "b1")[0], ClosedFormNet.Activation.TANH));
        layers.add(new ClosedFormNet.Layer(matrix(sd, "W2"), matrix(sd, "b2")[0], ClosedFormNet.Activation.NONE));
        return new ClosedFormNet(layers, new long[] {INPUTS}, DataType.DOUBLE, box);
    }

    private static double[][] matrix(SameDiff sd, String name) {
        return sd.getVariable(name).getArr().toDoubleMatrix();
    }

    static INDArray normal(DataType type, Random random, double scale, int rows, int columns) {
        double[][] values = new double[rows][columns];
        for (double[] row : values) {
            for (int j = 0; j < columns; j++) {
                row[j] = scale * random.nextGaussian();
            }
        }
        return Nd4j.createFromArray(values).castTo(type);
    }

    /** Inputs in [0, 1]. */
    static INDArray inputs(DataType type, long seed, int samples) {
        Random random = new Random(seed);
        double[][] values = new double[samples][INPUTS];
        for (double[] row : values) {
            for (int j = 0; j < row.length; j++) {
                row[j] = random.nextDouble();
            }
        }
        return Nd4j.createFromArray(values).castTo(type);
    }

    static int[] classes(long seed, int samples, int classes) {
        return new Random(seed).ints(samples, 0, classes).toArray();
    }
}
