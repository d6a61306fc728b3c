package org.jacreg.attacks.onnx;

import static org.jacreg.attacks.onnx.OnnxGraph.integer;
import static org.jacreg.attacks.onnx.OnnxGraph.integers;
import static org.jacreg.attacks.onnx.OnnxGraph.product;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jacreg.graph.GemmRepair;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.samediff.frameworkimport.onnx.importer.OnnxFrameworkImporter;

/** [N, 1, 8, 8] - conv 3x3 to 4 channels - relu - max pooling 2x2 - dense 16 - relu - dense to 3 classes, from a file. */
final class ImportedNetwork {

    static final int CLASSES = 3;
    static final String INPUT = "x";
    static final String LOGITS = "dense2" + GemmRepair.SUFFIX;
    static final String LABEL = "label";
    static final String LOSS = "loss";

    private ImportedNetwork() {}

    static void write(Path file, boolean doubles) throws IOException {
        new OnnxGraph(doubles, 1)
                .input(INPUT, 1, 8, 8)
                .weight("K", 0.4, 4, 1, 3, 3)
                .weight("c", 0.1, 4)
                .weight("W1", 0.25, 16, 36)
                .weight("b1", 0.1, 16)
                .weight("W2", 0.3, 16, CLASSES)
                .weight("b2", 0.1, CLASSES)
                .node(
                        "Conv",
                        "conv",
                        List.of(INPUT, "K", "c"),
                        integers("kernel_shape", 3, 3),
                        integers("strides", 1, 1),
                        integers("pads", 0, 0, 0, 0),
                        integers("dilations", 1, 1),
                        integer("group", 1))
                .node("Relu", "relu1", List.of("conv"))
                .node(
                        "MaxPool",
                        "pool",
                        List.of("relu1"),
                        integers("kernel_shape", 2, 2),
                        integers("strides", 2, 2),
                        integers("pads", 0, 0, 0, 0))
                .node("Flatten", "flat", List.of("pool"), integer("axis", 1))
                .node("Gemm", "dense1", List.of("flat", "W1", "b1"), product(1, true))
                .node("Relu", "relu2", List.of("dense1"))
                .node("Gemm", "dense2", List.of("relu2", "W2", "b2"), product(1, false))
                .output("dense2", CLASSES)
                .write(file);
    }

    /** What ND4J makes of a file; its importer prints, which is of no use here. */
    static SameDiff imported(Path file) {
        PrintStream original = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        try {
            return new OnnxFrameworkImporter().runImport(file.toString(), Map.of(), true);
        } finally {
            System.setOut(original);
        }
    }

    /** Ends the eager mode that the importer leaves on, repairs products, opens the batch, makes variables of the weights, which are imported as constants, and adds a loss. */
    static SameDiff trainable(SameDiff sd) {
        sd.disableEagerMode();
        GemmRepair.in(sd);
        SDVariable x = sd.getVariable(INPUT);
        x.setShape(-1, 1, 8, 8);
        List<SDVariable> weights = sd.variables().stream()
                .filter(variable -> variable.getVariableType() == VariableType.CONSTANT)
                .filter(variable -> variable.dataType().isFPType())
                .toList();
        sd.convertToVariables(weights);
        DataType type = x.dataType();
        SDVariable label = sd.placeHolder(LABEL, type, -1, CLASSES);
        sd.loss().softmaxCrossEntropy(LOSS, label, sd.getVariable(LOGITS), null);
        sd.setTrainingConfig(TrainingConfig.builder()
                .updater(new Adam(0.01))
                .dataSetFeatureMapping(INPUT)
                .dataSetLabelMapping(LABEL)
                .build());
        return sd;
    }
}
