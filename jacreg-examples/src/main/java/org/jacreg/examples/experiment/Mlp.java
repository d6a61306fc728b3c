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
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * The networks of the experiments: fully connected layers with an activation between them, softmax cross-entropy as their loss.
 *
 * <p>Input {@code x [N, D]}, label {@code y [N, C]} one-hot, logits {@code z [N, C]}, loss a mean over the batch. Weights {@code w0,
 * w1, ...} start as {@code N(0, 2 / fan-in)} in networks with ReLU (He et al. 2015, arXiv 1502.01852), as {@code N(0, 1 / fan-in)}
 * in networks with tanh; biases {@code b0, b1, ...} at 0.
 *
 * <p>Layers are {@code mmul} and {@code add}, not {@code sd.nn().linear}: in ND4J 1.0.0-M2.1 {@code fit} does not train a
 * stack of {@code linear} layers right, and the graph is to train the same way with it.
 */
public final class Mlp {

    static final String INPUT = "x";
    static final String LABEL = "y";
    static final String LOSS = "loss";

    private Mlp() {}

    /** What stands between two layers. */
    public enum Hidden {
        /** {@code max(0, t)}. */
        RELU,
        /** {@code tanh(t)}. */
        TANH
    }

    /**
     * The layers of a network.
     *
     * @param inputs D
     * @param widths of the hidden layers; may be empty
     * @param classes C
     * @param hidden the activation after each hidden layer
     * @param biases whether layers have biases
     */
    public record Layout(int inputs, List<Integer> widths, int classes, Hidden hidden, boolean biases) {

        /** Copies the list. */
        public Layout {
            widths = List.copyOf(widths);
        }
    }

    /** Makes the experiment's graph: ReLU, biases, Adam; the same seed gives the same weights. */
    static SameDiff create(int inputs, List<Integer> hidden, int classes, double learningRate, long seed) {
        return create(new Layout(inputs, hidden, classes, Hidden.RELU, true), new Adam(learningRate), seed);
    }

    /**
     * Makes a graph, ready for training; the same seed gives the same weights.
     *
     * @param layout its layers
     * @param updater the optimiser
     * @param seed of the weights
     * @return the graph, the caller's
     */
    public static SameDiff create(Layout layout, IUpdater updater, long seed) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder(INPUT, DataType.FLOAT, -1, layout.inputs());
        SDVariable y = sd.placeHolder(LABEL, DataType.FLOAT, -1, layout.classes());
        Random random = new Random(seed);
        double gain = layout.hidden() == Hidden.RELU ? 2 : 1;
        SDVariable h = x;
        int fanIn = layout.inputs();
        for (int layer = 0; layer <= layout.widths().size(); layer++) {
            boolean last = layer == layout.widths().size();
            int width = last ? layout.classes() : layout.widths().get(layer);
            h = h.mmul(sd.var("w" + layer, normal(fanIn, width, gain, random)));
            if (layout.biases()) {
                h = h.add(sd.var("b" + layer, Nd4j.zeros(DataType.FLOAT, width)));
            }
            h = last ? h.rename("z") : activated(sd, h, layout.hidden());
            fanIn = width;
        }
        sd.loss().softmaxCrossEntropy(LOSS, y, h, null);
        sd.setLossVariables(LOSS);
        sd.setTrainingConfig(TrainingConfig.builder()
                .updater(updater)
                .dataSetFeatureMapping(INPUT)
                .dataSetLabelMapping(LABEL)
                .build());
        return sd;
    }

    private static SDVariable activated(SameDiff sd, SDVariable h, Hidden hidden) {
        return hidden == Hidden.RELU ? sd.nn().relu(h, 0) : sd.math().tanh(h);
    }

    private static INDArray normal(int fanIn, int width, double gain, Random random) {
        float[] values = new float[Math.multiplyExact(fanIn, width)];
        double deviation = Math.sqrt(gain / fanIn);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return Nd4j.create(values, new long[] {fanIn, width}, 'c');
    }
}
