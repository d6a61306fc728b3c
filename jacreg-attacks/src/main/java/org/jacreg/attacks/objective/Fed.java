package org.jacreg.attacks.objective;

import java.util.Arrays;
import java.util.Optional;
import org.jacreg.classifier.Labels;
import org.jacreg.graph.GraphModel;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What the data of a batch gives for placeholders. */
final class Fed {

    private Fed() {}

    /** The input of a graph, which no more than that is wanted of. */
    static String input(SameDiff graph, Optional<String> named, String who) {
        String input = named.orElseGet(() -> GraphModel.of(graph).input());
        if (!graph.hasVariable(input) || !graph.getVariable(input).isPlaceHolder()) {
            throw new IllegalArgumentException(
                    who + ": '" + input + "' is no placeholder of the graph; name its input with .input(\"...\")");
        }
        return input;
    }

    /** Labels as distributions {@code [N, C]}. */
    static INDArray targets(INDArray labels, int samples, int classes, DataType type) {
        boolean rows = labels.rank() == 2 && labels.size(1) == classes;
        INDArray targets = rows
                ? Rows.distributions(labels).castTo(type)
                : Rows.oneHot(Labels.indices(labels, classes), classes, type);
        if (targets.size(0) != samples) {
            throw new IllegalArgumentException("labels: expected one for each of " + samples + " samples, got shape "
                    + Arrays.toString(labels.shape()));
        }
        return targets;
    }

    static void requirePositive(String who, String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(who + ": " + name + " must be positive and finite, got " + value);
        }
    }
}
