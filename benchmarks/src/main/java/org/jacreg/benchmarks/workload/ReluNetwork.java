package org.jacreg.benchmarks.workload;

import java.util.Arrays;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network of dense layers of one width with relu, of any size: what grows in the plots.
 *
 * @param inputs {@code D}
 * @param width of each hidden layer
 * @param depth how many hidden layers
 * @param classes {@code C}
 */
public record ReluNetwork(int inputs, int width, int depth, int classes) implements Workload {

    @Override
    public SameDiff classifier() {
        Layers layers = new Layers();
        SameDiff sd = layers.graph();
        int[] widths = new int[depth + 2];
        Arrays.fill(widths, width);
        widths[0] = inputs;
        widths[depth + 1] = classes;
        SDVariable x = sd.placeHolder(Network.INPUT, DataType.FLOAT, -1, inputs);
        layers.reluStack(x, widths).rename(Network.LOGITS);
        SDVariable label = sd.placeHolder(Network.LABEL, DataType.FLOAT, -1, classes);
        sd.loss.softmaxCrossEntropy(Network.LOSS, label, sd.getVariable(Network.LOGITS), null);
        sd.setLossVariables(Network.LOSS);
        return sd;
    }

    @Override
    public INDArray batch(int n) {
        return Nd4j.rand(DataType.FLOAT, n, inputs);
    }
}
