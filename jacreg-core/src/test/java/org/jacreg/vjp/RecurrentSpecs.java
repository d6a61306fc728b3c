package org.jacreg.vjp;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMActivations;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMConfiguration;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDataFormat;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDirectionMode;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMLayerConfig;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.GRUWeights;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMLayerWeights;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMWeights;

/** Rows of the table: attention and recurrent layers. Two steps, two features, two units: graphs grow with the steps. */
final class RecurrentSpecs {

    private RecurrentSpecs() {}

    static List<OpSpec> rows() {
        List<OpSpec> rows = new ArrayList<>();
        rows.addAll(layers());
        rows.addAll(cells());
        return rows;
    }

    private static List<OpSpec> layers() {
        return List.of(
                lstm("lstm", sequence(), 0),
                lstm("lstm NST, backward, peepholes", nst().directionMode(LSTMDirectionMode.BWD), 4),
                OpSpec.of("lstm TNS", "lstmLayer", RecurrentSpecs::timeMajor, 2, 2),
                lstm("lstm, other activations, no bias", relu(), 8),
                lstm("lstm, last output, initial states", last().retLastH(true), 3),
                lstm("lstm, last cell, backward", last().retLastC(true).directionMode(LSTMDirectionMode.BWD), 0),
                lstm("lstm, both directions summed", sequence().directionMode(LSTMDirectionMode.BIDIR_SUM), 16 + 4),
                lstm("lstm, both directions side by side", both(), 16),
                OpSpec.of("lstm, all outputs", "lstmLayer", RecurrentSpecs::allOutputs, 2, 2),
                // ND4J's own gradient of gru is wrong, without an error: cells of matmul, sigmoid and tanh can be
                // trained.
                OpSpec.firstOrder("gru", "gru", RecurrentSpecs::gru, 2, 2),
                OpSpec.of("recurrence of basic ops", "matmul", RecurrentSpecs::recurrence, 2, 2));
    }

    private static LSTMLayerConfig.LSTMLayerConfigBuilder sequence() {
        return LSTMLayerConfig.builder().lstmdataformat(LSTMDataFormat.NTS).retFullSequence(true);
    }

    private static LSTMLayerConfig.LSTMLayerConfigBuilder nst() {
        return sequence().lstmdataformat(LSTMDataFormat.NST);
    }

    private static LSTMLayerConfig.LSTMLayerConfigBuilder last() {
        return sequence().retFullSequence(false);
    }

    private static LSTMLayerConfig.LSTMLayerConfigBuilder relu() {
        return sequence().cellAct(LSTMActivations.RELU).outAct(LSTMActivations.SIGMOID);
    }

    private static LSTMLayerConfig.LSTMLayerConfigBuilder both() {
        return sequence().directionMode(LSTMDirectionMode.BIDIR_CONCAT);
    }

    /** Options: 1 initial output, 2 initial cell, 4 peepholes, 8 no bias, 16 two directions. */
    private static OpSpec lstm(String label, LSTMLayerConfig.LSTMLayerConfigBuilder config, int options) {
        return OpSpec.of(label, "lstmLayer", (sd, x) -> sd.math().tanh(lstm(sd, x, config.build(), options)[0]), 2, 2);
    }

    private static SDVariable[] lstm(SameDiff sd, SDVariable x, LSTMLayerConfig config, int options) {
        boolean two = (options & 16) != 0;
        LSTMLayerWeights weights = LSTMLayerWeights.builder()
                .weights(weight(sd, "wx", two, 2, 8))
                .rWeights(weight(sd, "wr", two, 2, 8))
                .bias((options & 8) != 0 ? null : weight(sd, "b", two, 8))
                .peepholeWeights((options & 4) == 0 ? null : weight(sd, "wp", two, 6))
                .build();
        if ((options & 3) == 0) {
            return sd.rnn().lstmLayer(x, weights, config);
        }
        SDVariable h = start(sd, x, "h0");
        SDVariable c = start(sd, x, "c0");
        return sd.rnn().lstmLayer(x, c, h, null, weights, config);
    }

    private static SDVariable weight(SameDiff sd, String name, boolean two, long... shape) {
        long[] doubled = java.util.stream.LongStream.concat(
                        java.util.stream.LongStream.of(2), java.util.Arrays.stream(shape))
                .toArray();
        return OpSpecs.weight(sd, name, two ? doubled : shape);
    }

