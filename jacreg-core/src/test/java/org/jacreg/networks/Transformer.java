package org.jacreg.networks;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A transformer encoder (Vaswani et al. 2017, normalising first) on tokens {@code [N, T, E]}: learned positions, blocks of
 * attention and feed-forward layers with residual connections, the mean over tokens, a dense layer.
 */
final class Transformer {

    enum Attention {
        /** Of matrix products, permutations and a softmax. */
        WRITTEN_OUT {
            @Override
            SDVariable of(Transformer t, SDVariable h) {
                return t.writtenOut(h);
            }
        },
        /** {@code sd.nn().multiHeadDotProductAttention}. */
        BUILT_IN {
            @Override
            SDVariable of(Transformer t, SDVariable h) {
                return t.builtIn(h);
            }
        };

        abstract SDVariable of(Transformer t, SDVariable h);
    }

    private static final double EPSILON = 1e-5;

    private final GraphParts parts;
    private final SameDiff sd;
    private final int tokens;
    private final int width;
    private final int heads;

    private Transformer(GraphParts parts, int tokens, int width, int heads) {
        this.parts = parts;
        this.sd = parts.sd;
        this.tokens = tokens;
        this.width = width;
        this.heads = heads;
    }

    static SameDiff build(
            DataType type, Attention attention, int blocks, int tokens, int width, int heads, int classes) {
        GraphParts parts = new GraphParts(type, 51, tokens, width);
        Transformer t = new Transformer(parts, tokens, width, heads);
        SDVariable h = parts.x.add(parts.weight("P", 0.3, 1, 1, tokens, width));
        for (int block = 0; block < blocks; block++) {
            h = h.add(attention.of(t, t.normalised(h)));
            h = h.add(t.feedForward(t.normalised(h)));
        }
        return parts.classes(parts.sd.mean(t.normalised(h), 1), width, classes);
    }

    /** Every token on its own. */
    private SDVariable normalised(SDVariable h) {
        SDVariable gain = parts.filled("gain", 1, width);
        SDVariable bias = parts.filled("shift", 0, width);
        return sd.nn().layerNorm(h, gain, bias, false, 2);
    }

    private SDVariable feedForward(SDVariable h) {
        SDVariable flat = sd.reshape(h, -1, width);
        SDVariable hidden = sd.nn().gelu(parts.dense(flat, 1, width, 2L * width));
        return sd.reshape(parts.dense(hidden, 0.5, 2L * width, width), -1, tokens, width);
    }

    private SDVariable writtenOut(SDVariable h) {
        long size = width / heads;
        SDVariable flat = sd.reshape(h, -1, width);
        SDVariable queries = heads(flat, 0, 2, 1, 3);
        SDVariable keys = heads(flat, 0, 2, 3, 1);
        SDVariable values = heads(flat, 0, 2, 1, 3);
        SDVariable scores = sd.mmul(queries, keys).div(Math.sqrt(size));
        SDVariable mixed = sd.mmul(sd.nn().softmax(scores, 3), values);
        SDVariable joined = sd.reshape(sd.permute(mixed, 0, 2, 1, 3), -1, width);
        return sd.reshape(parts.dense(joined, 0.5, width, width), -1, tokens, width);
    }

    /** Projects {@code [N T, E]}, splits the heads off and permutes {@code [N, T, heads, size]}. */
    private SDVariable heads(SDVariable flat, int... order) {
        SDVariable projected = flat.mmul(parts.weight("W", 1, width, width, width));
        return sd.permute(sd.reshape(projected, -1, tokens, heads, width / heads), order);
    }

    /** ND4J's op takes {@code [N, E, T]}. */
    private SDVariable builtIn(SDVariable h) {
        long size = width / heads;
        SDVariable columns = sd.permute(h, 0, 2, 1);
        SDVariable mixed = sd.nn()
                .multiHeadDotProductAttention(
                        columns,
                        columns,
                        columns,
                        parts.weight("Wq", 1, width, heads, size, width),
                        parts.weight("Wk", 1, width, heads, size, width),
                        parts.weight("Wv", 1, width, heads, size, width),
                        parts.weight("Wo", 0.5, width, width, width),
                        null,
                        true);
        return sd.permute(mixed, 0, 2, 1);
    }
}
