package org.jacreg.regularizer;

import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.jacreg.jacobian.FiniteDifference;
import org.jacreg.jacobian.FiniteDifferenceGraph;
import org.jacreg.jacobian.JacobianGraph;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Where the nodes of a penalty come from: derivative rules, or copies of the network. */
sealed interface TermSource {

    GraphModel model();

    GraphProbe probe();

    /** Emits the penalty of every sample, {@code [N]}. */
    SDVariable perSample();

    /** Emits the mean over the batch, a scalar. */
    SDVariable mean();

    /** The number of samples, in the type of the logits. */
    static SDVariable batchSize(SDVariable logits) {
        return logits.getSameDiff().sizeAt(logits, 0).castTo(logits.dataType());
    }

    /**
     * By rules.
     *
     * @param jacobian emits rows
     * @param penalty folds them
     */
    record ByRules(JacobianGraph jacobian, JacobianPenalty penalty) implements TermSource {
        @Override
        public GraphModel model() {
            return jacobian.model();
        }

        @Override
        public GraphProbe probe() {
            return jacobian.probe();
        }

        @Override
        public SDVariable perSample() {
            return penalty.perSample(jacobian);
        }

        @Override
        public SDVariable mean() {
            return penalty.mean(jacobian);
        }
    }

    /**
     * By differences along random directions of the input space: {@code D/n sum_u ||(f(x + h u) - f(x - h u)) / 2h||_2^2}.
     *
     * @param model the graph
     * @param graph emits differences
     * @param setting scheme, step and number of directions
     */
    record ByDifferences(GraphModel model, FiniteDifferenceGraph graph, FiniteDifference setting)
            implements TermSource {
        @Override
        public GraphProbe probe() {
            return graph.probe();
        }

        @Override
        public SDVariable perSample() {
            long classes = probe().classes();
            SameDiff sd = model.sameDiff();
            return graph.differences(setting).stream()
                    .map(difference -> sd.reshape(difference, -1, classes))
                    // SameDiff of ND4J 1.0.0-M2.1 fails to fold an axis of length 1.
                    .map(rows -> classes == 1 ? sd.reshape(rows.mul(rows), -1) : sd.squaredNorm(rows, 1))
                    .reduce(SDVariable::add)
                    .orElseThrow()
                    .div(setting.directions());
        }

        @Override
        public SDVariable mean() {
            SameDiff sd = model.sameDiff();
            return graph.differences(setting).stream()
                    .map(sd::squaredNorm)
                    .reduce(SDVariable::add)
                    .orElseThrow()
                    .div(setting.directions())
                    .div(batchSize(graph.output()));
        }
    }
}
