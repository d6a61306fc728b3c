package org.jacreg.benchmarks.workload;

import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A network with data of its shape. */
public interface Workload {

    /**
     * How many classes there are.
     *
     * @return {@code C}
     */
    int classes();

    /**
     * A fresh graph with the same weights at every call.
     *
     * @return with placeholders {@value Network#INPUT} and {@value Network#LABEL}, output {@value Network#LOGITS} and the loss
     *     {@value Network#LOSS}
     */
    SameDiff classifier();

    /**
     * A fresh batch of inputs.
     *
     * @param n its size
     * @return {@code [n, *inputShape]}, uniform in [0, 1]
     */
    INDArray batch(int n);

    /**
     * Labels for a batch.
     *
     * @param n its size
     * @return {@code [n, C]}, one-hot
     */
    default INDArray labels(int n) {
        INDArray labels = Nd4j.zeros(DataType.FLOAT, n, classes());
        for (int i = 0; i < n; i++) {
            labels.putScalar(i, 3L * i % classes(), 1);
        }
        return labels;
    }

    /**
     * Cotangents of the logits that pick one class.
     *
     * @param n the size of the batch
     * @param klass the class
     * @return {@code [n, C]}
     */
    default INDArray pick(int n, int klass) {
        INDArray cotangent = Nd4j.zeros(DataType.FLOAT, n, classes());
        cotangent.get(NDArrayIndex.all(), NDArrayIndex.point(klass)).assign(1);
        return cotangent;
    }
}
