package org.jacreg.examples.experiment;

import java.util.List;
import java.util.Random;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * The network of the experiment: fully connected layers with ReLU between them, softmax cross-entropy as its loss.
 *
 * <p>Input {@code x [N, D]}, label {@code y [N, C]} one-hot, logits {@code z [N, C]}, loss a mean over the batch. Weights
 * start as {@code N(0, 2 / fan-in)} (He et al. 2015, arXiv 1502.01852), biases at 0.
 *
 * <p>Layers are {@code mmul} and {@code add}, not {@code sd.nn().linear}: in ND4J 1.0.0-M2.1 {@code fit} does not train a
 * stack of {@code linear} layers right, and the graph is to train the same way with it.
 */
final class Mlp {

    static final String INPUT = "x";
    static final String LABEL = "y";
    static final String LOSS = "loss";

    private Mlp() {}

    /** Makes the graph, ready for training; the same seed gives the same weights. */
    static SameDiff create(int inputs, List<Integer> hidden, int classes, double learningRate, long seed) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder(INPUT, DataType.FLOAT, -1, inputs);
        SDVariable y = sd.placeHolder(LABEL, DataType.FLOAT, -1, classes);
        Random random = new Random(seed);
        SDVariable h = x;
        int fanIn = inputs;
        for (int layer = 0; layer <= hidden.size(); layer++) {
            boolean last = layer == hidden.size();
            int width = last ? classes : hidden.get(layer);
            SDVariable w = sd.var("w" + layer, normal(fanIn, width, random));
            SDVariable b = sd.var("b" + layer, Nd4j.zeros(DataType.FLOAT, width));
            h = last ? h.mmul(w).add("z", b) : sd.nn().relu(h.mmul(w).add(b), 0);
            fanIn = width;
        }
        sd.loss().softmaxCrossEntropy(LOSS, y, h, null);
        sd.setLossVariables(LOSS);
        sd.setTrainingConfig(TrainingConfig.builder()
                .updater(new Adam(learningRate))
                .dataSetFeatureMapping(INPUT)
                .dataSetLabelMapping(LABEL)
                .build());
        return sd;
    }

    private static INDArray normal(int fanIn, int width, Random random) {
        float[] values = new float[Math.multiplyExact(fanIn, width)];
        double deviation = Math.sqrt(2.0 / fanIn);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return Nd4j.create(values, new long[] {fanIn, width}, 'c');
    }
}
