package org.jacreg.networks;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMActivations;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDataFormat;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDirectionMode;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMLayerConfig;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMLayerWeights;

/** Classifiers of sequences {@code [N, features, time]} by the last state of a recurrent layer. */
final class RecurrentNetworks {

    private RecurrentNetworks() {}

    /** {@code sd.rnn().lstmLayer}. */
    static SameDiff lstm(DataType type, int features, int time, int units, int classes) {
        GraphParts parts = new GraphParts(type, 41, features, time);
        LSTMLayerWeights weights = LSTMLayerWeights.builder()
                .weights(parts.weight("Wx", 1, features, features, 4L * units))
                .rWeights(parts.weight("Wr", 1, units, units, 4L * units))
                .bias(parts.filled("b", 0.1, 4L * units))
                .build();
        LSTMLayerConfig config = LSTMLayerConfig.builder()
                .lstmdataformat(LSTMDataFormat.NST)
                .directionMode(LSTMDirectionMode.FWD)
                .gateAct(LSTMActivations.SIGMOID)
                .cellAct(LSTMActivations.TANH)
                .outAct(LSTMActivations.TANH)
                .retFullSequence(false)
                .retLastC(false)
                .retLastH(true)
                .build();
        SDVariable last = parts.sd.rnn().lstmLayer(parts.x, weights, config)[0];
        return parts.classes(last, units, classes);
    }

    /** {@code h_t = tanh(x_t W + h_(t-1) U + b)}. */
    static SameDiff simple(DataType type, int features, int time, int units, int classes) {
        GraphParts parts = new GraphParts(type, 42, features, time);
        SDVariable w = parts.weight("W", 1, features, features, units);
        SDVariable u = parts.weight("U", 1, units, units, units);
        SDVariable b = parts.filled("b", 0.1, 1, units);
        SDVariable h = null;
        for (SDVariable step : parts.sd.unstack(parts.x, 2, time)) {
            SDVariable sum = step.mmul(w).add(b);
            h = parts.sd.math().tanh(h == null ? sum : sum.add(h.mmul(u)));
        }
        return parts.classes(h, units, classes);
    }

    /** Cho et al. 2014: {@code h_t = (1 - z) n + z h_(t-1)} with gates z and r and {@code n = tanh(x W + (r h) U)}. */
    static SameDiff gru(DataType type, int features, int time, int units, int classes) {
        GraphParts parts = new GraphParts(type, 43, features, time);
        SDVariable[] w = new SDVariable[3];
        SDVariable[] u = new SDVariable[3];
        for (int gate = 0; gate < 3; gate++) {
            w[gate] = parts.weight("W", 1, features, features, units);
            u[gate] = parts.weight("U", 1, units, units, units);
        }
        SDVariable[] steps = parts.sd.unstack(parts.x, 2, time);
        SDVariable h = parts.sd.math().tanh(steps[0].mmul(w[2]));
        for (int t = 1; t < time; t++) {
            SDVariable z = parts.sd.nn().sigmoid(steps[t].mmul(w[0]).add(h.mmul(u[0])));
            SDVariable r = parts.sd.nn().sigmoid(steps[t].mmul(w[1]).add(h.mmul(u[1])));
            SDVariable n = parts.sd.math().tanh(steps[t].mmul(w[2]).add(r.mul(h).mmul(u[2])));
            h = z.rsub(1.0).mul(n).add(z.mul(h));
        }
        return parts.classes(h, units, classes);
    }
}
