package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jacreg.nets.CentralDifferences;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** After {@code detach()} the graph is the user's own again: same bytes, same training, free for another penalty. */
class DetachTest {

    private static final List<String> WEIGHTS = List.of("W1", "b1", "W2", "b2");

    @ParameterizedTest
    @EnumSource(PenaltyKind.class)
    void theGraphIsTheSameToTheByte(PenaltyKind kind) {
        for (SameDiff sd : List.of(SmallNets.mlp(DataType.DOUBLE), SmallNets.conv(DataType.FLOAT))) {
            SmallNets.training(sd, new Adam(0.01));
            byte[] bytes = bytes(sd);
            Map<String, String> wiring = wiring(sd);
            Set<String> ops = Set.copyOf(sd.getOps().keySet());
            Set<String> variables = Set.copyOf(sd.getVariables().keySet());
            RegularizedGraph graph = kind.attach(sd, 0.3);
            assertThat(graph.isAttached()).isTrue();
            assertThat(bytes(sd)).isNotEqualTo(bytes);
            assertThat(sd.getOps().keySet()).containsAll(ops);
            assertAddedNamesArePrefixed(sd, ops, variables);
            graph.detach();
            assertThat(graph.isAttached()).isFalse();
            assertThat(sd.getOps().keySet()).isEqualTo(ops);
            assertThat(sd.getVariables().keySet()).isEqualTo(variables);
            assertThat(sd.getLossVariables()).containsExactly("loss");
            assertThat(wiring(sd)).isEqualTo(wiring);
            assertThat(bytes(sd)).isEqualTo(bytes);
        }
    }

    /** Who produces and who consumes every variable, which the bytes do not tell. */
    private static Map<String, String> wiring(SameDiff sd) {
        Map<String, String> result = new TreeMap<>();
        sd.getVariables()
                .forEach((name, variable) -> result.put(
                        name,
                        variable.getOutputOfOp() + " -> " + variable.getInputsForOp() + " after "
                                + variable.getControlDeps()));
        return result;
    }

    private static void assertAddedNamesArePrefixed(SameDiff sd, Set<String> ops, Set<String> variables) {
        assertThat(sd.getVariables().keySet())
                .filteredOn(name -> !variables.contains(name))
                .isNotEmpty()
                .allMatch(name -> name.startsWith("jacreg/"));
        assertThat(sd.getOps().keySet())
                .filteredOn(name -> !ops.contains(name))
                .isNotEmpty()
                .allMatch(name -> name.startsWith("jacreg/"));
    }

    @ParameterizedTest
    @EnumSource(PenaltyKind.class)
    void trainingAfterwardsIsThatOfAnUndecoratedTwinBitForBit(PenaltyKind kind) {
        SameDiff sd = SmallNets.training(SmallNets.mlp(DataType.FLOAT), new Adam(0.01));
        SameDiff twin = SmallNets.training(SmallNets.mlp(DataType.FLOAT), new Adam(0.01));
        DataSet batch = SmallNets.batch(DataType.FLOAT, 3, 16);
        // Some training first, so that updaters have a state and SameDiff has a gradient function to forget.
        fit(sd, batch);
        fit(twin, batch);
        RegularizedGraph graph = kind.attach(sd, 0.3);
        sd.output(feed(batch), "jacreg/total", "logits");
        sd.calculateGradients(feed(batch), WEIGHTS);
        graph.detach();
        fit(sd, batch);
        fit(twin, batch);
        for (String name : WEIGHTS) {
            assertThat(sd.getVariable(name).getArr())
                    .as(name)
                    .isEqualTo(twin.getVariable(name).getArr());
            // INDArray.equals is lenient: 1e-5.
            assertThat(sd.getVariable(name)
                            .getArr()
                            .sub(twin.getVariable(name).getArr())
                            .normmaxNumber()
                            .doubleValue())
                    .as(name)
                    .isZero();
        }
        assertThat(bytes(sd)).isEqualTo(bytes(twin));
    }

    @ParameterizedTest
    @EnumSource(PenaltyKind.class)
    void weightsKeepWhatTrainingUnderThePenaltyGaveThem(PenaltyKind kind) {
        SameDiff sd = SmallNets.training(SmallNets.mlp(DataType.DOUBLE), new Adam(0.01));
        RegularizedGraph graph = kind.attach(sd, 0.3);
        DataSet batch = SmallNets.batch(DataType.DOUBLE, 3, 16);
        fit(sd, batch);
        Map<String, INDArray> trained = sd.output(feed(batch), "logits", "loss");
        graph.detach();
        assertThat(sd.output(feed(batch), "logits", "loss")).isEqualTo(trained);
        double before = trained.get("loss").getDouble(0);
        fit(sd, batch);
        fit(sd, batch);
        assertThat(sd.outputSingle(feed(batch), "loss").getDouble(0)).isLessThan(before);
    }

