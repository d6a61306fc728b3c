package org.jacreg.examples;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jacreg.gradient.Gradients;
import org.jacreg.runtime.BackendCheck;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.adapter.SingletonMultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Example 3: put a gradient into the loss. A network learns {@code sin 2x} from seven points, with and without being told the
 * slopes there (Czarnecki et al. 2017, arXiv 1706.04859, call it Sobolev training).
 *
 * <p>Common mistake: {@code sd.grad("x")}. That variable lives in a graph of its own, and ops of your graph cannot take it;
 * {@link #takesGradientsOfSameDiff()} shows it. {@link Gradients#gradientOf} adds the gradient to your graph.
 */
public final class E03_ALossOnAGradient {

    private static final int HIDDEN = 24;
    private static final int STEPS = 600;

    private E03_ALossOnAGradient() {}

    /**
     * What came of it.
     *
     * @param greatestError of the learned function on [-2, 2], between the points too
     * @param losses the variables that the graph minimizes
     */
    public record Outcome(double greatestError, List<String> losses) {}

    /**
     * Trains a network 1-24-1 with tanh by plain {@code fit}.
     *
     * @param slopes whether the loss compares the slopes too
     * @return what came of it
     */
    public static Outcome learn(boolean slopes) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 1);
        SDVariable value = sd.placeHolder("value", DataType.DOUBLE, -1, 1);
        SDVariable slope = sd.placeHolder("slope", DataType.DOUBLE, -1, 1);
        SDVariable f = network(sd, x);
        SDVariable df = Gradients.gradientOf(f, x); // samples do not mix, so this is each one's own slope
        SDVariable miss = sd.math().square(f.sub(value)).mean();
        SDVariable missedSlope = sd.math().square(df.sub(slope)).mean();
        SDVariable loss = slopes ? miss.add("loss", missedSlope.mul(0.1)) : sd.identity("loss", miss);
        sd.setLossVariables(loss.name());
        sd.setTrainingConfig(TrainingConfig.builder()
                .updater(new Adam(0.02))
                .dataSetFeatureMapping("x")
                .dataSetLabelMapping("value", "slope")
                .build());
        sd.fit(new SingletonMultiDataSetIterator(points()), STEPS);

        INDArray grid = Nd4j.linspace(DataType.DOUBLE, -2, 0.02, 201).reshape(201, 1);
        INDArray learned = sd.outputSingle(Map.of("x", grid), f.name());
        INDArray truth = Transforms.sin(grid.mul(2));
        return new Outcome(learned.sub(truth).amaxNumber().doubleValue(), List.copyOf(sd.getLossVariables()));
    }

    /** Weights are drawn from a seed, so that the two runs start alike. */
    private static SDVariable network(SameDiff sd, SDVariable x) {
        Random random = new Random(3);
        SDVariable w1 = sd.var("w1", normal(random, 1.5, 1, HIDDEN));
        SDVariable b1 = sd.var("b1", normal(random, 1, 1, HIDDEN));
        SDVariable w2 = sd.var("w2", normal(random, 1 / Math.sqrt(HIDDEN), HIDDEN, 1));
        return sd.math().tanh(x.mmul(w1).add(b1)).mmul("f", w2);
    }

    private static INDArray normal(Random random, double deviation, int rows, int columns) {
        double[] numbers = random.doubles((long) rows * columns, -1, 1)
                .map(u -> u * deviation * Math.sqrt(3))
                .toArray();
        return Nd4j.createFromArray(numbers).reshape(rows, columns);
    }

    private static MultiDataSet points() {
        INDArray x = Nd4j.linspace(DataType.DOUBLE, -2, 4.0 / 6, 7).reshape(7, 1);
        INDArray value = Transforms.sin(x.mul(2));
        INDArray slope = Transforms.cos(x.mul(2)).mul(2);
        return new MultiDataSet(new INDArray[] {x}, new INDArray[] {value, slope});
    }

    /**
     * The mistake: asks SameDiff for the gradient and builds a loss on it.
     *
     * @return whether SameDiff let it be done
     */
    public static boolean takesGradientsOfSameDiff() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 1);
        SDVariable miss = sd.math().square(network(sd, x)).mean("miss");
        sd.setLossVariables("miss");
        sd.createGradFunction("x");
        SDVariable gradient = sd.grad("x");
        try {
            return miss.add(gradient.mul(gradient).sum()).getSameDiff().equals(sd);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Prints the greatest error without and with slopes.
     *
     * @param args not used
     */
    public static void main(String[] args) {
        SameDiff sd = SameDiff.create();
        network(sd, sd.placeHolder("x", DataType.DOUBLE, -1, 1)).norm2("loss");
        sd.setLossVariables("loss");
        BackendCheck.of(sd).withGradients().run().require(); // ND4J itself may be faulty

        System.out.println(
                "greatest error from values:            " + learn(false).greatestError());
        System.out.println(
                "greatest error from values and slopes: " + learn(true).greatestError());
        System.out.println("SameDiff's own gradient can be used:   " + takesGradientsOfSameDiff());
    }
}
