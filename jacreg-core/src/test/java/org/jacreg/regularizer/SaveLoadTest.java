package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** A decorated graph survives {@code sd.save} and {@code SameDiff.load}: value, gradients, and further training. */
class SaveLoadTest {

    private enum Net {
        MLP(List.of("W1", "b1", "W2", "b2")) {
            @Override
            SameDiff build() {
                return SmallNets.mlp(DataType.DOUBLE);
            }
        },
        CONV(List.of("K", "c", "W", "b")) {
            @Override
            SameDiff build() {
                return SmallNets.conv(DataType.DOUBLE);
            }
        };

        private final List<String> weights;

        Net(List<String> weights) {
            this.weights = weights;
        }

        abstract SameDiff build();

        DataSet batch(int n) {
            INDArray x = this == MLP
                    ? SmallNets.inputs(DataType.DOUBLE, 31, n, 4)
                    : SmallNets.inputs(DataType.DOUBLE, 31, n, 1, 6, 6);
            return new DataSet(x, SmallNets.labels(DataType.DOUBLE, 32, n, 3));
        }
    }

    static Stream<Arguments> cases() {
        return Stream.of(Net.values())
                .flatMap(net -> Stream.of(PenaltyKind.values()).map(kind -> Arguments.of(net, kind)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void totalAndGradientsAreKept(Net net, PenaltyKind kind, @TempDir Path folder) {
        SameDiff sd = decoratedAndTrained(net, kind);
        SameDiff loaded = saveAndLoad(sd, folder);
        assertThat(loaded.getLossVariables()).containsExactly("jacreg/total");
        assertThat(loaded.getVariables().keySet()).isEqualTo(sd.getVariables().keySet());
        assertThat(loaded.getOps().keySet()).isEqualTo(sd.getOps().keySet());
        for (int n : new int[] {1, 5}) {
            Map<String, INDArray> feed = feed(net.batch(n));
            List<String> outputs = List.of("jacreg/total", "jacreg/penalty", "logits");
            Nd4j.getRandom().setSeed(7);
            Map<String, INDArray> expected = sd.output(feed, outputs);
            Nd4j.getRandom().setSeed(7);
            Map<String, INDArray> actual = loaded.output(feed, outputs);
            outputs.forEach(name -> assertSame(name, actual.get(name), expected.get(name)));
            Nd4j.getRandom().setSeed(8);
            Map<String, INDArray> gradients = sd.calculateGradients(feed, net.weights);
            Nd4j.getRandom().setSeed(8);
            Map<String, INDArray> again = loaded.calculateGradients(feed, net.weights);
            net.weights.forEach(name -> assertSame(name, again.get(name), gradients.get(name)));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void trainingGoesOn(Net net, PenaltyKind kind, @TempDir Path folder) {
        SameDiff sd = decoratedAndTrained(net, kind);
        SameDiff loaded = saveAndLoad(sd, folder);
        DataSet batch = net.batch(6);
        Nd4j.getRandom().setSeed(9);
        double reported = sd.fit(new SingletonDataSetIterator(batch), 3)
                .getLossCurve()
                .getLossValues()
                .getDouble(2);
        Nd4j.getRandom().setSeed(9);
        double again = loaded.fit(new SingletonDataSetIterator(batch), 3)
                .getLossCurve()
                .getLossValues()
                .getDouble(2);
        assertThat(again).isPositive().isEqualTo(reported);
        net.weights.forEach(name -> assertSame(
                name, loaded.getVariable(name).getArr(), sd.getVariable(name).getArr()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theJacobianOfALoadedGraph(Net net, PenaltyKind kind, @TempDir Path folder) {
        SameDiff sd = decoratedAndTrained(net, kind);
        SameDiff loaded = saveAndLoad(sd, folder);
        INDArray x = net.batch(3).getFeatures();
        SameDiff plain = net.build();
        net.weights.forEach(name ->
                plain.getVariable(name).getArr().assign(sd.getVariable(name).getArr()));
        assertSame(
                "Jacobian",
                Jacobian.builder(loaded).input("x").logits("logits").build().compute(x),
                Jacobian.of(plain).compute(x));
        assertThat(Jacobian.of(loaded).norms(x).meanL11())
                .isCloseTo(Jacobian.of(plain).norms(x).meanL11(), within(1e-13));
    }

    private static SameDiff decoratedAndTrained(Net net, PenaltyKind kind) {
        SameDiff sd = SmallNets.training(net.build(), new Adam(0.01));
        kind.attach(sd, 0.3);
        sd.fit(new SingletonDataSetIterator(net.batch(6)), 2);
        return sd;
    }

    private static SameDiff saveAndLoad(SameDiff sd, Path folder) {
        File file = folder.resolve("model.fb").toFile();
        sd.save(file, true);
        return SameDiff.load(file, true);
    }

    private static void assertSame(String name, INDArray actual, INDArray expected) {
        assertThat(actual.shape()).as(name).isEqualTo(expected.shape());
        // INDArray.equals is lenient: 1e-5.
        assertThat(actual.sub(expected).normmaxNumber().doubleValue()).as(name).isZero();
    }

    private static Map<String, INDArray> feed(DataSet batch) {
        return Map.of("x", batch.getFeatures(), "label", batch.getLabels());
    }
}
