package org.jacreg.attacks.objective;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.assertj.core.data.Offset;
import org.jacreg.attacks.ClosedFormNet;
import org.jacreg.attacks.threat.FeasibleSet;
import org.jacreg.classifier.InputBox;
import org.jacreg.nets.PreparedObjective;
import org.jacreg.nets.SmallNets;
import org.jacreg.training.Objective;
import org.jacreg.training.RobustTrainer;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Steps of training computed once more in plain Java: network, attack and loss, with weights' gradients by central differences. Only
 * the draws of the starts are shared.
 */
class TrainingStepTest {

    private static final InputBox BOX = new InputBox(0, 1);
    private static final double EPSILON = .2;
    private static final double RATE = .1;
    private static final int SAMPLES = 6;
    private static final int CLASSES = 3;

    /** Central differences in float64 over two steps, times the learning rate. */
    private static final double TOLERANCE = 1e-8;

    private final INDArray x = Nets.inputs(DataType.DOUBLE, 21, SAMPLES);
    private final int[] labels = Nets.classes(22, SAMPLES, CLASSES);

    /** A loss in plain Java. */
    private interface Loss {
        double of(double[] clean, double[] attacked, int label);
    }

    private static double logProbability(double[] z, int c) {
        return -ClosedFormNet.crossEntropy(z, c);
    }

    private static double divergence(double[] z, double[] attacked) {
        double sum = 0;
        for (int c = 0; c < z.length; c++) {
            sum += Math.exp(logProbability(z, c)) * (logProbability(z, c) - logProbability(attacked, c));
        }
        return sum;
    }

    private static double trades(double[] z, double[] attacked, int label) {
        return -logProbability(z, label) + 6 * divergence(z, attacked);
    }

    private static double smoothed(double[] z, int label) {
        double sum = 0;
        for (int c = 0; c < z.length; c++) {
            sum -= (.2 / z.length + (c == label ? .8 : 0)) * logProbability(z, c);
        }
        return sum;
    }

    private static double arow(double[] z, double[] attacked, int label) {
        double weight = 1 - Math.exp(logProbability(attacked, label));
        return smoothed(z, label) + 7 * divergence(z, attacked) * weight;
    }

    private static double mean(ClosedFormNet net, INDArray clean, INDArray attacked, int[] labels, Loss loss) {
        double[][] z = net.logits(clean).toDoubleMatrix();
        double[][] moved = net.logits(attacked).toDoubleMatrix();
        double sum = 0;
        for (int n = 0; n < labels.length; n++) {
            sum += loss.of(z[n], moved[n], labels[n]);
        }
        return sum / labels.length;
    }

    /** The attack of TRADES and ARoW on the divergence, entry by entry. */
    private INDArray attack(ClosedFormNet net, InnerAttack attack, int iteration) {
        InnerSearch search = new InnerSearch(attack, net);
        FeasibleSet set = attack.threat().around(x, BOX);
        double[][] points = search.start(x, set, search.drawSeed(iteration)).toDoubleMatrix();
        double[][] centers = x.toDoubleMatrix();
        double[][] z = net.logits(x).toDoubleMatrix();
        for (int k = 0; k < attack.steps(); k++) {
            double[][] moved = net.logits(Nd4j.createFromArray(points)).toDoubleMatrix();
            double[][] cotangent = new double[SAMPLES][CLASSES];
            for (int n = 0; n < SAMPLES; n++) {
                for (int c = 0; c < CLASSES; c++) {
                    cotangent[n][c] = Math.exp(logProbability(moved[n], c)) - Math.exp(logProbability(z[n], c));
                }
            }
            double[][] gradient = net.vjp(Nd4j.createFromArray(points), Nd4j.createFromArray(cotangent))
                    .toDoubleMatrix();
            for (int n = 0; n < SAMPLES; n++) {
                for (int j = 0; j < Nets.INPUTS; j++) {
                    double value = points[n][j] + attack.stepSize() * Math.signum(gradient[n][j]);
                    value = Math.max(centers[n][j] - EPSILON, Math.min(centers[n][j] + EPSILON, value));
                    points[n][j] = Math.max(0, Math.min(1, value));
                }
            }
        }
        return Nd4j.createFromArray(points);
    }

    private static Map<String, INDArray> slopes(SameDiff sd, ToDoubleFunction<ClosedFormNet> loss) {
        Map<String, INDArray> slopes = new LinkedHashMap<>();
        SmallNets.weights(sd).forEach((name, weight) -> {
            INDArray slope = weight.dup();
            for (int i = 0; i < weight.rows(); i++) {
                for (int j = 0; j < weight.columns(); j++) {
                    double value = weight.getDouble(i, j);
                    weight.putScalar(i, j, value + 1e-5);
                    double up = loss.applyAsDouble(Nets.plain(sd, BOX));
                    weight.putScalar(i, j, value - 1e-5);
                    double down = loss.applyAsDouble(Nets.plain(sd, BOX));
                    weight.putScalar(i, j, value);
                    slope.putScalar(i, j, (up - down) / 2e-5);
                }
            }
            slopes.put(name, slope);
        });
        return slopes;
    }

