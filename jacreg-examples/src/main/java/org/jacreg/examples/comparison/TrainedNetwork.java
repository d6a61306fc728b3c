package org.jacreg.examples.comparison;

import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.experiment.ExperimentListener;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network of the comparison with the digits it is measured on. */
public final class TrainedNetwork {

    private final SameDiff graph;
    private final LabelledImages exam;
    private final int classes;

    private TrainedNetwork(SameDiff graph, LabelledImages exam, int classes) {
        this.graph = graph;
        this.exam = exam;
        this.classes = classes;
    }

    /**
     * Trains a network as the comparison does.
     *
     * @param settings what the comparison is told
     * @param data the digits
     * @param method how to train
     * @param strength of the method
     * @param seed of the weights, the batches and the inner attacks
     * @param listener hears of progress
     * @return the network
     * @throws IllegalArgumentException if more digits are wanted than there are
     */
    public static TrainedNetwork train(
            ComparisonSettings settings,
            MnistData data,
            Method method,
            double strength,
            long seed,
            ExperimentListener listener) {
        Digits digits = Digits.of(settings, data);
        SameDiff graph = new MethodTraining(settings, digits, seed, listener)
                .train(method, strength)
                .graph();
        return new TrainedNetwork(graph, digits.exam(), digits.classes());
    }

    /**
     * The graph: input {@code x [N, 784]}, logits {@code z [N, C]}, weights {@code w1, b1, ...}.
     *
     * @return the graph, this object's own
     */
    public SameDiff graph() {
        return graph;
    }

    /**
     * The images of the exam.
     *
     * @return {@code [N, 784]}, a fresh array
     */
    public INDArray x() {
        return exam.allFeatures();
    }

    /**
     * Their classes.
     *
     * @return {@code N} labels, a fresh array
     */
    public int[] labels() {
        return exam.labels(exam.all());
    }

    /**
     * Their classes, one-hot.
     *
     * @return {@code [N, C]}, a fresh array
     */
    public INDArray y() {
        return exam.oneHot(exam.all(), classes);
    }
}
