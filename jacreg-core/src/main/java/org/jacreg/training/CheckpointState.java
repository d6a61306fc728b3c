package org.jacreg.training;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a checkpoint holds.
 *
 * @param iterationCount of the training configuration
 * @param epochCount of the training configuration
 * @param random ND4J's generator
 * @param updater the updater's settings, to compare
 * @param epochs the history
 * @param stopping early stopping, if there is any
 * @param weights all weights of the graph
 * @param updaterState by weight and key
 * @param best the weights of the best validation; empty if none are kept
 * @param averages the averages of the weights
 * @param objective what the objective carries from step to step
 */
record CheckpointState(
        int iterationCount,
        int epochCount,
        RandomState random,
        String updater,
        List<EpochRecord> epochs,
        StoppingRule.@Nullable State stopping,
        Map<String, INDArray> weights,
        Map<String, INDArray> updaterState,
        Map<String, INDArray> best,
        AveragedWeights.State averages,
        Map<String, INDArray> objective) {}
