package org.jacreg.regularizer;

import org.jacreg.graph.GraphDecoration;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The variable that {@code fit} minimizes and reports.
 *
 * <p>ND4J 1.0.0-M2.1 reports 0 for a loss variable whose value its own gradient does not need: the training session executes
 * only what the gradients require, and the gradient of a sum or a cross-entropy does not require the result. The derivative
 * of {@code min(a, b)} does (it compares the result with {@code a} and {@code b}), so the total is {@code min(total,
 * +infinity)}: the same number, the same gradient, and executed.
 */
final class TotalLoss {

    private TotalLoss() {}

    static SDVariable emit(SDVariable total, String name) {
        SameDiff sd = total.getSameDiff();
        SDVariable infinity = sd.constant(Nd4j.scalar(total.dataType(), Double.POSITIVE_INFINITY));
        return sd.math().min(name.substring(GraphDecoration.PREFIX.length()), total, infinity);
    }
}
