package org.jacreg.bounds.certify.training;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.graph.GraphModel;
import org.jacreg.runtime.QuietOps;
import org.jacreg.training.LossReplacement;
import org.jacreg.training.LossReplacement.NamedTerm;
import org.jacreg.training.ModelNames;
import org.jacreg.training.Objective;
import org.jacreg.training.TrainingBatch;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A run of training with Lipschitz constants of the network in the loss. Carries the directions of the norms from step to step. */
final class LipschitzSession implements Objective.Session {

    static final String EPSILON = LossReplacement.SCOPE + "/epsilon";

    private final Settings settings;
    private final GraphModel model;
    private final int classes;
    private final DataType type;
    private final NormEstimates norms;
    private final LossReplacement terms;
    private boolean settled;

    /** Makes the terms of the loss. */
    @FunctionalInterface
    interface Loss {
        /**
         * Adds them.
         *
         * @param logits {@code [N, C]}
         * @param constants {@code K}, {@code [C, C]}
         * @param epsilon the radius, a scalar
         * @param pairs targets and cross-entropy
         */
        List<NamedTerm> emit(SDVariable logits, SDVariable constants, SDVariable epsilon, ClassPairs pairs);
    }

    /**
     * What is trained.
     *
     * @param who the objective's name
     * @param epsilon the radius in l2
     * @param ramp when it grows
     * @param iterations of power iteration, each step
     * @param seed of the first directions
     * @param names of the graph's variables
     */
    record Settings(String who, double epsilon, Ramp ramp, int iterations, long seed, ModelNames names) {

        Settings {
            Checks.nonNegative(who, "epsilon", epsilon);
            if (iterations < 1) {
                throw new IllegalArgumentException(who + ": iterations must be at least 1, got " + iterations);
            }
        }
    }

    private LipschitzSession(Settings settings, BoundedNetwork network, NormEstimates norms, LossReplacement terms) {
        this.settings = settings;
        this.model = network.model();
        this.classes = network.classes();
        this.type = network.graph().getVariable(model.logits()).dataType();
        this.norms = norms;
        this.terms = terms;
    }

    static LipschitzSession start(SameDiff graph, Settings settings, Loss loss) {
        return LossReplacement.start(graph, hadGradients -> {
            GraphModel model = settings.names().in(graph);
            Inputs.check(model, settings.who());
            BoundedNetwork network = BoundedNetwork.of(model);
            LipschitzFactors factors = LipschitzFactors.of(network, settings.who());
            NormEstimates[] norms = new NormEstimates[1];
            LossReplacement terms = LossReplacement.of(settings.who(), model, hadGradients, () -> {
                norms[0] = new NormEstimates(graph, factors.weighted(), settings.seed());
                return emit(network, factors, norms[0], loss);
            });
            return new LipschitzSession(settings, network, norms[0], terms);
        });
    }

    private static List<NamedTerm> emit(
            BoundedNetwork network, LipschitzFactors factors, NormEstimates norms, Loss loss) {
        SameDiff sd = network.graph();
        SDVariable logits = sd.getVariable(network.model().logits());
        ClassPairs pairs = new ClassPairs(network.model(), network.classes());
        SDVariable constants =
                sd.identity("pair_constants", PairConstants.emit(network.model(), factors, norms, pairs));
        SDVariable epsilon = sd.placeHolder(EPSILON, logits.dataType());
        return loss.emit(logits, constants, epsilon, pairs);
    }

    @Override
    public Map<String, INDArray> prepare(TrainingBatch batch) {
        return QuietOps.call(() -> fed(batch));
    }

    private Map<String, INDArray> fed(TrainingBatch batch) {
        int[] labels = Inputs.labels(batch, model, classes, settings.who());
        if (!settled) {
            norms.settle();
            settled = true;
        }
        // validation leaves the directions alone, so that it does not change what is trained
        for (int i = 0; batch.training() && i < settings.iterations(); i++) {
            norms.iterate();
        }
        int iteration = batch.training() ? batch.iteration() : Integer.MAX_VALUE;
        Map<String, INDArray> values = new HashMap<>(batch.placeholders());
        values.putAll(norms.directions());
        values.put(EPSILON, Nd4j.scalar(type, settings.ramp().between(0, settings.epsilon(), iteration)));
        values.put(ClassPairs.TARGETS, ClassPairs.targets(labels, classes, type));
        return values;
    }

    @Override
    public Map<String, INDArray> state() {
        return Map.copyOf(norms.directions());
    }

    @Override
    public void resume(Map<String, INDArray> saved) {
        norms.continueFrom(saved);
        settled = true;
    }

    @Override
    public void close() {
        try {
            norms.close();
        } finally {
            terms.close();
        }
    }
}
