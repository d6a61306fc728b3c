package org.jacreg.regularizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.jacreg.jacobian.JacobianGraph;
import org.jacreg.jacobian.JacobianRows;
import org.jacreg.vjp.VjpRules;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A norm of the gradient of every sample's loss by the input.
 *
 * @param norm which
 * @param rules the derivative rules
 */
record InputGradientPenalty(Norm norm, VjpRules rules) implements JacobianPenalty {

    /** Relative; a batch and the same batch twice differ by rounding only, in float32. */
    private static final double SAME = 1e-3;

    enum Norm {
        L2_SQUARED,
        L2,
        L1
    }

    @Override
    public SDVariable perSample(JacobianGraph jacobian) {
        RowFold fold = new RowFold(jacobian);
        List<JacobianRows> rows = gradients(jacobian, rules);
        return switch (norm) {
            case L2_SQUARED -> fold.squares(rows);
            case L2 -> fold.root(fold.squares(rows));
            case L1 -> fold.absolutes(rows);
        };
    }

    /** The gradients of every sample's own loss, one block of one row for every input. */
    private static List<JacobianRows> gradients(JacobianGraph jacobian, VjpRules rules) {
        InputGradients gradients = new InputGradients(jacobian.model(), rules);
        List<JacobianRows> rows = new ArrayList<>();
        for (String input : jacobian.model().inputs()) {
            SDVariable sum = gradients.toLosses(input).stream()
                    .map(toLoss -> ofEverySample(jacobian, gradients, toLoss, input))
                    .reduce(SDVariable::add)
                    .orElseThrow();
            rows.add(new JacobianRows(sum, rows.size(), 0, 1));
        }
        return rows;
    }

    private static SDVariable ofEverySample(
            JacobianGraph jacobian, InputGradients gradients, GraphModel toLoss, String input) {
        GraphProbe probe = GraphProbe.ofWholeBatch(toLoss);
        SDVariable gradient = gradients.emit(toLoss, probe);
        requireOwnLosses(toLoss.sameDiff(), gradient, probe, toLoss.logits(), input);
        SDVariable size = JacobianPenalty.batchSize(jacobian).castTo(gradient.dataType());
        return isMean(toLoss.sameDiff(), gradient, probe, toLoss.logits()) ? gradient.mul(size) : gradient;
    }

    /** Fails for a function of a mean, whose gradient by one sample depends on the others. */
    private static void requireOwnLosses(
            SameDiff sd, SDVariable gradient, GraphProbe probe, String loss, String input) {
        int n = probe.sampleBatchSize();
        Map<String, INDArray> fed = probe.sampleBatch();
        Map<String, INDArray> moved = new HashMap<>(fed);
        fed.forEach((name, array) -> {
            if (array.dataType().isFPType()
                    && array.rank() > 0
                    && array.size(0) == n
                    && GraphModel.depends(sd, input, name)) {
                INDArray other = array.dup('c');
                INDArray first = other.reshape('c', n, -1).slice(0);
                first.assign(first.mul(0.5).addi(0.25));
                moved.put(name, other);
            }
        });
        INDArray before = sd.outputSingle(fed, gradient.name()).dup('c').reshape('c', n, -1);
        INDArray after = sd.outputSingle(moved, gradient.name()).dup('c').reshape('c', n, -1);
        double scale = before.normmaxNumber().doubleValue();
        for (int sample = 1; sample < n; sample++) {
            double change = after.slice(sample)
                    .sub(before.slice(sample))
                    .normmaxNumber()
                    .doubleValue();
            if (change > SAME * scale) {
                throw new IllegalArgumentException("the loss '" + loss
                        + "' is neither a mean nor a sum over the batch (its gradient by sample " + sample
                        + " changes when only sample 0 changes), so samples have no loss of their own; penalise the gradient of"
                        + " a loss that is, with sd.setLossVariables(...)");
            }
        }
    }

    /**
     * Whether the loss is a mean over the batch, rather than a sum: then the gradient of a sample is halved when the batch
     * stands twice.
     */
    private static boolean isMean(SameDiff sd, SDVariable gradient, GraphProbe probe, String loss) {
        if (probe.fixedBatch() == 1) {
            return false;
        }
        if (probe.fixedBatch() > 1) {
            throw new IllegalArgumentException("with a fixed batch of " + probe.fixedBatch()
                    + " samples it cannot be told whether the loss '" + loss
                    + "' is a mean or a sum over the batch; declare the"
                    + " placeholders with a batch axis of -1");
        }
        Map<String, INDArray> once = probe.sampleBatch();
        Map<String, INDArray> twice = new HashMap<>();
        once.forEach((name, array) -> twice.put(name, array.rank() == 0 ? array : Nd4j.concat(0, array, array)));
        double single = sd.outputSingle(once, gradient.name()).norm2Number().doubleValue();
        double doubled = sd.outputSingle(twice, gradient.name()).norm2Number().doubleValue();
        double ratio = doubled / single;
        for (boolean mean : new boolean[] {true, false}) {
            // The doubled batch has twice the entries: sqrt(2) times the norm, halved for a mean.
            double expected = mean ? Math.sqrt(0.5) : Math.sqrt(2);
            if (Math.abs(ratio - expected) < SAME) {
                return mean;
            }
        }
        throw new IllegalArgumentException(
                "the loss '" + loss + "' is neither a mean nor a sum over the batch (gradients change by a factor of "
                        + ratio + " when the batch stands twice), so samples have no loss of their own");
    }
}
