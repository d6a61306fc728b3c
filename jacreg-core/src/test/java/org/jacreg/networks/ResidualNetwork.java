package org.jacreg.networks;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;

/**
 * ResNet-18 (He et al. 2016) with fewer channels: a convolution, stages of two basic blocks, the first block of every stage
 * but the first halving the image, global average pooling, a dense layer. Normalisation is that of evaluation, by constant
 * means and variances with trained scale and shift, written out because ND4J cannot train {@code batchNorm}.
 */
final class ResidualNetwork {

    private static final int BLOCKS_PER_STAGE = 2;

    private final GraphParts parts;

    private ResidualNetwork(GraphParts parts) {
        this.parts = parts;
    }

    /** Images {@code [N, 1, side, side]}; one stage for each entry of {@code channels}. */
    static SameDiff build(DataType type, int side, int classes, int... channels) {
        GraphParts parts = new GraphParts(type, 31, 1, side, side);
        ResidualNetwork network = new ResidualNetwork(parts);
        SDVariable h = network.normalised(parts.x, 1, channels[0], 3, 1);
        h = parts.sd.nn().relu(h, 0);
        int in = channels[0];
        for (int stage = 0; stage < channels.length; stage++) {
            for (int block = 0; block < BLOCKS_PER_STAGE; block++) {
                h = network.block(h, in, channels[stage], stage > 0 && block == 0 ? 2 : 1);
                in = channels[stage];
            }
        }
        return parts.classes(parts.sd.mean(h, 2, 3), in, classes);
    }

    private SDVariable block(SDVariable x, int in, int out, int stride) {
        SDVariable h = parts.sd.nn().relu(normalised(x, in, out, 3, stride), 0);
        SDVariable branch = normalised(h, out, out, 3, 1);
        boolean projected = in != out || stride > 1;
        SDVariable shortcut = projected ? normalised(x, in, out, 1, stride) : x;
        return parts.sd.nn().relu(branch.add(shortcut), 0);
    }

    /** Convolution without bias, then scale and shift of every channel. */
    private SDVariable normalised(SDVariable x, int in, int out, int kernel, int stride) {
        Conv2DConfig window = Conv2DConfig.builder()
                .kH(kernel)
                .kW(kernel)
                .sH(stride)
                .sW(stride)
                .paddingMode(PaddingMode.SAME)
                .build();
        long fanIn = (long) kernel * kernel * in;
        SDVariable weight = parts.weight("K", Math.sqrt(2), fanIn, kernel, kernel, in, out);
        SDVariable h = parts.sd.cnn().conv2d(x, weight, window);
        SDVariable mean = parts.constant(0.05, 1, out, 1, 1);
        SDVariable deviation = parts.constant(1.2, 1, out, 1, 1);
        SDVariable gamma = parts.filled("gamma", 0.8, 1, out, 1, 1);
        SDVariable beta = parts.filled("beta", 0.05, 1, out, 1, 1);
        return h.sub(mean).mul(gamma.div(deviation)).add(beta);
    }
}
