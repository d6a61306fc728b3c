package org.jacreg.benchmarks.workload;

import java.util.Locale;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The networks that are measured, each with a softmax cross-entropy loss. */
public enum Network implements Workload {
    /** 3-64-5 with tanh: so small that calls cost more than arithmetic. */
    TANH_3_64_5(5, 3) {
        @Override
        SDVariable logits(Layers layers, SDVariable x) {
            return layers.dense(layers.graph().math.tanh(layers.dense(x, 3, 64)), 64, 5);
        }
    },
    /** 784-512-512-10 with relu: an MNIST classifier, where matrix products cost most. */
    MLP(10, 784) {
        @Override
        SDVariable logits(Layers layers, SDVariable x) {
            return layers.reluStack(x, 784, 512, 512, 10);
        }
    },
    /** Convolutions 6 at 5x5 (padded by 2) and 16 at 5x5, each with relu and max pooling by 2, then 120-84-10. */
    LENET(10, 1, 28, 28) {
        @Override
        SDVariable logits(Layers layers, SDVariable x) {
            SDVariable h = layers.halve(layers.relu(layers.conv(x, 1, 6, 5, 1, 2)));
            h = layers.halve(layers.relu(layers.conv(h, 6, 16, 5, 1, 0)));
            return layers.reluStack(layers.graph().reshape(h, -1, 400), 400, 120, 84, 10);
        }
    },
    /** A residual network on 28x28: two blocks of 8 channels, one of 16 on half the size, mean over space, dense. */
    RESNET(10, 1, 28, 28) {
        @Override
        SDVariable logits(Layers layers, SDVariable x) {
            SDVariable h = layers.relu(layers.conv(x, 1, 8, 3, 1, 1));
            h = block(layers, block(layers, h, 8), 8);
            h = block(layers, layers.relu(layers.conv(h, 8, 16, 3, 2, 1)), 16);
            return layers.dense(layers.graph().mean(h, 2, 3), 16, 10);
        }
    },
    /** Three convolutions with relu and pooling on inputs of CIFAR's shape. */
    CIFAR_CONV(10, 3, 32, 32) {
        @Override
        SDVariable logits(Layers layers, SDVariable x) {
            SDVariable h = layers.halve(layers.relu(layers.conv(x, 3, 16, 3, 1, 1)));
            h = layers.halve(layers.relu(layers.conv(h, 16, 32, 3, 1, 1)));
            h = layers.halve(layers.relu(layers.conv(h, 32, 32, 3, 1, 1)));
            return layers.dense(layers.graph().reshape(h, -1, 512), 512, 10);
        }
    },
    /** Three strided convolutions and a mean over space on inputs of ImageNet's shape. */
    IMAGENET_CONV(10, 3, 224, 224) {
        @Override
        SDVariable logits(Layers layers, SDVariable x) {
            SDVariable h = layers.halve(layers.relu(layers.conv(x, 3, 16, 7, 4, 3)));
            h = layers.relu(layers.conv(h, 16, 32, 3, 2, 1));
            h = layers.relu(layers.conv(h, 32, 32, 3, 2, 1));
            return layers.dense(layers.graph().mean(h, 2, 3), 32, 10);
        }
    };

    /** The placeholder of the inputs. */
    public static final String INPUT = "x";
    /** The placeholder of the labels, one-hot. */
    public static final String LABEL = "y";
    /** The output. */
    public static final String LOGITS = "logits";
    /** The mean cross-entropy. */
    public static final String LOSS = "loss";

    private static final long SEED = 20250102L;

    private final int classes;

    @SuppressWarnings("ImmutableEnumChecker") // never handed out
    private final long[] inputShape;

    Network(int classes, long... inputShape) {
        this.classes = classes;
        this.inputShape = inputShape;
    }

    abstract SDVariable logits(Layers layers, SDVariable x);

    private static SDVariable block(Layers layers, SDVariable x, int channels) {
        SDVariable h = layers.relu(layers.conv(x, channels, channels, 3, 1, 1));
        return layers.relu(layers.conv(h, channels, channels, 3, 1, 1).add(x));
    }

    /**
     * As the commands spell it.
     *
     * @return the name in lower case
     */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public SameDiff classifier() {
        Layers layers = new Layers();
        SameDiff sd = layers.graph();
        logits(layers, sd.placeHolder(INPUT, DataType.FLOAT, batchShape(-1))).rename(LOGITS);
        SDVariable label = sd.placeHolder(LABEL, DataType.FLOAT, -1, classes);
        sd.loss.softmaxCrossEntropy(LOSS, label, sd.getVariable(LOGITS), null);
        sd.setLossVariables(LOSS);
        return sd;
    }

    @Override
    public INDArray batch(int n) {
        INDArray values = Nd4j.create(DataType.FLOAT, batchShape(n));
        Nd4j.rand(values, Nd4j.getRandomFactory().getNewRandomInstance(SEED));
        return values;
    }

    private long[] batchShape(long n) {
        long[] shape = new long[inputShape.length + 1];
        shape[0] = n;
        System.arraycopy(inputShape, 0, shape, 1, inputShape.length);
        return shape;
    }
}
