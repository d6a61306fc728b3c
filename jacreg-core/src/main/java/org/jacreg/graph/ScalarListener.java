package org.jacreg.graph;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.ListenerVariables;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Watches scalar variables during {@code fit}.
 *
 * <p>{@code activationAvailable}, which is meant for that, is handed null by ND4J 1.0.0-M2.1; the results of ops are not.
 */
public abstract class ScalarListener extends BaseListener {

    private final Set<String> variables;

    /**
     * Sets what is watched.
     *
     * @param variables names of scalar variables of the graph
     */
    protected ScalarListener(Set<String> variables) {
        this.variables = Set.copyOf(variables);
    }

    /**
     * Called once per iteration for every variable.
     *
     * @param variable its name
     * @param value its value
     */
    protected abstract void computed(String variable, double value);

    @Override
    public final boolean isActive(Operation operation) {
        return operation == Operation.TRAINING;
    }

    @Override
    public final ListenerVariables requiredVariables(SameDiff sd) {
        return ListenerVariables.builder()
                .trainingVariables(variables.toArray(String[]::new))
                .build();
    }

    @Override
    public final void opExecution(
            SameDiff sd, At at, @Nullable MultiDataSet batch, SameDiffOp op, OpContext context, INDArray[] outputs) {
        for (int i = 0; i < outputs.length && i < op.getOutputsOfOp().size(); i++) {
            String name = op.getOutputsOfOp().get(i);
            if (variables.contains(name)) {
                computed(name, outputs[i].getDouble(0));
            }
        }
    }
}
