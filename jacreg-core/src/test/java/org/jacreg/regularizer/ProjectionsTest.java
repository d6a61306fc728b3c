package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.nets.CentralDifferences;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.ListenerVariables;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** The estimate of the squared Frobenius norm by random directions: value, gradient, distribution, seeds. */
class ProjectionsTest {

    private static final int COUNT = 2;
    private static final double LAMBDA = 0.7;

    @Test
    void valueIsThatOfTheDirectionsDrawn() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        attach(sd, COUNT);
        DataSet batch = SmallNets.batch(DataType.DOUBLE, 3, 5);
        Map<String, INDArray> drawn = sd.output(feed(batch), directions(sd), "jacreg/penalty");
        INDArray jacobian = CentralDifferences.jacobian(sd, "x", "logits", batch.getFeatures());
        double expected = estimate(jacobian, drawn.get(directions(sd)));
        // Central differences: 1e-10 per entry.
        assertThat(drawn.get("jacreg/penalty").getDouble(0)).isCloseTo(expected, within(1e-8 * expected));
    }

    @Test
    void gradientIsThatOfTheDirectionsDrawn() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        attach(sd, COUNT);
        DataSet batch = SmallNets.batch(DataType.DOUBLE, 3, 5);
        List<String> weights = List.of("W1", "b1", "W2");
        OutAndGrad both = sd.calculateGradientsAndOutputs(feed(batch), List.of(directions(sd)), weights);
        INDArray normals = both.getOutputs().get(directions(sd)).dup();
        SameDiff twin = SmallNets.mlp(DataType.DOUBLE);
        Map<String, INDArray> ofLoss = twin.calculateGradients(feed(batch), weights);
        Jacobian jacobian = Jacobian.of(twin);
        for (String name : weights) {
            INDArray actual =
                    both.getGradients().get(name).sub(ofLoss.get(name)).div(LAMBDA);
            INDArray expected = CentralDifferences.gradient(
                    twin.getVariable(name).getArr(), () -> estimate(jacobian.compute(batch.getFeatures()), normals));
            double scale = expected.normmaxNumber().doubleValue();
            assertThat(scale).isGreaterThan(0.1);
            // As in PenaltyGradientTest.
            assertThat(actual.sub(expected).normmaxNumber().doubleValue() / scale)
                    .as(name)
                    .isLessThan(1e-6);
        }
    }

    /** {@code C/(V N) sum ||J^T v||^2} in plain arithmetic, for normals [V*N, C] that are normalised here. */
    private static double estimate(INDArray jacobian, INDArray normals) {
        long n = jacobian.size(0);
        long c = jacobian.size(1);
        long d = jacobian.size(2);
        double sum = 0;
        for (long row = 0; row < normals.size(0); row++) {
            double length = 0;
            for (long i = 0; i < c; i++) {
                length += normals.getDouble(row, i) * normals.getDouble(row, i);
            }
            for (long j = 0; j < d; j++) {
                double product = 0;
                for (long i = 0; i < c; i++) {
                    product += normals.getDouble(row, i) * jacobian.getDouble(row % n, i, j);
                }
                sum += product * product / length;
            }
        }
        return c * sum / normals.size(0);
    }

    /** Mean and variance against Hoffman et al. (arXiv 1908.02729), on a linear model, whose Jacobian is its weights. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void unbiasedWithTheVarianceOfThePaper(int count) {
        double[][] weights = {{1, -2, 0.3}, {0.5, 1, -1}, {-1, 0.25, 0}, {2, 2, 1}};
        SameDiff sd = SmallNets.linear(weights, new double[4]);
        attach(sd, count);
        INDArray w = Nd4j.createFromArray(weights);
        int samples = 1000;
        int evaluations = 5;
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, samples, 3);
        Nd4j.getRandom().setSeed(20240817);
        INDArray estimates = Nd4j.create(DataType.DOUBLE, evaluations, samples);
        for (int i = 0; i < evaluations; i++) {
            Map<String, INDArray> drawn = sd.output(Map.of("x", x), directions(sd), "jacreg/penalty");
            INDArray products = drawn.get(directions(sd)).mmul(w);
            INDArray perSample = products.mul(products)
                    .sum(1)
                    .reshape(count, samples)
                    .mean(0)
                    .mul(4);
            estimates.putRow(i, perSample);
            double mean = perSample.meanNumber().doubleValue();
            // The same sum in another order.
            assertThat(drawn.get("jacreg/penalty").getDouble(0)).isCloseTo(mean, within(1e-12 * mean));
        }
        assertMoments(estimates, w.mmul(w.transpose()), count);
    }

    private static void assertMoments(INDArray estimates, INDArray a, int count) {
        double n = estimates.length();
        double trace = 0;
        for (int i = 0; i < a.rows(); i++) {
            trace += a.getDouble(i, i);
        }
        double classes = a.rows();
        double traceOfSquare = a.mul(a).sumNumber().doubleValue();
        double variance = (2 * classes * traceOfSquare - 2 * trace * trace) / (classes + 2) / count;
        INDArray centred = estimates.sub(trace);
        double fourthMoment = org.nd4j.linalg.ops.transforms.Transforms.pow(centred, 4)
                .meanNumber()
                .doubleValue();
        // Five standard errors, of the mean and of the mean square.
        assertThat(centred.meanNumber().doubleValue()).isCloseTo(0, within(5 * Math.sqrt(variance / n)));
        assertThat(centred.mul(centred).meanNumber().doubleValue())
                .isCloseTo(variance, within(5 * Math.sqrt((fourthMoment - variance * variance) / n)));
    }

    /** More samples than there are draws: directions repeat, estimates stay right. */
    @Test
    void aVeryLargeBatchIsServedToo() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        attach(sd, COUNT);
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 1030, 4);
        Map<String, INDArray> drawn = sd.output(Map.of("x", x), directions(sd), "jacreg/penalty");
        INDArray directions = drawn.get(directions(sd));
        assertThat(directions.shape()).containsExactly(COUNT * 1030, 3);
        assertThat(directions.getRow(1024 + 3)).isEqualTo(directions.getRow(3));
        assertThat(directions.getRow(1030 + 3)).isNotEqualTo(directions.getRow(3));
        double expected = estimate(Jacobian.of(sd).compute(x), directions);
        assertThat(drawn.get("jacreg/penalty").getDouble(0)).isCloseTo(expected, within(1e-12 * expected));
    }

    @Test
    void everyEvaluationAndEverySampleHasItsOwnDirections() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        RegularizedGraph graph = attach(sd, COUNT);
        DataSet batch = SmallNets.batch(DataType.DOUBLE, 3, 5);
        INDArray first = sd.outputSingle(feed(batch), directions(sd)).dup();
        INDArray second = sd.outputSingle(feed(batch), directions(sd)).dup();
        assertThat(first.shape()).containsExactly(COUNT * 5, 3);
        for (int row = 0; row < COUNT * 5; row++) {
            assertThat(second.getRow(row).distance2(first.getRow(row))).isGreaterThan(1e-3);
            for (int other = 0; other < row; other++) {
                assertThat(first.getRow(row).distance2(first.getRow(other))).isGreaterThan(1e-3);
            }
        }
        assertThat(graph.penalty().eval(feed(batch)))
                .isNotEqualTo(graph.penalty().eval(feed(batch)));
    }

    @Test
    void fitDrawsAfreshEveryStepAndReportsWhatItDrew() {
        SameDiff sd = SmallNets.training(SmallNets.mlp(DataType.DOUBLE), new Sgd(1e-9));
        attach(sd, COUNT);
        DataSet batch = SmallNets.batch(DataType.DOUBLE, 3, 5);
        Map<Integer, Map<String, Double>> seen = new HashMap<>();
        sd.setListeners(new Recorder(seen));
        var reported = sd.fit(new SingletonDataSetIterator(batch), 3).getLossCurve();
        for (int step = 0; step < 3; step++) {
            double total = seen.get(step).get("loss") + LAMBDA * seen.get(step).get("jacreg/penalty");
            // SameDiff keeps its loss curve in float32: 2^-24 relative, rounded up.
            assertThat(reported.getLossValues().getDouble(step)).isCloseTo(total, within(1e-7 * total));
        }
        // With this step size weights stand still, and the loss with them.
        assertThat(seen.get(0).get("loss")).isCloseTo(seen.get(2).get("loss"), within(1e-6));
        assertThat(seen.values().stream().map(m -> m.get("jacreg/penalty")).distinct())
                .hasSize(3);
    }

    private static final class Recorder extends BaseListener {

        private final Map<Integer, Map<String, Double>> seen;

        Recorder(Map<Integer, Map<String, Double>> seen) {
            this.seen = seen;
        }

        @Override
        public boolean isActive(Operation operation) {
            return operation == Operation.TRAINING;
        }

        @Override
        public ListenerVariables requiredVariables(SameDiff sd) {
            return new ListenerVariables.Builder()
                    .trainingVariables("loss", "jacreg/penalty")
                    .build();
        }

        /** Not activationAvailable: ND4J 1.0.0-M2.1 passes null to it. */
        @Override
        public void opExecution(
                SameDiff sd, At at, MultiDataSet batch, SameDiffOp op, OpContext context, INDArray[] outputs) {
            String name = op.getOutputsOfOp().get(0);
            if (name.equals("loss") || name.equals("jacreg/penalty")) {
                seen.computeIfAbsent(at.iteration(), i -> new HashMap<>()).put(name, outputs[0].getDouble(0));
            }
        }
    }

    @Test
    void trainingIsReproducedByTheSeed() {
        SameDiff first = trained(1);
        assertThat(difference(first, trained(1))).isZero();
        assertThat(difference(first, trained(2))).isGreaterThan(1e-4);
    }

    private static SameDiff trained(long seed) {
        SameDiff sd = SmallNets.training(SmallNets.mlp(DataType.DOUBLE), new Sgd(0.05));
        attach(sd, 1);
        DataSet batch = SmallNets.batch(DataType.DOUBLE, 3, 5);
        Nd4j.getRandom().setSeed(seed);
        sd.fit(new SingletonDataSetIterator(batch), 4);
        return sd;
    }

    private static double difference(SameDiff a, SameDiff b) {
        return a.getVariable("W1")
                .getArr()
                .sub(b.getVariable("W1").getArr())
                .normmaxNumber()
                .doubleValue();
    }

    private static RegularizedGraph attach(SameDiff sd, int count) {
        return JacobianRegularizer.frobenius(sd)
                .projections(count)
                .lambda(LAMBDA)
                .attach();
    }

    /** The variable that holds the directions, or what becomes the directions by normalising. */
    private static String directions(SameDiff sd) {
        return sd.getOps().values().stream()
                .filter(op -> op.getName().startsWith("jacreg/"))
                .filter(op -> op.getOp().opName().equals("divide"))
                .map(op -> op.getOutputsOfOp().get(0))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, INDArray> feed(DataSet batch) {
        return Map.of("x", batch.getFeatures(), "label", batch.getLabels());
    }
}
