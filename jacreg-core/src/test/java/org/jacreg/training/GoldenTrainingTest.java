package org.jacreg.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.assertj.core.data.Offset;
import org.jacreg.golden.Golden;
import org.jacreg.golden.GoldenCase;
import org.jacreg.golden.GoldenGraph;
import org.jacreg.graph.QuietGradients;
import org.jacreg.regularizer.JacobianRegularizer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Sgd;

/** The golden networks: PyTorch's trajectories with penalties, and SameDiff's fit without. */
class GoldenTrainingTest {

    static List<GoldenCase> cases() {
        return Golden.all();
    }

    /** 1e-9 relative to 1 + |value|: the golden values are exact to about 1e-10 (their README). */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void theHistoryIsTheGoldenTrajectory(GoldenCase golden) {
        JsonNode train = golden.json().get("train");
        for (String kind : List.of("frob", "l11")) {
            SameDiff sd = graph(golden, new Sgd(train.get("lr").asDouble()));
            JacobianRegularizer regularizer = kind.equals("frob")
                    ? JacobianRegularizer.frobenius(sd).lambda(golden.number("lam"))
                    : JacobianRegularizer.l11(sd).lambda(golden.number("eps"));
            regularizer.input("x").logits(GoldenGraph.output(golden)).attach();
            int steps = train.get(kind).size();
            TrainingHistory history = RobustTrainer.of(sd).epochs(steps).build().fit(data(golden));
            for (int step = 0; step < steps; step++) {
                double expected = train.get(kind).get(step).asDouble();
                assertThat(history.losses().get(step))
                        .as("%s, step %d", kind, step)
                        .isCloseTo(expected, Offset.offset(1e-9 * (1 + Math.abs(expected))));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void withoutPenaltiesItIsFit(GoldenCase golden) {
        SameDiff expected = graph(golden, new Nadam(0.01));
        SameDiff actual = graph(golden, new Nadam(0.01));
        QuietGradients.create(expected);
        expected.fit(data(golden), 3);
        RobustTrainer.of(actual).epochs(3).build().fit(data(golden));
        Twins.assertAlike(actual, expected, Twins.ROUNDING);
    }

    private static SameDiff graph(GoldenCase golden, IUpdater updater) {
        SameDiff sd = GoldenGraph.build(golden, DataType.DOUBLE);
        sd.setTrainingConfig(TrainingConfig.builder()
                .updater(updater)
                .dataSetFeatureMapping("x")
                .dataSetLabelMapping("label")
                .l2(0.01)
                .build());
        if (updater instanceof Sgd) {
            sd.getTrainingConfig().setRegularization(List.of());
        }
        return sd;
    }

    private static DataSetIterator data(GoldenCase golden) {
        return new SingletonDataSetIterator(new DataSet(golden.array("x"), golden.oneHot()));
    }
}
