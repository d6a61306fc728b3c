package org.jacreg.regularizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jacreg.jacobian.CotangentSeeds;
import org.jacreg.jacobian.JacobianGraph;
import org.jacreg.jacobian.JacobianRows;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/** A function of the Jacobians of a batch that training makes small. */
sealed interface JacobianPenalty
        permits ExactPenalty, ProjectedPenalty, SpectralPenalty, MarginwisePenalty, InputGradientPenalty {

    /** Emits the penalty of every sample, {@code [N]}, in the type of the logits. */
    SDVariable perSample(JacobianGraph jacobian);

    /** Emits the mean over the batch, or a shorter way to it. */
    default SDVariable mean(JacobianGraph jacobian) {
        SDVariable values = perSample(jacobian);
        return sum(values).div(batchSize(jacobian));
    }

    /** The sum of a vector that may have one entry. */
    static SDVariable sum(SDVariable values) {
        return values.getSameDiff().sum(values);
    }

    static SDVariable batchSize(JacobianGraph jacobian) {
        return TermSource.batchSize(jacobian.logits());
    }

    /** Rows have the type of their input, which a cast in the graph may make another one; sums have that of the logits. */
    static SDVariable inTypeOfLogits(JacobianGraph jacobian, SDVariable sums) {
        DataType type = jacobian.logits().dataType();
        return sums.dataType() == type ? sums : sums.castTo(type);
    }

    /** The rows of {@code J_j - J_y} for the true class y and every class j; row y is zero. */
    static List<JacobianRows> differences(JacobianGraph jacobian) {
        TrueClass truth = new TrueClass(jacobian.model(), jacobian.probe());
        SameDiff sd = jacobian.logits().getSameDiff();
        SDVariable label = truth.oneHot();
        int classes = jacobian.probe().classes();
        if (jacobian.probe().stackable()) {
            SDVariable units = CotangentSeeds.stackedUnitVectors(jacobian.logits(), classes);
            SDVariable seeds = sd.reshape(units, classes, -1, classes).sub(label);
            return jacobian.products(sd.reshape(seeds, -1, classes), classes, truth.fed());
        }
        List<JacobianRows> rows = new ArrayList<>();
        Map<String, org.nd4j.linalg.api.ndarray.INDArray> fed = truth.fed();
        for (int c = 0; c < classes; c++) {
            SDVariable unit = CotangentSeeds.unitVector(jacobian.logits(), new long[] {classes}, c);
            rows.addAll(jacobian.products(unit.sub(label), 1, fed));
        }
        return rows;
    }
}
