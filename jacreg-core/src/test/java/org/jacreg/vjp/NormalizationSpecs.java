package org.jacreg.vjp;

import java.util.List;
import java.util.Random;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.LocalResponseNormalizationConfig;

/** Rows of the table: normalisation. */
final class NormalizationSpecs {

    private static final double EPSILON = 1e-3;

    private NormalizationSpecs() {}

    static List<OpSpec> rows() {
        return List.of(
                // ND4J cannot train batchnorm: the clone of the op forgets its axis.
                OpSpec.firstOrder(
                        "batch norm NCHW", "batchnorm", (sd, x) -> batchNorm(sd, x, 3, true, true, 1), 3, 2, 2),
                OpSpec.firstOrder(
                        "batch norm NHWC", "batchnorm", (sd, x) -> batchNorm(sd, x, 3, true, true, 3), 2, 2, 3),
                OpSpec.firstOrder(
                        "batch norm of features", "batchnorm", (sd, x) -> batchNorm(sd, x, 4, true, true, 1), 4),
                OpSpec.firstOrder(
                        "batch norm, last axis", "batchnorm", (sd, x) -> batchNorm(sd, x, 4, true, true, -1), 2, 4),
                OpSpec.firstOrder(
                        "batch norm without beta", "batchnorm", (sd, x) -> batchNorm(sd, x, 4, true, false, 1), 4),
                OpSpec.firstOrder(
                        "batch norm without gamma", "batchnorm", (sd, x) -> batchNorm(sd, x, 4, false, true, 1), 4),
                OpSpec.firstOrder("batch norm, plain", "batchnorm", (sd, x) -> batchNorm(sd, x, 4, false, false, 1), 4),
                OpSpec.firstOrder("batch norm of two axes", "batchnorm", NormalizationSpecs::twoAxes, 2, 3),
                OpSpec.of("layer norm", "layer_norm", (sd, x) -> layerNorm(sd, x, 4, true, 1), 4),
                OpSpec.of("layer norm without bias", "layer_norm", (sd, x) -> noBias(sd, x), 4),
                OpSpec.of("layer norm of tokens", "layer_norm", (sd, x) -> layerNorm(sd, x, 4, false, 2), 3, 4),
                OpSpec.of("layer norm, last axis", "layer_norm", (sd, x) -> layerNorm(sd, x, 4, false, -1), 3, 4),
                OpSpec.of(
                        "layer norm of an image", "layer_norm", (sd, x) -> layerNorm(sd, x, 2, true, 1, 2, 3), 2, 3, 2),
                OpSpec.of("layer norm, channels first", "layer_norm", (sd, x) -> layerNorm(sd, x, 3, true, 1), 3, 4),
                OpSpec.of("standardize", "standardize", (sd, x) -> sd.math().standardize(x, 1), 4),
                OpSpec.of(
                        "standardize a middle axis",
                        "standardize",
                        (sd, x) -> sd.math().standardize(x, 1),
                        4,
                        2),
                // ND4J's own gradient of lrn is wrong.
                OpSpec.firstOrder("local response", "lrn", (sd, x) -> localResponse(sd, x, 1), 2, 2, 5),
                OpSpec.firstOrder("local response, wide", "lrn", (sd, x) -> localResponse(sd, x, 3), 1, 2, 5));
    }

    private static SDVariable batchNorm(
            SameDiff sd, SDVariable x, int channels, boolean gamma, boolean beta, int axis) {
        SDVariable mean = OpSpecs.weight(sd, "mean", channels);
        SDVariable variance = positive(sd, "variance", channels);
        SDVariable scale = gamma ? OpSpecs.weight(sd, "gamma", channels) : null;
        SDVariable shift = beta ? OpSpecs.weight(sd, "beta", channels) : null;
        return sd.math().tanh(sd.nn().batchNorm(sd.math().sin(x), mean, variance, scale, shift, EPSILON, axis));
    }

    private static SDVariable positive(SameDiff sd, String name, long... shape) {
        return sd.var(name, OpSpec.random(new Random(6), 0.5, 2, shape));
    }

    private static SDVariable twoAxes(SameDiff sd, SDVariable x) {
        SDVariable mean = OpSpecs.weight(sd, "mean", 1, 2, 3);
        SDVariable variance = positive(sd, "variance", 1, 2, 3);
        SDVariable gamma = OpSpecs.weight(sd, "gamma", 1, 2, 3);
        return sd.math().tanh(sd.nn().batchNorm(sd.math().sin(x), mean, variance, gamma, null, EPSILON, 1, 2));
    }

    private static SDVariable layerNorm(SameDiff sd, SDVariable x, int channels, boolean channelsFirst, int... axes) {
        SDVariable gain = OpSpecs.weight(sd, "gain", channels);
        SDVariable bias = OpSpecs.weight(sd, "bias", channels);
        return sd.math().tanh(sd.nn().layerNorm(x, gain, bias, channelsFirst, axes));
    }

    private static SDVariable noBias(SameDiff sd, SDVariable x) {
        return sd.nn().layerNorm(x, OpSpecs.weight(sd, "gain", 4), false, 1);
    }

    private static SDVariable localResponse(SameDiff sd, SDVariable x, int depth) {
        LocalResponseNormalizationConfig config = LocalResponseNormalizationConfig.builder()
                .alpha(0.7)
                .beta(0.6)
                .bias(1.3)
                .depth(depth)
                .build();
        return sd.cnn().localResponseNormalization(x, config);
    }
}
