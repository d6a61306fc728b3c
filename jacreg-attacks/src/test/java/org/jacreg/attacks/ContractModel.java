package org.jacreg.attacks;

import java.util.Random;
import java.util.stream.Stream;
import org.jacreg.attacks.ClosedFormNet.Activation;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A model that attacks are tried on, with three or four classes.
 *
 * @param name what it is
 * @param classifier the model
 * @param exact whether its answer to a sample has the same bits in every batch; else sums are added up in another order
 */
record ContractModel(String name, Classifier classifier, boolean exact) {

    /** Entries of a sample of {@link #dense}. */
    static final int ENTRIES = 6;

    static final int CLASSES = 3;

    /** Nets whose answers are computed in double, sample by sample, from six entries. */
    static Stream<ContractModel> dense() {
        InputBox unit = new InputBox(0, 1);
        ClosedFormNet tanh =
                ClosedFormNet.random(1, ENTRIES, 5, CLASSES + 1, 1.5, Activation.TANH, DataType.DOUBLE, unit);
        ClosedFormNet soft =
                ClosedFormNet.random(2, ENTRIES, 5, CLASSES, 1.0, Activation.SOFTPLUS, DataType.FLOAT, unit);
        ClosedFormNet linear = ClosedFormNet.linear(
                new double[][] {{1, -2, 0}, {.5, 1, 3}, {-1, .25, 1}, {0, 0, 0}, {2, 1, 0}, {1, -1, -1}},
                new double[] {.1, -.2, .05},
                InputBox.unbounded());
        return Stream.of(
                new ContractModel("tanh net, double, box [0, 1]", tanh, true),
                new ContractModel("softplus net, float, box [0, 1], shape [1, 2, 3]", soft.shaped(1, 2, 3), true),
                new ContractModel(
                        "tanh net, half-open box", tanh.within(new InputBox(0, Double.POSITIVE_INFINITY)), true),
                new ContractModel("linear, no box", linear, true));
    }

    /** The dense nets, a convolutional SameDiff graph and a DL4J network, both of float32. */
    static Stream<ContractModel> all() {
        return Stream.concat(
                dense(),
                Stream.of(
                        new ContractModel("SameDiff conv net, float", conv(), false),
                        new ContractModel("DL4J conv net, float", Dl4jClassifier.random(7), false)));
    }

    /** {@code [N, 1, 5, 5]} - conv 2x2 to 3 channels - ReLU - max pooling 2x2 - dense to 3 classes, in [0, 1]. */
    private static Classifier conv() {
        SameDiff sd = SameDiff.create();
        Random random = new Random(11);
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 1, 5, 5);
        SDVariable kernel = sd.var("K", gaussian(random, 1, 2, 2, 1, 3));
        SDVariable bias = sd.var("c", gaussian(random, .3, 3));
        Conv2DConfig window = Conv2DConfig.builder().kH(2).kW(2).sH(1).sW(1).build();
        SDVariable h = sd.nn().relu(sd.cnn().conv2d(x, kernel, bias, window), 0);
        SDVariable pooled = sd.cnn()
                .maxPooling2d(
                        h, Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).build());
        SDVariable w = sd.var("W", gaussian(random, 1, 12, CLASSES));
        sd.reshape(pooled, -1, 12).mmul(w).add("logits", sd.var("b", gaussian(random, .3, 1, CLASSES)));
        return Classifier.of(sd).logits("logits").bounds(0, 1).build();
    }

    private static INDArray gaussian(Random random, double scale, long... shape) {
        INDArray array = Nd4j.create(DataType.FLOAT, shape);
        INDArray flat = array.reshape(array.length());
        for (long k = 0; k < array.length(); k++) {
            flat.putScalar(k, scale * random.nextGaussian());
        }
        return array;
    }
}