    @Test
    void detachingTwiceDoesNothing() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        byte[] bytes = bytes(sd);
        RegularizedGraph graph = PenaltyKind.FROBENIUS.attach(sd, 0.3);
        graph.detach();
        graph.detach();
        assertThat(bytes(sd)).isEqualTo(bytes);
        assertThatIllegalStateException()
                .isThrownBy(graph::penalty)
                .withMessageContaining("detached")
                .withMessageContaining("attach");
        assertThatIllegalStateException().isThrownBy(graph::total).withMessageContaining("detached");
    }

    /** SameDiff caches op contexts, arrays and gradient functions by name, and the names of two penalties overlap. */
    @Test
    void everyPenaltyCanFollowEveryOther() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        DataSet batch = SmallNets.batch(DataType.DOUBLE, 3, 6);
        INDArray jacobian =
                CentralDifferences.jacobian(SmallNets.mlp(DataType.DOUBLE), "x", "logits", batch.getFeatures());
        for (PenaltyKind kind : new PenaltyKind[] {
            PenaltyKind.FROBENIUS,
            PenaltyKind.L11,
            PenaltyKind.PROJECTIONS,
            PenaltyKind.L11,
            PenaltyKind.FROBENIUS,
            PenaltyKind.PROJECTIONS,
            PenaltyKind.FROBENIUS
        }) {
            RegularizedGraph graph = kind.attach(sd, 0.3);
            double expected = kind.onJacobian(jacobian);
            if (kind != PenaltyKind.PROJECTIONS) {
                // Central differences: 1e-10 per entry.
                assertThat(graph.penalty().eval(feed(batch)).getDouble(0))
                        .as("%s", kind)
                        .isCloseTo(expected, within(1e-8 * expected));
            }
            INDArray gradient = sd.calculateGradients(feed(batch), "W1").get("W1");
            SameDiff fresh = SmallNets.mlp(DataType.DOUBLE);
            kind.attach(fresh, 0.3);
            if (kind != PenaltyKind.PROJECTIONS) {
                INDArray wanted = fresh.calculateGradients(feed(batch), "W1").get("W1");
                assertThat(gradient.sub(wanted).normmaxNumber().doubleValue())
                        .as("%s", kind)
                        .isZero();
            }
            graph.detach();
        }
    }

    @Test
    void aStaleHandleDoesNotSpeakForANewPenalty() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        RegularizedGraph old = PenaltyKind.FROBENIUS.attach(sd, 0.3);
        old.detach();
        RegularizedGraph current = PenaltyKind.L11.attach(sd, 0.3);
        assertThat(old.isAttached()).isFalse();
        assertThatIllegalStateException().isThrownBy(old::penalty);
        old.detach();
        assertThat(current.isAttached()).isTrue();
        current.detach();
        assertThat(sd.getLossVariables()).containsExactly("loss");
    }

    @Test
    void opsOfTheUsersOnThePenaltyMakeDetachRefuse() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        RegularizedGraph graph = PenaltyKind.FROBENIUS.attach(sd, 0.3);
        SDVariable root = sd.math().sqrt("root", graph.penalty());
        byte[] decorated = bytes(sd);
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 3, 4);
        double value = root.eval(Map.of("x", x)).getDouble(0);
        assertThatIllegalStateException()
                .isThrownBy(graph::detach)
                .withMessageContaining("cannot detach")
                .withMessageContaining("sqrt")
                .withMessageContaining("jacreg/");
        assertThat(graph.isAttached()).isTrue();
        assertThat(sd.getLossVariables()).containsExactly("jacreg/total");
        assertThat(bytes(sd)).isEqualTo(decorated);
        assertThat(root.eval(Map.of("x", x)).getDouble(0)).isEqualTo(value);
    }

    @Test
    void whatTheUserAddsWhileDecoratedStays() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        RegularizedGraph graph = PenaltyKind.FROBENIUS.attach(sd, 0.3);
        sd.nn().softmax("p", sd.getVariable("logits"), 1);
        graph.detach();
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 3, 4);
        assertThat(sd.outputSingle(Map.of("x", x), "p").sum(1)).isEqualTo(Nd4j.ones(DataType.DOUBLE, 3));
    }

    private static void fit(SameDiff sd, DataSet batch) {
        sd.fit(new SingletonDataSetIterator(batch), 4);
    }

    private static byte[] bytes(SameDiff sd) {
        return sd.asFlatBuffers(true).array().clone();
    }

    private static Map<String, INDArray> feed(DataSet batch) {
        return Map.of("x", batch.getFeatures(), "label", batch.getLabels());
    }
}