    /** An initial state that is made of the input, so that it has its batch and its derivative is tested. */
    private static SDVariable start(SameDiff sd, SDVariable x, String name) {
        return sd.reshape(x, -1, 4).mmul(OpSpecs.weight(sd, name, 4, 2));
    }

    private static SDVariable timeMajor(SameDiff sd, SDVariable x) {
        LSTMLayerConfig config = sequence().lstmdataformat(LSTMDataFormat.TNS).build();
        return sd.permute(sd.math().tanh(lstm(sd, sd.permute(x, 1, 0, 2), config, 0)[0]), 1, 0, 2);
    }

    private static SDVariable allOutputs(SameDiff sd, SDVariable x) {
        SDVariable[] out = lstm(sd, x, sequence().retLastH(true).retLastC(true).build(), 0);
        return sd.reshape(out[0], -1, 4)
                .mmul(OpSpecs.weight(sd, "q", 4, 2))
                .add(sd.math().tanh(out[1]))
                .add(sd.math().sin(out[2]));
    }

    private static SDVariable gru(SameDiff sd, SDVariable x) {
        SDVariable h = sd.rnn()
                .gru(
                        sd.permute(x, 1, 0, 2),
                        start(sd, x, "h0"),
                        OpSpecs.weight(sd, "wx", 2, 6),
                        OpSpecs.weight(sd, "wh", 2, 6),
                        OpSpecs.weight(sd, "b", 6));
        return sd.permute(h, 1, 0, 2);
    }

    /** A simple recurrent network as users write it. */
    private static SDVariable recurrence(SameDiff sd, SDVariable x) {
        SDVariable wx = OpSpecs.weight(sd, "wx", 2, 3);
        SDVariable wh = OpSpecs.weight(sd, "wh", 3, 3);
        SDVariable flat = sd.reshape(x, -1, 4);
        SDVariable h = null;
        for (int t = 0; t < 2; t++) {
            SDVariable z = EdgeRules.cut(sd, flat, new long[] {0, 2 * t}, new long[] {0, 2 - 2 * t})
                    .mmul(wx);
            h = sd.math().tanh(h == null ? z : z.add(h.mmul(wh)));
        }
        return h;
    }

    /** ND4J cannot differentiate its cells. */
    private static List<OpSpec> cells() {
        List<OpSpec> rows = new ArrayList<>();
        for (int output = 0; output < 4; output++) {
            int wanted = output;
            rows.add(OpSpec.firstOrder("gru cell, output " + output, "gruCell", (sd, x) -> gruCell(sd, x)[wanted], 2));
        }
        for (int output = 0; output < 7; output++) {
            int wanted = output;
            rows.add(OpSpec.firstOrder(
                    "lstm cell, output " + output, "lstmBlockCell", (sd, x) -> lstmCell(sd, x, true)[wanted], 2));
        }
        rows.add(OpSpec.firstOrder(
                "lstm cell without peepholes", "lstmBlockCell", (sd, x) -> lstmCell(sd, x, false)[6], 2));
        return rows;
    }

    private static SDVariable[] gruCell(SameDiff sd, SDVariable x) {
        GRUWeights weights = GRUWeights.builder()
                .ruWeight(OpSpecs.weight(sd, "ru", 5, 6))
                .cWeight(OpSpecs.weight(sd, "c", 5, 3))
                .ruBias(OpSpecs.weight(sd, "rub", 6))
                .cBias(OpSpecs.weight(sd, "cb", 3))
                .build();
        return sd.rnn().gruCell(x, x.mmul(OpSpecs.weight(sd, "h0", 2, 3)), weights);
    }

    private static SDVariable[] lstmCell(SameDiff sd, SDVariable x, boolean peepholes) {
        LSTMWeights weights = LSTMWeights.builder()
                .weights(OpSpecs.weight(sd, "w", 5, 12))
                .inputPeepholeWeights(OpSpecs.weight(sd, "pi", 3))
                .forgetPeepholeWeights(OpSpecs.weight(sd, "pf", 3))
                .outputPeepholeWeights(OpSpecs.weight(sd, "po", 3))
                .bias(OpSpecs.weight(sd, "b", 12))
                .build();
        LSTMConfiguration config =
                LSTMConfiguration.builder().peepHole(peepholes).forgetBias(0.5).build();
        SDVariable c = x.mmul(OpSpecs.weight(sd, "c0", 2, 3));
        SDVariable y = x.mmul(OpSpecs.weight(sd, "y0", 2, 3));
        return sd.rnn().lstmCell(x, c, y, weights, config);
    }
}
