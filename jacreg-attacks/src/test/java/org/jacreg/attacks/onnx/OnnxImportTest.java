package org.jacreg.attacks.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jacreg.attacks.AttackResult;
import org.jacreg.attacks.Pgd;
import org.jacreg.classifier.Classifier;
import org.jacreg.graph.GemmRepair;
import org.jacreg.graph.QuietGradients;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.regularizer.RegularizedGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.factory.Nd4j;

/** A network from an ONNX file: what it computes, its penalty, training, attack. */
class OnnxImportTest {

    private static final double STEP = 1e-5;

    @TempDir
    private Path folder;

    private SameDiff network(boolean doubles) throws IOException {
        Path file = folder.resolve("network.onnx");
        ImportedNetwork.write(file, doubles);
        return ImportedNetwork.trainable(ImportedNetwork.imported(file));
    }

    private static INDArray normal(Random random, DataType type, double scale, long... shape) {
        INDArray result = Nd4j.create(type, shape);
        INDArray flat = result.reshape(result.length());
        for (long i = 0; i < flat.length(); i++) {
            flat.putScalar(i, scale * random.nextGaussian());
        }
        return result;
    }

    /** Sample n is the pattern of class n mod 3 plus noise. */
    private static DataSet data(DataType type, int n, double noise) {
        Random random = new Random(3);
        INDArray[] patterns = new INDArray[ImportedNetwork.CLASSES];
        for (int c = 0; c < patterns.length; c++) {
            patterns[c] = normal(random, type, 1, 1, 8, 8);
        }
        INDArray[] samples = new INDArray[n];
        INDArray labels = Nd4j.zeros(type, n, patterns.length);
        for (int i = 0; i < n; i++) {
            samples[i] = patterns[i % patterns.length].add(normal(random, type, noise, 1, 8, 8));
            labels.putScalar(i, i % patterns.length, 1);
        }
        return new DataSet(Nd4j.stack(0, samples), labels);
    }

    /** The importer's graph against the definition of its ops, written out. */
    @Test
    void theImportedGraphComputesTheFilesFunction() throws IOException {
        SameDiff sd = network(true);
        INDArray x = data(DataType.DOUBLE, 3, 1).getFeatures();
        INDArray logits = sd.outputSingle(Map.of(ImportedNetwork.INPUT, x), ImportedNetwork.LOGITS);
        for (int n = 0; n < 3; n++) {
            double[] expected = WrittenOut.logits(sd, x, n);
            for (int c = 0; c < expected.length; c++) {
                // Sums of at most 36 products of order one.
                assertThat(Math.abs(logits.getDouble(n, c) - expected[c])).isLessThan(1e-12);
            }
        }
    }

    /** Along random directions of all weights at once. */
    @Test
    void thePenaltysGradientIsThatOfCentralDifferences() throws IOException {
        SameDiff sd = network(true);
        DataSet batch = data(DataType.DOUBLE, 3, 1);
        Map<String, INDArray> feed =
                Map.of(ImportedNetwork.INPUT, batch.getFeatures(), ImportedNetwork.LABEL, batch.getLabels());
        List<String> weights = List.of("K", "c", "W1", "b1", "W2", "b2");
        Map<String, INDArray> ofLoss = sd.calculateGradients(feed, weights);
        RegularizedGraph graph = JacobianRegularizer.frobenius(sd).lambda(1).attach();
        Map<String, INDArray> ofTotal = sd.calculateGradients(feed, weights);
        Random random = new Random(6);
        for (int i = 0; i < 3; i++) {
            double derivative = 0;
            double[] values = new double[2];
            INDArray[] moves = new INDArray[weights.size()];
            for (int w = 0; w < moves.length; w++) {
                String name = weights.get(w);
                moves[w] = normal(random, DataType.DOUBLE, 1, ofTotal.get(name).shape());
                derivative += ofTotal.get(name)
                        .sub(ofLoss.get(name))
                        .mul(moves[w])
                        .sumNumber()
                        .doubleValue();
            }
            for (int side = 0; side < 2; side++) {
                double step = side == 0 ? STEP : -STEP;
                move(sd, weights, moves, step);
                values[side] = graph.penalty().eval(feed).getDouble(0);
                move(sd, weights, moves, -step);
            }
            double expected = (values[0] - values[1]) / (2 * STEP);
            assertThat(Math.abs(expected)).isGreaterThan(1e-2);
            // Third derivatives and rounding leave 1e-8 with this step.
            assertThat(Math.abs(derivative / expected - 1)).isLessThan(1e-6);
        }
    }

