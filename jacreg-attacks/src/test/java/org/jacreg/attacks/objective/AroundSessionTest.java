package org.jacreg.attacks.objective;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jacreg.training.GradientStep;
import org.jacreg.training.Objective;
import org.jacreg.training.TrainingBatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What an objective does beside its loss is done too where another one stands around it. */
class AroundSessionTest {

    private final List<String> calls = new ArrayList<>();
    private final Map<String, INDArray> carried = Map.of("carried", Nd4j.scalar(3.0));

    private final class Inner implements Objective, Objective.Session {

        @Override
        public Session start(SameDiff graph) {
            return this;
        }

        @Override
        public Map<String, INDArray> prepare(TrainingBatch batch) {
            calls.add("prepare");
            return batch.placeholders();
        }

        @Override
        public int replays() {
            return 3;
        }

        @Override
        public Set<String> alsoDifferentiated() {
            return Set.of("x");
        }

        @Override
        public void beforeUpdate(GradientStep step) {
            calls.add("beforeUpdate");
        }

        @Override
        public Map<String, INDArray> state() {
            return carried;
        }

        @Override
        public void resume(Map<String, INDArray> saved) {
            calls.add("resume " + saved.keySet());
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everythingReachesTheInnerSession(boolean weights) {
        Objective outer = weights
                ? AdversarialWeightPerturbation.over(new Inner()).build()
                : NoiseAugmentation.gaussian(0.1).over(new Inner()).build();
        try (Objective.Session session = outer.start(Runs.mlp())) {
            assertThat(session.replays()).isEqualTo(3);
            assertThat(session.alsoDifferentiated()).containsExactly("x");
            assertThat(session.state()).isSameAs(carried);
            session.resume(carried);
        }
        assertThat(calls).containsExactly("resume [carried]", "close");
        calls.clear();
        Runs.train(Runs.mlp(), outer, 1);
        // three batches, three times each
        List<String> expected = new ArrayList<>();
        for (int step = 0; step < 9; step++) {
            expected.addAll(List.of("prepare", "beforeUpdate"));
        }
        expected.add("close");
        assertThat(calls).isEqualTo(expected);
    }
}
