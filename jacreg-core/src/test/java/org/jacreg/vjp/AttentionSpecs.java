package org.jacreg.vjp;

import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.transforms.custom.DotProductAttention;
import org.nd4j.linalg.api.ops.impl.transforms.custom.MultiHeadDotProductAttention;
import org.nd4j.linalg.factory.Nd4j;

/** Rows of the table: attention, with queries, keys and values of three different kinds. */
final class AttentionSpecs {

    private static final String ONE = "dot_product_attention";
    private static final String MANY = "multi_head_dot_product_attention";

    private AttentionSpecs() {}

    static List<OpSpec> rows() {
        return List.of(
                OpSpec.of("self attention", ONE, (sd, x) -> selfAttention(sd, x, true), 3, 4),
                OpSpec.of("self attention, not scaled", ONE, (sd, x) -> selfAttention(sd, x, false), 3, 4),
                OpSpec.of("self attention, masked", ONE, AttentionSpecs::masked, 3, 4),
                OpSpec.of("attention of heads", ONE, AttentionSpecs::heads, 2, 3, 2),
                OpSpec.of("attention, other length of keys", ONE, AttentionSpecs::cross, 3, 4),
                // ND4J's gradient forgets the second output.
                OpSpec.firstOrder("attention weights", ONE, AttentionSpecs::weights, 3, 4),
                OpSpec.of("multi-head attention", MANY, (sd, x) -> multiHead(sd, x, true), 3, 2),
                OpSpec.of("multi-head attention, not scaled", MANY, (sd, x) -> multiHead(sd, x, false), 3, 2),
                OpSpec.of("multi-head attention, masked", MANY, AttentionSpecs::maskedHeads, 3, 3),
                OpSpec.firstOrder("multi-head attention weights", MANY, AttentionSpecs::multiHeadWeights, 3, 2));
    }

    private static SDVariable selfAttention(SameDiff sd, SDVariable x, boolean scaled) {
        return sd.nn()
                .dotProductAttention(
                        sd.math().tanh(x), sd.math().sin(x), sd.math().square(x), null, scaled);
    }

    private static SDVariable masked(SameDiff sd, SDVariable x) {
        return sd.nn().dotProductAttention(x, sd.math().sin(x), sd.math().tanh(x), mask(sd, x, 4), true);
    }

    /** The same mask for every sample: a mask has a batch axis. */
    private static SDVariable mask(SameDiff sd, SDVariable x, int steps) {
        double[] row = {1, 0, 1, 1};
        SDVariable pattern = sd.constant(Nd4j.createFromArray(Arrays.copyOf(row, steps)));
        return sd.onesLike(sd.sum(x, 1)).mul(pattern);
    }

    private static SDVariable heads(SameDiff sd, SDVariable x) {
        return sd.nn().dotProductAttention(x, sd.math().sin(x), sd.math().tanh(x), null, true);
    }

    private static SDVariable cross(SameDiff sd, SDVariable x) {
        SDVariable memory = sd.concat(2, sd.math().sin(x), sd.math().tanh(x));
        return sd.nn().dotProductAttention(x, memory, memory, null, true);
    }

    private static SDVariable weights(SameDiff sd, SDVariable x) {
        SDVariable[] both =
                new DotProductAttention(sd, x, sd.math().sin(x), sd.math().tanh(x), null, true, true).outputVariables();
        return sd.concat(1, both[0], both[1]);
    }

    private static SDVariable multiHead(SameDiff sd, SDVariable x, boolean scaled) {
        return multiHead(sd, x, null, scaled, false)[0];
    }

    private static SDVariable maskedHeads(SameDiff sd, SDVariable x) {
        return multiHead(sd, x, mask(sd, x, 3), true, false)[0];
    }

    private static SDVariable multiHeadWeights(SameDiff sd, SDVariable x) {
        SDVariable[] both = multiHead(sd, x, null, true, true);
        return sd.concat(1, both[0], sd.reshape(both[1], -1, 4, 2));
    }

    private static SDVariable[] multiHead(
            SameDiff sd, SDVariable x, SDVariable mask, boolean scaled, boolean withWeights) {
        return new MultiHeadDotProductAttention(
                        sd,
                        sd.math().tanh(x),
                        sd.math().sin(x),
                        x,
                        OpSpecs.weight(sd, "wq", 2, 3, 3),
                        sd.var("wk", OpSpec.random(new java.util.Random(6), -1, 1, 2, 3, 3)),
                        OpSpecs.weight(sd, "wv", 2, 2, 3),
                        OpSpecs.weight(sd, "wo", 4, 3),
                        mask,
                        scaled,
                        withWeights)
                .outputVariables();
    }
}
