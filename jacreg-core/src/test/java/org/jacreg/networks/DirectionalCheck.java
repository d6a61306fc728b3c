package org.jacreg.networks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jacreg.nets.SmallNets;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.regularizer.RegularizedGraph;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The derivative of a penalty along random directions of all weights at once, against central differences, in float64. */
final class DirectionalCheck {

    private static final double STEP = 1e-5;
    private static final int DIRECTIONS = 3;
    private static final int SEED = 19;

    private DirectionalCheck() {}

    /**
     * @param tolerance relative to the largest of the derivatives; third derivatives and rounding leave about 1e-8 with a
     *     step of 1e-5
     */
    static void agrees(
            Supplier<SameDiff> network,
            Map<String, INDArray> feed,
            UnaryOperator<JacobianRegularizer> settings,
            double tolerance) {
        double lambda = 3;
        SameDiff sd = network.get();
        List<String> weights = trained(sd);
        Map<String, INDArray> ofLoss = copy(sd.calculateGradients(feed, weights), weights);
        RegularizedGraph graph =
                settings.apply(JacobianRegularizer.frobenius(sd).lambda(lambda)).attach();
        Nd4j.getRandom().setSeed(SEED);
        Map<String, INDArray> ofTotal = copy(sd.calculateGradients(feed, weights), weights);
        Random random = new Random(4);
        double worst = 0;
        double scale = 0;
        for (int i = 0; i < DIRECTIONS; i++) {
            Map<String, INDArray> direction = new HashMap<>();
            double derivative = 0;
            for (String name : weights) {
                INDArray at = ofTotal.get(name);
                direction.put(name, SmallNets.normal(DataType.DOUBLE, random, 1, at.shape()));
                derivative += at.sub(ofLoss.get(name))
                                .mul(direction.get(name))
                                .sumNumber()
                                .doubleValue()
                        / lambda;
            }
            double expected = (moved(graph, feed, direction, STEP) - moved(graph, feed, direction, -STEP)) / (2 * STEP);
            worst = Math.max(worst, Math.abs(derivative - expected));
            scale = Math.max(scale, Math.abs(expected));
        }
        assertThat(scale).as("the largest derivative").isGreaterThan(1e-2);
        assertThat(worst / scale).as("relative error").isLessThan(tolerance);
    }

    /** What {@code fit} would change. */
    private static List<String> trained(SameDiff sd) {
        return sd.variables().stream()
                .filter(variable -> variable.getVariableType() == VariableType.VARIABLE)
                .map(SDVariable::name)
                .toList();
    }

    private static Map<String, INDArray> copy(Map<String, INDArray> gradients, List<String> names) {
        Map<String, INDArray> result = new HashMap<>();
        names.forEach(name -> result.put(name, gradients.get(name).dup()));
        return result;
    }

    /** The penalty at moved weights, which are put back; the same random directions every time. */
    private static double moved(
            RegularizedGraph graph, Map<String, INDArray> feed, Map<String, INDArray> direction, double step) {
        SameDiff sd = graph.graph();
        Map<String, INDArray> before = new HashMap<>();
        direction.forEach((name, d) -> {
            INDArray weight = sd.getVariable(name).getArr();
            before.put(name, weight.dup());
            weight.addi(d.mul(step));
        });
        Nd4j.getRandom().setSeed(SEED);
        double value = graph.penalty().eval(feed).getDouble(0);
        before.forEach((name, weight) -> sd.getVariable(name).getArr().assign(weight));
        return value;
    }

    /** Inputs and labels for {@link #agrees}. */
    static Map<String, INDArray> feed(int n, int classes, long... inputShape) {
        long[] shape = new long[inputShape.length + 1];
        shape[0] = n;
        System.arraycopy(inputShape, 0, shape, 1, inputShape.length);
        return Map.of(
                SmallNets.INPUT,
                SmallNets.inputs(DataType.DOUBLE, 8, shape),
                SmallNets.LABEL,
                SmallNets.labels(DataType.DOUBLE, 9, n, classes));
    }
}
