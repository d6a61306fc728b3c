package org.jacreg.vjp;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Rows of the table: matrix products and linear algebra. */
final class MatrixSpecs {

    private MatrixSpecs() {}

    static List<OpSpec> rows() {
        return List.of(
                OpSpec.of("relu layer", "relu_layer", MatrixSpecs::reluLayer, 4),
                OpSpec.of("bias add, channels last", "biasadd", MatrixSpecs::biasLast, 2, 3),
                OpSpec.of("bias add of features", "biasadd", (sd, x) -> biasFeatures(sd, x, true), 3),
                OpSpec.of("bias add of features, last", "biasadd", (sd, x) -> biasFeatures(sd, x, false), 3));
    }

    private static SDVariable reluLayer(SameDiff sd, SDVariable x) {
        SDVariable bias = OpSpecs.weight(sd, "b", 5);
        return sd.math().sin(sd.nn().reluLayer(sd.math().tanh(x), OpSpecs.weight(sd, "w", 4, 5), bias));
    }

    private static SDVariable biasLast(SameDiff sd, SDVariable x) {
        return sd.math().tanh(sd.nn().biasAdd(x, OpSpecs.weight(sd, "b", 3), false));
    }

    private static SDVariable biasFeatures(SameDiff sd, SDVariable x, boolean channelsFirst) {
        return sd.math().tanh(sd.nn().biasAdd(x, OpSpecs.weight(sd, "b", 3), channelsFirst));
    }
}
