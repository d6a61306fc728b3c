package org.jacreg.training;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jacreg.runtime.CompiledValues;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The gradients of a step, and their computation at other weights. */
final class ComputedStep implements GradientStep {

    private final TrainingBatch batch;
    private final Map<String, INDArray> fed;
    private final Map<String, INDArray> weights;
    private final WeightSnapshot before;
    private final Supplier<CompiledValues> again;
    private CompiledValues values;
    private boolean moved;

    /**
     * A step whose gradients are computed.
     *
     * @param weights those that are trained: live
     * @param before keeps copies of these weights
     * @param again computes by the weights of the moment, and fails if a loss is not finite
     */
    ComputedStep(
            TrainingBatch batch,
            Map<String, INDArray> fed,
            Map<String, INDArray> weights,
            WeightSnapshot before,
            CompiledValues values,
            Supplier<CompiledValues> again) {
        this.batch = batch;
        this.fed = fed;
        this.weights = weights;
        this.before = before;
        this.values = values;
        this.again = again;
    }

    @Override
    public TrainingBatch batch() {
        return batch;
    }

    @Override
    public Map<String, INDArray> fed() {
        return Collections.unmodifiableMap(fed);
    }

    @Override
    public Set<String> weights() {
        return Collections.unmodifiableSet(weights.keySet());
    }

    @Override
    public INDArray weight(String name) {
        INDArray weight = weights.get(name);
        if (weight == null) {
            throw new IllegalArgumentException(
                    "'" + name + "' is no weight that is trained; those are " + weights.keySet());
        }
        return weight;
    }

    @Override
    public INDArray gradient(String name) {
        return values.gradient(name);
    }

    @Override
    public void recomputeAt(Runnable move) {
        if (moved) {
            throw new IllegalStateException("recomputeAt() within recomputeAt(): move the weights in one go");
        }
        moved = true;
        before.capture();
        try {
            move.run();
            values = again.get();
        } finally {
            before.restore();
            moved = false;
        }
    }

    /** The gradients to update by. */
    CompiledValues values() {
        return values;
    }
}
