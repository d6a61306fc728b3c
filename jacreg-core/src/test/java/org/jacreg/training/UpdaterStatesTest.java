package org.jacreg.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.jacreg.nets.SmallNets;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.regularizer.RegularizedGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaBelief;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** Updater state is where SameDiff keeps it, and survives changes between the two loops. */
class UpdaterStatesTest {

    @Test
    void fitGoesOnWhereWeStoppedAndTheOtherWayRound() {
        SameDiff expected = Twins.mlp(new Adam(0.01));
        Twins.fit(expected, 4);
        SameDiff oursFirst = Twins.mlp(new Adam(0.01));
        Twins.train(oursFirst, 2);
        Twins.fit(oursFirst, 2);
        Twins.assertAlike(oursFirst, expected, Twins.ROUNDING);
        SameDiff theirsFirst = Twins.mlp(new Adam(0.01));
        Twins.fit(theirsFirst, 2);
        Twins.train(theirsFirst, 2);
        Twins.assertAlike(theirsFirst, expected, Twins.ROUNDING);
    }

    @Test
    void savedAndLoadedItGoesOn(@TempDir Path directory) throws IOException {
        SameDiff expected = Twins.mlp(new Adam(0.01));
        JacobianRegularizer.frobenius(expected).lambda(0.1).attach();
        Twins.fit(expected, 4);
        SameDiff ours = Twins.mlp(new Adam(0.01));
        JacobianRegularizer.frobenius(ours).lambda(0.1).attach();
        Twins.train(ours, 2);
        File file = directory.resolve("graph.fb").toFile();
        ours.save(file, true);
        SameDiff byUs = SameDiff.load(file, true);
        RegularizedGraph.of(byUs);
        SameDiff byFit = SameDiff.load(file, true);
        RegularizedGraph.of(byFit);
        Twins.train(byUs, 2);
        Twins.fit(byFit, 2);
        Twins.assertAlike(byUs, expected, Twins.ROUNDING);
        Twins.assertAlike(byFit, expected, Twins.ROUNDING);
    }

    @Test
    void otherSettingsHoldAndKeepTheState() {
        SameDiff one = Twins.mlp(new Adam(0.01));
        Twins.train(one, 1);
        Map<String, INDArray> before = Twins.arrays(one);
        configure(one, new Adam(0.0));
        Twins.train(one, 1);
        // With a learning rate of 0 the weights stay, but the moments move on from what they were.
        Map<String, INDArray> after = Twins.arrays(one);
        assertThat(after.get("W1")).isEqualTo(before.get("W1"));
        SameDiff other = Twins.mlp(new Adam(0.0));
        Twins.train(other, 1);
        double withState = after.get("W1/V").sumNumber().doubleValue();
        assertThat(withState).isGreaterThan(1.5 * before.get("W1/V").sumNumber().doubleValue());
    }

    @Test
    void anotherUpdaterStartsAnew() {
        SameDiff actual = Twins.mlp(new Adam(0.01));
        Twins.train(actual, 1);
        SameDiff expected = Twins.mlp(new Nesterovs(0.05, 0.9));
        Twins.weights(actual)
                .forEach((name, array) -> expected.getVariable(name).getArr().assign(array));
        configure(actual, new Nesterovs(0.05, 0.9));
        Twins.train(actual, 2);
        Twins.fit(expected, 2);
        Twins.assertClose(Twins.arrays(actual), Twins.arrays(expected), Twins.ROUNDING);
        // From here on fit goes on with the new one as well.
        Twins.fit(actual, 1);
        Twins.fit(expected, 1);
        Twins.assertClose(Twins.arrays(actual), Twins.arrays(expected), Twins.ROUNDING);
    }

    private static void configure(SameDiff sd, IUpdater updater) {
        sd.setTrainingConfig(TrainingConfig.builder()
                .updater(updater)
                .dataSetFeatureMapping(SmallNets.INPUT)
                .dataSetLabelMapping(SmallNets.LABEL)
                .build());
    }

    /**
     * SameDiff's fit fails with it. One step from zero state: m = (1 - b1) g, s = (1 - b2) (g - m)^2 + epsilon, and the update
     * is lr m / (1 - b1) / (sqrt(s / (1 - b2)) + epsilon), up to where epsilon stands: below 1e-4 relative for gradients that
     * are not tiny.
     */
    @Test
    void adaBeliefTrains() {
        SameDiff sgd = Twins.mlp(new Sgd(1.0));
        Map<String, INDArray> before = Twins.weights(sgd);
        var data = new ViewIterator(SmallNets.batch(DataType.DOUBLE, 5, 10), 10);
        RobustTrainer.of(sgd).build().fit(data);
        SameDiff sd = Twins.mlp(new AdaBelief(0.01, 0.9, 0.999, 1e-14));
        data.reset();
        RobustTrainer.of(sd).build().fit(data);
        for (String weight : before.keySet()) {
            double gradient = before.get(weight).getDouble(0)
                    - sgd.getVariable(weight).getArr().getDouble(0);
            double update = before.get(weight).getDouble(0)
                    - sd.getVariable(weight).getArr().getDouble(0);
            double expected = 0.01 * gradient / Math.abs(0.9 * gradient);
            assertThat(update).as(weight).isCloseTo(expected, Offset.offset(1e-6));
        }
        assertThat(sd.getTrainingConfig().getUpdater()).isInstanceOf(AdaBelief.class);
        assertThat(Twins.arrays(sd)).containsKeys("W1/M", "W1/S");
        SameDiff both = Twins.mlp(new AdaBelief(0.01));
        SameDiff ours = Twins.mlp(new AdaBelief(0.01));
        assertThatThrownBy(() -> Twins.fit(both, 1)).isInstanceOf(ArrayIndexOutOfBoundsException.class);
        Twins.train(both, 1);
        Twins.fit(both, 2);
        Twins.train(ours, 3);
        Twins.assertAlike(both, ours, Twins.ROUNDING);
    }

    @Test
    void aGraphWithoutUpdaterConfigurationOrWeightsIsRefused() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        assertThatThrownBy(() -> Twins.train(sd, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("setTrainingConfig");
        sd.setTrainingConfig(TrainingConfig.builder()
                .skipBuilderValidation(true)
                .dataSetFeatureMapping(SmallNets.INPUT)
                .dataSetLabelMapping(SmallNets.LABEL)
                .build());
        assertThatThrownBy(() -> Twins.train(sd, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("updater");
        SameDiff constant = SameDiff.create();
        var x = constant.placeHolder(SmallNets.INPUT, DataType.DOUBLE, -1, 4);
        var label = constant.placeHolder(SmallNets.LABEL, DataType.DOUBLE, -1, 3);
        constant.var("unused", Nd4j.ones(DataType.DOUBLE, 2));
        constant.sum("loss", x.sum().add(label.sum()));
        constant.setLossVariables("loss");
        SmallNets.training(constant, new Sgd(0.1));
        assertThatThrownBy(() -> Twins.train(constant, 1)).hasMessageContaining("loss");
    }
}
