package org.jacreg.training;

import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A step of training between its gradients and its update: what {@link Objective.Session#beforeUpdate} may look at and do.
 *
 * <p>Valid during that call, in its thread.
 */
public interface GradientStep {

    /**
     * The data that the step was prepared from.
     *
     * @return the batch
     */
    TrainingBatch batch();

    /**
     * What the graph was fed: the result of {@link Objective.Session#prepare}.
     *
     * @return values of placeholders; not to be modified
     */
    Map<String, INDArray> fed();

    /**
     * The weights that are updated in this step.
     *
     * @return their names
     */
    Set<String> weights();

    /**
     * A weight.
     *
     * @param name one of {@link #weights()}
     * @return the graph's own array; to be written to inside of {@link #recomputeAt} only
     * @throws IllegalArgumentException if there is no such weight
     */
    INDArray weight(String name);

    /**
     * The gradient of the summed loss variables, without the regularization of the training configuration.
     *
     * @param name one of {@link #weights()}, or of {@link Objective.Session#alsoDifferentiated()}
     * @return overwritten by {@link #recomputeAt} and by the next step. What is written into the gradient of a weight is what its
     *     update is made from
     * @throws IllegalArgumentException if there is no such gradient
     */
    INDArray gradient(String name);

    /**
     * Computes the gradients again, of the same function: what was fed and the graph's random draws are those of the step. The
     * weights are put back afterwards, bit for bit, also on failure. The losses that are reported stay those at the weights put
     * back.
     *
     * @param move writes to {@linkplain #weight weights}; it may read the gradients, which are overwritten after it
     * @throws NonFiniteLossException if a loss variable or penalty is not finite at the weights moved
     */
    void recomputeAt(Runnable move);
}
