package org.jacreg.benchmarks;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The networks that are measured: dense layers with one activation between them. */
public enum Network {
    /** 3-64-5 with tanh: so small that calls cost more than arithmetic. */
    TANH_3_64_5,
    /** 784-512-512-10 with relu: an MNIST classifier, where matrix products cost most. */
    RELU_784_512_512_10;

    static final String INPUT = "x";
    static final String LOGITS = "logits";
    static final String LABEL = "y";
    static final String COTANGENT = "cotangent";

    private static final long SEED = 20250101L;

    private List<Integer> widths() {
        return switch (this) {
            case TANH_3_64_5 -> List.of(3, 64, 5);
            case RELU_784_512_512_10 -> List.of(784, 512, 512, 10);
        };
    }

    private SDVariable activation(SameDiff sd, SDVariable z) {
        return switch (this) {
            case TANH_3_64_5 -> sd.math.tanh(z);
            case RELU_784_512_512_10 -> sd.nn.relu(z, 0);
        };
    }

    int inputs() {
        return widths().get(0);
    }

    int classes() {
        return widths().get(widths().size() - 1);
    }

    /** A fresh batch {@code [n, inputs]}, standard normal, the same at every call. */
    INDArray batch(int n) {
        return Nd4j.getRandomFactory()
                .getNewRandomInstance(SEED)
                .nextGaussian('c', new long[] {n, inputs()})
                .castTo(DataType.FLOAT);
    }

    /** The network with a softmax cross-entropy loss, as a user would write it. */
    SameDiff classifier() {
        SameDiff sd = logitsGraph();
        SDVariable label = sd.placeHolder(LABEL, DataType.FLOAT, -1, classes());
        sd.loss.softmaxCrossEntropy("loss", label, sd.getVariable(LOGITS), null);
        sd.setLossVariables("loss");
        return sd;
    }

    /** The network with the loss {@code sum(logits * cotangent)}, whose input gradient is one row of the Jacobian. */
    SameDiff rowByRow() {
        SameDiff sd = logitsGraph();
        SDVariable cotangent = sd.placeHolder(COTANGENT, DataType.FLOAT, -1, classes());
        sd.getVariable(LOGITS).mul(cotangent).sum("row");
        sd.setLossVariables("row");
        return sd;
    }

    /** Cotangents {@code [n, classes]} that pick one class. */
    INDArray pick(int n, int klass) {
        INDArray cotangent = Nd4j.zeros(DataType.FLOAT, n, classes());
        cotangent.get(NDArrayIndex.all(), NDArrayIndex.point(klass)).assign(1);
        return cotangent;
    }

    private SameDiff logitsGraph() {
        SameDiff sd = SameDiff.create();
        var random = Nd4j.getRandomFactory().getNewRandomInstance(SEED);
        SDVariable layer = sd.placeHolder(INPUT, DataType.FLOAT, -1, inputs());
        List<Integer> widths = widths();
        for (int i = 1; i < widths.size(); i++) {
            int in = widths.get(i - 1);
            int out = widths.get(i);
            INDArray init = random.nextGaussian('c', new long[] {in, out})
                    .castTo(DataType.FLOAT)
                    .muli(1 / Math.sqrt(in));
            SDVariable weights = sd.var("w" + i, init);
            SDVariable bias = sd.var("b" + i, Nd4j.zeros(DataType.FLOAT, out));
            boolean last = i == widths.size() - 1;
            SDVariable linear = sd.nn.linear(last ? LOGITS : "z" + i, layer, weights, bias);
            layer = last ? linear : activation(sd, linear);
        }
        return sd;
    }
}
