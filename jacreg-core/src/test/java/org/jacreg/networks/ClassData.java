package org.jacreg.networks;

import java.util.Random;
import org.jacreg.nets.SmallNets;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Samples of classes that can be told apart: sample n is the pattern of class {@code n mod C} plus normal noise. */
final class ClassData {

    private ClassData() {}

    static DataSet of(DataType type, long seed, int n, int classes, double noise, long... shape) {
        Random random = new Random(seed);
        INDArray[] patterns = new INDArray[classes];
        for (int c = 0; c < classes; c++) {
            patterns[c] = SmallNets.normal(type, random, 1, shape);
        }
        INDArray[] samples = new INDArray[n];
        INDArray labels = Nd4j.zeros(type, n, classes);
        for (int i = 0; i < n; i++) {
            samples[i] = patterns[i % classes].add(SmallNets.normal(type, random, noise, shape));
            labels.putScalar(i, i % classes, 1);
        }
        return new DataSet(Nd4j.stack(0, samples), labels);
    }
}
