package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jacreg.golden.Golden;
import org.jacreg.golden.GoldenCase;
import org.jacreg.golden.GoldenGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * One call of fit over several steps, in which ND4J reuses its session: the golden networks end where PyTorch's trajectory
 * ends. 1e-9 is what the golden values are good for.
 */
class LongFitTest {

    static List<GoldenCase> cases() {
        return Golden.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void severalStepsInOneFitFollowTheTrajectory(GoldenCase golden) throws IOException {
        for (String kind : List.of("frob", "l11")) {
            SameDiff sd = GoldenGraph.build(golden, DataType.DOUBLE);
            JacobianRegularizer regularizer = kind.equals("frob")
                    ? JacobianRegularizer.frobenius(sd).lambda(golden.number("lam"))
                    : JacobianRegularizer.l11(sd).lambda(golden.number("eps"));
            regularizer.input("x").logits(GoldenGraph.output(golden)).attach();
            SameDiff loaded = SameDiff.fromFlatBuffers(sd.asFlatBuffers(true));
            assertEndsRight(golden, kind, sd);
            assertEndsRight(golden, kind, RegularizedGraph.of(loaded).graph());
        }
    }

    private static void assertEndsRight(GoldenCase golden, String kind, SameDiff sd) {
        var train = golden.json().get("train");
        sd.setTrainingConfig(TrainingConfig.builder()
                .updater(new Sgd(train.get("lr").asDouble()))
                .dataSetFeatureMapping("x")
                .dataSetLabelMapping("label")
                .build());
        int steps = train.get(kind).size() - 1;
        sd.fit(new SingletonDataSetIterator(new DataSet(golden.array("x"), golden.oneHot())), steps);
        Map<String, INDArray> feed = Map.of("x", golden.array("x"), "label", golden.oneHot());
        double expected = train.get(kind).get(steps).asDouble();
        assertThat(sd.outputSingle(feed, RegularizedGraph.TOTAL).getDouble(0))
                .as(kind)
                .isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-9 * (1 + Math.abs(expected))));
    }
}