    private void trainAndCompare(Objective objective, InnerAttack attack, Loss loss) {
        SameDiff sd = Nets.mlp(DataType.DOUBLE, CLASSES);
        SameDiff expected = Nets.mlp(DataType.DOUBLE, CLASSES);
        INDArray oneHot = Rows.oneHot(labels, CLASSES, DataType.DOUBLE);
        RobustTrainer.of(sd)
                .objective(objective)
                .epochs(2)
                .build()
                .fit(new ViewIterator(new DataSet(x, oneHot), SAMPLES));
        for (int iteration = 0; iteration < 2; iteration++) {
            INDArray attacked = attack(Nets.plain(expected, BOX), attack, iteration);
            Map<String, INDArray> slopes = slopes(expected, net -> mean(net, x, attacked, labels, loss));
            SmallNets.weights(expected)
                    .forEach((name, weight) -> weight.subi(slopes.get(name).mul(RATE)));
        }
        assertClose(SmallNets.weights(sd), SmallNets.weights(expected), TOLERANCE);
        // The steps moved the weights by far more than the tolerance.
        INDArray start = SmallNets.weights(Nets.mlp(DataType.DOUBLE, CLASSES)).get("W2");
        assertThat(SmallNets.weights(sd).get("W2").distance2(start)).isGreaterThan(.01);
    }

    private static void assertClose(Map<String, INDArray> actual, Map<String, INDArray> expected, double tolerance) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, array) -> assertThat(
                        actual.get(name).sub(array).normmaxNumber().doubleValue())
                .as(name)
                .isCloseTo(0, Offset.offset(tolerance)));
    }

    @Test
    void tradesStepByStep() {
        Trades trades = Trades.linf(EPSILON)
                .attack(a -> a.bounds(0, 1).steps(4).seed(5))
                .build();
        trainAndCompare(trades, trades.options().attack(), TrainingStepTest::trades);
    }

    @Test
    void arowStepByStep() {
        Arow arow = Arow.linf(EPSILON)
                .lambda(3.5)
                .attack(a -> a.bounds(0, 1).steps(4).seed(5))
                .build();
        trainAndCompare(arow, arow.options().attack(), TrainingStepTest::arow);
    }

    /** The weight of ARoW is differentiated; a gradient that stops at it is another one. */
    @Test
    void arowsWeightIsNotDetached() {
        SameDiff sd = Nets.mlp(DataType.DOUBLE, CLASSES);
        INDArray oneHot = Rows.oneHot(labels, CLASSES, DataType.DOUBLE);
        Arow arow = Arow.linf(EPSILON).lambda(3.5).build();
        try (PreparedObjective prepared = new PreparedObjective(sd, arow, x, oneHot)) {
            INDArray attacked = prepared.fed().get(Branches.ATTACKED);
            double[][] now = Nets.plain(sd, BOX).logits(attacked).toDoubleMatrix();
            Map<String, INDArray> whole = slopes(sd, net -> mean(net, x, attacked, labels, TrainingStepTest::arow));
            Map<String, INDArray> detached = slopes(sd, net -> {
                int[] row = {0};
                return mean(net, x, attacked, labels, (z, moved, label) -> {
                    double weight = 1 - Math.exp(logProbability(now[row[0]++], label));
                    return smoothed(z, label) + 7 * divergence(z, moved) * weight;
                });
            });
            Map<String, INDArray> gradients = prepared.gradients();
            assertClose(gradients, whole, TOLERANCE);
            assertThat(detached.get("W2")
                            .sub(gradients.get("W2"))
                            .normmaxNumber()
                            .doubleValue())
                    .isGreaterThan(1e-3);
        }
    }

    /** Nor are the probabilities at the input. */
    @Test
    void theDivergencesFirstArgumentIsNotDetached() {
        SameDiff sd = Nets.mlp(DataType.DOUBLE, CLASSES);
        INDArray oneHot = Rows.oneHot(labels, CLASSES, DataType.DOUBLE);
        try (PreparedObjective prepared =
                new PreparedObjective(sd, Trades.linf(EPSILON).build(), x, oneHot)) {
            INDArray attacked = prepared.fed().get(Branches.ATTACKED);
            double[][] now = Nets.plain(sd, BOX).logits(x).toDoubleMatrix();
            Map<String, INDArray> whole = slopes(sd, net -> mean(net, x, attacked, labels, TrainingStepTest::trades));
            Map<String, INDArray> detached = slopes(sd, net -> {
                int[] row = {0};
                return mean(
                        net,
                        x,
                        attacked,
                        labels,
                        (z, moved, label) -> -logProbability(z, label) + 6 * divergence(now[row[0]++], moved));
            });
            Map<String, INDArray> gradients = prepared.gradients();
            assertClose(gradients, whole, TOLERANCE);
            assertThat(detached.get("W2")
                            .sub(gradients.get("W2"))
                            .normmaxNumber()
                            .doubleValue())
                    .isGreaterThan(1e-3);
        }
    }
}
