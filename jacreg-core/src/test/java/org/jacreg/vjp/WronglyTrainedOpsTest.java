package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jacreg.graph.QuietGradients;
import org.jacreg.graph.WronglyTrainedOps;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The list of ops that SameDiff differentiates wrongly without an error is what is measured, no more and no less. */
class WronglyTrainedOpsTest {

    private static final long SEED = 11;

    /** An op is listed where none of its rows can be trained, and a gradient of one of them is wrong in silence. */
    @Test
    void theListIsWhatIsMeasured() {
        Set<String> trained = OpSpecs.all().stream()
                .filter(OpSpec::trainable)
                .map(OpSpec::opName)
                .collect(Collectors.toSet());
        Set<String> wrong = OpSpecs.all().stream()
                .filter(spec -> !trained.contains(spec.opName()))
                .filter(WronglyTrainedOpsTest::isWrongInSilence)
                .map(OpSpec::opName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(WronglyTrainedOps.names()).isEqualTo(wrong);
    }

    private static boolean isWrongInSilence(OpSpec spec) {
        SameDiff sd = spec.network(SEED);
        sd.math().square(sd.getVariable("logits")).mean("squares");
        sd.setLossVariables("squares");
        Map<String, INDArray> fed = Map.of("x", spec.input(SEED + 1));
        List<String> weights = sd.variables().stream()
                .filter(v -> v.getVariableType() == VariableType.VARIABLE
                        && v.dataType().isFPType())
                .map(SDVariable::name)
                .toList();
        Map<String, INDArray> gradients;
        try {
            QuietGradients.create(sd);
            gradients = sd.calculateGradients(fed, weights);
        } catch (RuntimeException | AssertionError e) {
            // Not silent: attach() or fit() fails with it.
            return false;
        }
        return weights.stream()
                .anyMatch(name -> gradients.get(name) == null
                        || CentralDifferences.distanceByWeight(
                                        sd, fed, "squares", name, Objects.requireNonNull(gradients.get(name)))
                                > CentralDifferences.TOLERANCE);
    }

    @Test
    void opsBehindTheLossAreNamedAndNoOthers() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3);
        sd.cumsum("steps", x, false, false, 1).mean("loss");
        sd.cumprod("aside", x, false, false, 1);
        assertThat(WronglyTrainedOps.warn(sd, List.of("loss"))).containsExactly("op 'cumsum' computing [steps]");
        assertThat(WronglyTrainedOps.warn(sd, List.of("x"))).isEmpty();
    }
}