    private static void move(SameDiff sd, List<String> weights, INDArray[] moves, double step) {
        for (int w = 0; w < moves.length; w++) {
            sd.getVariable(weights.get(w)).getArr().addi(moves[w].mul(step));
        }
    }

    /** Two files' worth of the same weights, one trained with the penalty, both attacked. */
    @Test
    void aPenaltyMakesTheImportedNetworkHarderToAttack() throws IOException {
        DataSet data = data(DataType.FLOAT, 60, 0.6);
        SameDiff plain = network(false);
        QuietGradients.create(plain);
        plain.fit(new ViewIterator(data, 20), 15);
        SameDiff flat = network(false);
        RegularizedGraph graph = JacobianRegularizer.frobenius(flat).lambda(0.1).attach();
        flat.fit(new ViewIterator(data, 20), 15);
        graph.detach();
        assertThat(graph.isAttached()).isFalse();

        AttackResult ofPlain = attack(plain, data);
        AttackResult ofFlat = attack(flat, data);
        assertThat(ofPlain.accuracy()).isGreaterThan(0.95);
        assertThat(ofFlat.accuracy()).isGreaterThan(0.95);
        assertThat(norm(flat, data)).isBetween(1e-3, 0.5 * norm(plain, data));
        assertThat(ofPlain.robustAccuracy()).isLessThan(0.8);
        assertThat(ofFlat.robustAccuracy()).isGreaterThan(0.9);
    }

    private static AttackResult attack(SameDiff sd, DataSet data) {
        Classifier model = Classifier.of(sd).build();
        return Pgd.linf(0.3).steps(10).seed(9).build().attack(model, data.getFeatures(), data.getLabels());
    }

    private static double norm(SameDiff sd, DataSet data) {
        return Jacobian.of(sd).norms(data.getFeatures()).meanFrobeniusSquared();
    }

    /**
     * ND4J's importer, not us: a bias as third input of Gemm is dropped without an error. With beta = 0 that is seen without
     * noise; other values of beta add old memory, and the rule refuses them.
     */
    @ParameterizedTest
    @ValueSource(doubles = {0, 1})
    void theImporterDropsTheBiasOfGemm(double beta) throws IOException {
        Path file = folder.resolve("gemm.onnx");
        new OnnxGraph(false, 2)
                .input("x", 4)
                .weight("W", 1, 4, 3)
                .weight("b", 1, 3)
                .node("Gemm", "y", List.of("x", "W", "b"), OnnxGraph.product(beta, false))
                .output("y", 3)
                .write(file);
        SameDiff sd = ImportedNetwork.imported(file);
        INDArray x = Nd4j.zeros(DataType.FLOAT, 2, 4);
        sd.getVariable("x").setShape(-1, 4);
        if (beta != 0) {
            assertThatThrownBy(() ->
                            Jacobian.builder(sd).input("x").logits("y").build().compute(x))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has beta = 1.0");
            return;
        }
        assertThat(sd.outputSingle(Map.of("x", x), "y").normmaxNumber().doubleValue())
                .isZero();
        assertThat(sd.getVariable("b").getArr().normmaxNumber().doubleValue()).isGreaterThan(0.1);
        int ops = sd.getOps().size();
        assertThatThrownBy(() -> GemmRepair.in(sd))
                .as("a factor of 0 is what an attribute becomes that is not in the file")
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has the factor 0.0");
        assertThat(sd.getOps()).hasSize(ops);
    }

    /** ND4J's importer again: MatMul arrives with a factor 0. The rule refuses it instead of giving a Jacobian of zero. */
    @Test
    void aProductThatTheImporterHasSetToZeroIsRefused() throws IOException {
        Path file = folder.resolve("matmul.onnx");
        new OnnxGraph(false, 2)
                .input("x", 4)
                .weight("W", 1, 4, 3)
                .node("MatMul", "y", List.of("x", "W"))
                .output("y", 3)
                .write(file);
        SameDiff sd = ImportedNetwork.imported(file);
        INDArray x = Nd4j.ones(DataType.FLOAT, 2, 4);
        assertThat(sd.outputSingle(Map.of("x", x), "y").normmaxNumber().doubleValue())
                .isZero();
        SDVariable input = sd.getVariable("x");
        input.setShape(-1, 4);
        assertThatThrownBy(() ->
                        Jacobian.builder(sd).input("x").logits("y").build().compute(x))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has a factor 0.0");
    }
}
