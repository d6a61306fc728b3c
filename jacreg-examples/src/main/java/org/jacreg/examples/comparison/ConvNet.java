package org.jacreg.examples.comparison;

import java.util.Map;
import java.util.Random;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * The network of the comparison: two convolutions 4 x 4 with stride 2 and padding 1, a dense layer, the logits; ReLU between them.
 *
 * <p>It is the small MNIST network of Wong and Kolter, "Provable defenses against adversarial examples via the convex outer
 * adversarial polytope", ICML 2018, arXiv 1711.00851 (16 and 32 filters, 100 hidden units). Input {@code x [N, 784]}, label {@code y
 * [N, C]} one-hot, logits {@code z [N, C]}, loss {@code loss}, a mean over the batch. Weights start as {@code N(0, 2 / fan-in)},
 * biases at 0.
 */
final class ConvNet {

    private static final int SIDE = 28;
    private static final int KERNEL = 4;

    private final SameDiff sd = SameDiff.create();
    private final Random random;

    private ConvNet(long seed) {
        random = new Random(seed);
    }

    /** Makes the graph, ready for training; the same seed gives the same weights. */
    static SameDiff create(Budget budget, int classes, long seed) {
        return new ConvNet(seed).build(budget, classes);
    }

    private SameDiff build(Budget budget, int classes) {
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, SIDE * SIDE);
        SDVariable y = sd.placeHolder("y", DataType.FLOAT, -1, classes);
        int first = budget.filters().get(0);
        int second = budget.filters().get(1);
        SDVariable h = convolution("1", x.reshape(-1, 1, SIDE, SIDE), 1, first);
        h = convolution("2", h, first, second);
        int features = second * (SIDE / 4) * (SIDE / 4);
        h = sd.nn().relu(dense("3", h.reshape(-1, features), features, budget.hidden()), 0);
        SDVariable z = dense("4", h, budget.hidden(), classes).rename("z");
        sd.loss().softmaxCrossEntropy("loss", y, z, null);
        sd.setLossVariables("loss");
        sd.setTrainingConfig(TrainingConfig.builder()
                .updater(new Adam(schedule(budget)))
                .dataSetFeatureMapping("x")
                .dataSetLabelMapping("y")
                .build());
        return sd;
    }

    private static MapSchedule schedule(Budget budget) {
        Map<Integer, Double> rates = Map.of(0, budget.learningRate(), budget.lateEpoch(), budget.learningRate() / 10);
        return new MapSchedule(ScheduleType.EPOCH, rates);
    }

    private SDVariable convolution(String name, SDVariable x, int in, int out) {
        Conv2DConfig window = Conv2DConfig.builder()
                .kH(KERNEL)
                .kW(KERNEL)
                .sH(2)
                .sW(2)
                .pH(1)
                .pW(1)
                .build();
        SDVariable weights = sd.var("w" + name, normal(KERNEL * KERNEL * in, KERNEL, KERNEL, in, out));
        SDVariable bias = sd.var("b" + name, Nd4j.zeros(DataType.FLOAT, out));
        return sd.nn().relu(sd.cnn().conv2d(x, weights, bias, window), 0);
    }

    private SDVariable dense(String name, SDVariable x, int in, int out) {
        SDVariable weights = sd.var("w" + name, normal(in, in, out));
        return x.mmul(weights).add(sd.var("b" + name, Nd4j.zeros(DataType.FLOAT, out)));
    }

    private INDArray normal(int fanIn, long... shape) {
        int length = 1;
        for (long size : shape) {
            length = Math.toIntExact(length * size);
        }
        float[] values = new float[length];
        double deviation = Math.sqrt(2.0 / fanIn);
        for (int i = 0; i < length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return Nd4j.create(values, shape, 'c');
    }
}
