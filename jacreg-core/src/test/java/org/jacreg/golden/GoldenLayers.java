package org.jacreg.golden;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;

/**
 * Layers written out of elementary ops, as users write them who want to train: ND4J 1.0.0-M2.1 cannot train its batch
 * normalisation, and its layer normalisation has no epsilon.
 */
final class GoldenLayers {

    private final SameDiff sd;

    GoldenLayers(SameDiff sd) {
        this.sd = sd;
    }

    /** {@code x W + b} on the last of three axes. */
    SDVariable denseOnSequence(SDVariable x, SDVariable w, SDVariable b, long steps) {
        long in = w.getArr().size(0);
        long out = w.getArr().size(1);
        return sd.reshape(sd.reshape(x, -1, in).mmul(w).add(b), -1, steps, out);
    }

    /** Evaluation mode over axis 1; everything but x is {@code [channels]}. */
    SDVariable batchNorm(
            SDVariable x,
            SDVariable mean,
            SDVariable variance,
            SDVariable gamma,
            SDVariable beta,
            double eps,
            int rank) {
        long channels = gamma.getArr().length();
        long[] shape = new long[rank];
        java.util.Arrays.fill(shape, 1);
        shape[1] = channels;
        SDVariable scale = gamma.div(sd.math().sqrt(variance.add(eps)));
        SDVariable centred = x.sub(sd.reshape(mean, shape));
        return centred.mul(sd.reshape(scale, shape)).add(sd.reshape(beta, shape));
    }

    /** Over the last axis, biased variance. */
    SDVariable layerNorm(SDVariable x, SDVariable gamma, SDVariable beta, double eps, int rank) {
        SDVariable centred = x.sub(sd.mean(x, true, rank - 1));
        SDVariable variance = sd.mean(sd.math().square(centred), true, rank - 1);
        return centred.div(sd.math().sqrt(variance.add(eps))).mul(gamma).add(beta);
    }

    SDVariable geluErf(SDVariable x) {
        return x.mul(sd.math().erf(x.mul(Math.sqrt(0.5))).add(1)).mul(0.5);
    }

    /** Golden weights are [out, in, k]; ND4J's are [k, in, out]. */
    SDVariable conv1d(SDVariable x, SDVariable weights, SDVariable bias, long stride, long pad, long dilation) {
        Conv1DConfig config = Conv1DConfig.builder()
                .k(weights.getArr().size(2))
                .s(stride)
                .p(pad)
                .d(dilation)
                .paddingMode(PaddingMode.VALID)
                .build();
        return sd.cnn().conv1d(x, sd.permute(weights, 2, 1, 0), bias, config);
    }

    SDVariable maxPool1d(SDVariable x, long channels, long length, long kernel, long stride) {
        Pooling2DConfig config =
                Pooling2DConfig.builder().kH(1).kW(kernel).sH(1).sW(stride).build();
        SDVariable pooled = sd.cnn().maxPooling2d(sd.reshape(x, -1, channels, 1, length), config);
        return sd.reshape(pooled, -1, channels, (length - kernel) / stride + 1);
    }

    /** {@code [N, T, F] -> [N, H]}, the last state; gates i, f, g, o in the order of columns. */
    SDVariable lstm(SDVariable x, SDVariable wx, SDVariable wh, SDVariable b, long steps) {
        long features = wx.getArr().size(0);
        int size = (int) wh.getArr().size(0);
        SDVariable h = null;
        SDVariable c = null;
        for (int t = 0; t < steps; t++) {
            SDVariable now = sd.reshape(slice(x, 3, 1, t, t + 1), -1, features);
            SDVariable z = now.mmul(wx).add(b);
            z = h == null ? z : z.add(h.mmul(wh));
            SDVariable i = sd.nn().sigmoid(slice(z, 2, 1, 0, size));
            SDVariable f = sd.nn().sigmoid(slice(z, 2, 1, size, 2 * size));
            SDVariable g = sd.math().tanh(slice(z, 2, 1, 2 * size, 3 * size));
            SDVariable o = sd.nn().sigmoid(slice(z, 2, 1, 3 * size, 4 * size));
            c = c == null ? i.mul(g) : f.mul(c).add(i.mul(g));
            h = o.mul(sd.math().tanh(c));
        }
        return h;
    }

    private SDVariable slice(SDVariable x, int rank, int axis, long from, long to) {
        long[] begins = new long[rank];
        long[] ends = new long[rank];
        long[] strides = new long[rank];
        java.util.Arrays.fill(strides, 1);
        begins[axis] = from;
        ends[axis] = to;
        int others = ((1 << rank) - 1) & ~(1 << axis);
        return sd.stridedSlice(x, begins, ends, strides, others, others, 0, 0, 0);
    }

    /** Parameters in the order Wq, bq, Wk, bk, Wv, bv, Wo, bo. */
    SDVariable selfAttention(SDVariable x, SDVariable[] p, long steps, long heads) {
        long width = p[0].getArr().size(0);
        SDVariable q = heads(denseOnSequence(x, p[0], p[1], steps), steps, heads, width);
        SDVariable k = heads(denseOnSequence(x, p[2], p[3], steps), steps, heads, width);
        SDVariable v = heads(denseOnSequence(x, p[4], p[5], steps), steps, heads, width);
        SDVariable scores = sd.mmul(q, k, false, true, false).mul(1 / Math.sqrt((double) width / heads));
        SDVariable mixed = sd.mmul(sd.nn().softmax(scores, 3), v);
        SDVariable joined = sd.reshape(sd.permute(mixed, 0, 2, 1, 3), -1, steps, width);
        return denseOnSequence(joined, p[6], p[7], steps);
    }

    private SDVariable heads(SDVariable x, long steps, long heads, long width) {
        return sd.permute(sd.reshape(x, -1, steps, heads, width / heads), 0, 2, 1, 3);
    }
}
