package org.jacreg.attacks.objective;

import java.util.Map;
import java.util.Set;
import org.jacreg.training.GradientStep;
import org.jacreg.training.Objective;
import org.jacreg.training.TrainingBatch;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A session around another one: passes on to it whatever is not done otherwise. */
interface AroundSession extends Objective.Session {

    /** The other one. */
    Objective.Session inner();

    @Override
    default Map<String, INDArray> prepare(TrainingBatch batch) {
        return inner().prepare(batch);
    }

    @Override
    default int replays() {
        return inner().replays();
    }

    @Override
    default Set<String> alsoDifferentiated() {
        return inner().alsoDifferentiated();
    }

    @Override
    default void beforeUpdate(GradientStep step) {
        inner().beforeUpdate(step);
    }

    @Override
    default Map<String, INDArray> state() {
        return inner().state();
    }

    @Override
    default void resume(Map<String, INDArray> saved) {
        inner().resume(saved);
    }

    @Override
    default void close() {
        inner().close();
    }
}
