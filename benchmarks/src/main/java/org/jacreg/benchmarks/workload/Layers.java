package org.jacreg.benchmarks.workload;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.factory.Nd4j;

/** Writes layers into a graph, as a user would; weights have the variance {@code 1 / (3 fanIn)} of PyTorch's defaults. */
final class Layers {

    private static final long SEED = 20250101L;

    private final SameDiff sd = SameDiff.create();
    private final Random random = Nd4j.getRandomFactory().getNewRandomInstance(SEED);
    private int count;

    SameDiff graph() {
        return sd;
    }

    SDVariable dense(SDVariable x, int in, int out) {
        count++;
        return sd.nn.linear(x, weight(in, in, out), bias(out));
    }

    /** Dense layers of these widths with relu between them. */
    SDVariable reluStack(SDVariable x, int... widths) {
        SDVariable h = x;
        for (int i = 1; i < widths.length; i++) {
            h = dense(i == 1 ? h : relu(h), widths[i - 1], widths[i]);
        }
        return h;
    }

    SDVariable relu(SDVariable x) {
        return sd.nn.relu(x, 0);
    }

    /** A square convolution, NCHW. */
    SDVariable conv(SDVariable x, int in, int out, int kernel, int stride, int pad) {
        count++;
        Conv2DConfig window = Conv2DConfig.builder()
                .kH(kernel)
                .kW(kernel)
                .sH(stride)
                .sW(stride)
                .pH(pad)
                .pW(pad)
                .build();
        SDVariable weights = weight(kernel * kernel * in, kernel, kernel, in, out);
        return sd.cnn.conv2d(x, weights, bias(out), window);
    }

    /** Halves height and width by their maxima. */
    SDVariable halve(SDVariable x) {
        return sd.cnn.maxPooling2d(
                x, Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).build());
    }

    private SDVariable weight(int fanIn, long... shape) {
        INDArray values = random.nextGaussian('c', shape).castTo(DataType.FLOAT);
        return sd.var("w" + count, values.muli(1 / Math.sqrt(3.0 * fanIn)));
    }

    private SDVariable bias(int out) {
        return sd.var("b" + count, Nd4j.zeros(DataType.FLOAT, out));
    }
}
