package org.jacreg.nets;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Networks small enough for finite differences: input {@value #INPUT}, one-hot label {@value #LABEL}, {@value #LOGITS} and
 * the mean cross-entropy {@value #LOSS}. The same seed gives the same network, down to the bit.
 */
public final class SmallNets {

    public static final String INPUT = "x";
    public static final String LABEL = "label";
    public static final String LOGITS = "logits";
    public static final String LOSS = "loss";

    private SmallNets() {}

    /** tanh layers of the given widths, input width first, number of classes last; weights W1, b1, W2, ... */
    public static SameDiff mlp(DataType type, long seed, int... widths) {
        SameDiff sd = SameDiff.create();
        Random random = new Random(seed);
        SDVariable h = sd.placeHolder(INPUT, type, -1, widths[0]);
        for (int layer = 1; layer < widths.length; layer++) {
            double scale = 1.2 / Math.sqrt(widths[layer - 1]);
            SDVariable w = sd.var("W" + layer, normal(type, random, scale, widths[layer - 1], widths[layer]));
            SDVariable b = sd.var("b" + layer, normal(type, random, 0.3, 1, widths[layer]));
            boolean last = layer == widths.length - 1;
            SDVariable a = last ? h.mmul(w).add(LOGITS, b) : h.mmul(w).add(b);
            h = last ? a : sd.math().tanh(a);
        }
        return withCrossEntropy(sd, h, widths[widths.length - 1]);
    }

    /** The MLP of most tests: 4 inputs, 5 hidden units, 3 classes. */
    public static SameDiff mlp(DataType type) {
        return mlp(type, 7, 4, 5, 3);
    }

    /** [N, 1, 6, 6] - conv 3x3 to 2 channels - tanh - average pooling 2x2 - dense to 3 classes. */
    public static SameDiff conv(DataType type) {
        SameDiff sd = SameDiff.create();
        Random random = new Random(11);
        SDVariable x = sd.placeHolder(INPUT, type, -1, 1, 6, 6);
        SDVariable kernel = sd.var("K", normal(type, random, 0.5, 3, 3, 1, 2));
        SDVariable bias = sd.var("c", normal(type, random, 0.3, 2));
        Conv2DConfig window = Conv2DConfig.builder().kH(3).kW(3).sH(1).sW(1).build();
        SDVariable h = sd.math().tanh(sd.cnn().conv2d(x, kernel, bias, window));
        SDVariable pooled = sd.cnn()
                .avgPooling2d(
                        h, Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).build());
        SDVariable w = sd.var("W", normal(type, random, 0.6, 8, 3));
        SDVariable b = sd.var("b", normal(type, random, 0.3, 1, 3));
        return withCrossEntropy(sd, sd.reshape(pooled, -1, 8).mmul(w).add(LOGITS, b), 3);
    }

    /** {@code z = W x + b} for {@code weights[class][feature]}. */
    public static SameDiff linear(double[][] weights, double[] bias) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder(INPUT, DataType.DOUBLE, -1, weights[0].length);
        SDVariable w = sd.var("W", Nd4j.createFromArray(weights).transpose().dup('c'));
        SDVariable b = sd.var("b", Nd4j.createFromArray(bias).reshape(1, bias.length));
        return withCrossEntropy(sd, x.mmul(w).add(LOGITS, b), bias.length);
    }

    private static SameDiff withCrossEntropy(SameDiff sd, SDVariable logits, int classes) {
        SDVariable label = sd.placeHolder(LABEL, logits.dataType(), -1, classes);
        sd.loss().softmaxCrossEntropy(LOSS, label, logits, null);
        return sd;
    }

    /** Independent normal numbers, from a generator that is not ND4J's. */
    public static INDArray normal(DataType type, Random random, double scale, long... shape) {
        INDArray array = Nd4j.create(type, shape);
        INDArray flat = array.reshape(array.length());
        for (long i = 0; i < array.length(); i++) {
            flat.putScalar(i, scale * random.nextGaussian());
        }
        return array;
    }

    /** {@code n} inputs of standard normal numbers. */
    public static INDArray inputs(DataType type, long seed, long... shape) {
        return normal(type, new Random(seed), 1, shape);
    }

    /** {@code n} random one-hot labels. */
    public static INDArray labels(DataType type, long seed, int n, int classes) {
        Random random = new Random(seed);
        INDArray result = Nd4j.zeros(type, n, classes);
        for (int i = 0; i < n; i++) {
            result.putScalar(i, random.nextInt(classes), 1.0);
        }
        return result;
    }

    /** A batch for {@link #mlp(DataType)}. */
    public static DataSet batch(DataType type, long seed, int n) {
        return new DataSet(inputs(type, seed, n, 4), labels(type, seed + 1, n, 3));
    }

    /** Live arrays of all weights. */
    public static Map<String, INDArray> weights(SameDiff sd) {
        Map<String, INDArray> weights = new LinkedHashMap<>();
        for (SDVariable variable : sd.variables()) {
            if (variable.getVariableType() == VariableType.VARIABLE) {
                weights.put(variable.name(), variable.getArr());
            }
        }
        return weights;
    }

    /** Has {@code fit} feed features to the input and labels to the label. */
    public static SameDiff training(SameDiff sd, IUpdater updater) {
        sd.setTrainingConfig(TrainingConfig.builder()
                .updater(updater)
                .dataSetFeatureMapping(INPUT)
                .dataSetLabelMapping(LABEL)
                .build());
        return sd;
    }
}
