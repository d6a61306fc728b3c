package org.jacreg.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jacreg.runtime.CompiledValues;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.Regularization.ApplyStep;

/**
 * Turns gradients into updates of the weights, in the order of SameDiff's training session: L1 and L2, updater, weight decay,
 * subtraction. Other than there, no weight changes before every gradient is known.
 */
final class WeightUpdates {

    private final SameDiff sd;
    private final TrainingConfig config;
    private final List<Regularization> regularization;
    private final Map<String, GradientUpdater<?>> updaters;

    private WeightUpdates(SameDiff sd, TrainingConfig config, Map<String, GradientUpdater<?>> updaters) {
        this.sd = sd;
        this.config = config;
        this.regularization = config.getRegularization() == null ? List.of() : config.getRegularization();
        this.updaters = updaters;
    }

    /**
     * The updates of all weights that influence the losses.
     *
     * @param sd a graph with its gradient function; gains updaters
     */
    static WeightUpdates of(SameDiff sd) {
        List<String> trained = new ArrayList<>();
        for (SDVariable variable : sd.variables()) {
            if (variable.getVariableType() == VariableType.VARIABLE
                    && variable.dataType().isFPType()
                    && variable.getGradient() != null) {
                trained.add(variable.name());
            }
        }
        if (trained.isEmpty()) {
            throw new IllegalArgumentException("nothing to train: no weight (sd.var) influences the loss variables "
                    + sd.getLossVariables() + " through floating-point ops");
        }
        return new WeightUpdates(sd, BatchFeed.configOf(sd), UpdaterStates.of(sd, trained));
    }

    /** The names of the weights that are trained. */
    List<String> trained() {
        return List.copyOf(updaters.keySet());
    }

    /** The arrays of the weights that are trained: live. */
    Map<String, INDArray> trainedWeights() {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        updaters.keySet().forEach(name -> arrays.put(name, sd.getVariable(name).getArr()));
        return arrays;
    }

    /** The arrays of all weights of the graph, trained or not: live. */
    Map<String, INDArray> weights() {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        for (SDVariable variable : sd.variables()) {
            if (variable.getVariableType() == VariableType.VARIABLE) {
                arrays.put(variable.name(), variable.getArr());
            }
        }
        return arrays;
    }

    /** The arrays of the updaters' state: live. */
    Map<String, INDArray> state() {
        return UpdaterStates.arrays(updaters);
    }

    /** Weights and state together: live. */
    Map<String, INDArray> everything() {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        weights().forEach((name, array) -> arrays.put("weight " + name, array));
        state().forEach((name, array) -> arrays.put("state " + name, array));
        return arrays;
    }

    /** The learning rate, or NaN if the updater has none. */
    double learningRate(int iteration, int epoch) {
        IUpdater updater = config.getUpdater();
        return updater.hasLearningRate() ? updater.getLearningRate(iteration, epoch) : Double.NaN;
    }

    /** Updates all weights; the scores of the regularizations before that, added up by the names of their classes. */
    Map<String, Double> apply(CompiledValues values, At at, TrainingListeners listeners) {
        Map<String, Double> scores = new LinkedHashMap<>();
        for (String name : updaters.keySet()) {
            INDArray weight = sd.getVariable(name).getArr();
            INDArray update = writable(values.gradient(name));
            regularize(ApplyStep.BEFORE_UPDATER, weight, update, at, scores);
            Objects.requireNonNull(updaters.get(name)).applyUpdater(update, at.iteration(), at.epoch());
            regularize(ApplyStep.POST_UPDATER, weight, update, at, scores);
            listeners.update(at, name, update);
            if (config.isMinimize()) {
                weight.subi(update);
            } else {
                weight.addi(update);
            }
        }
        return scores;
    }

    /** Updaters reshape the gradient and write to what they get: that must not be a copy. */
    private static INDArray writable(INDArray gradient) {
        boolean plain = gradient.ordering() == 'c' && Shape.hasDefaultStridesForShape(gradient);
        return plain ? gradient : gradient.dup('c');
    }

    private void regularize(ApplyStep step, INDArray weight, INDArray update, At at, Map<String, Double> scores) {
        if (regularization.isEmpty()) {
            return;
        }
        double given = learningRate(at.iteration(), at.epoch());
        double rate = Double.isNaN(given) ? 1.0 : given;
        for (Regularization each : regularization) {
            if (each.applyStep() == step) {
                double score = each.score(weight, at.iteration(), at.epoch());
                scores.merge(each.getClass().getSimpleName(), score, Double::sum);
                each.apply(weight, update, rate, at.iteration(), at.epoch());
            }
        }
    }
}
