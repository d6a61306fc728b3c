package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.function.LongFunction;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What {@link Attack} promises, as checks that throw {@link AssertionError}.
 *
 * @param attack makes the attack for a seed
 * @param ball the ball the attack must stay in
 * @param targeted whether labels are classes to reach
 * @param model whom to attack
 * @param x inputs
 * @param labels sparse labels
 */
public record ContractChecks(
        LongFunction<? extends Attack> attack,
        NormBall ball,
        boolean targeted,
        Classifier model,
        INDArray x,
        int[] labels) {

    void all() {
        staysInBall();
        staysInBox();
        leavesArgumentsAlone();
        sameSeedSameResult();
        batchOfOneEqualsBatchOfMany();
        noWorseThanTheInput();
        flagsAreTrue();
    }

    /** The values to the last bit; {@code INDArray.equals} would accept a difference of 1e-5. */
    static double[] values(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    private AttackResult run() {
        return attack.apply(7).attack(model, x, y());
    }

    private INDArray y() {
        return Nd4j.createFromArray(labels);
    }

    void staysInBall() {
        AttackResult result = run();
        // x + d and its norm are rounded: a few units in the last place of entries up to about 1
        double slack = model.dataType() == DataType.DOUBLE ? 1e-12 : 1e-5;
        for (INDArray points : new INDArray[] {result.adversarial(), result.firstAdversarial()}) {
            for (double distance : exactDistances(points)) {
                assertThat(distance).isLessThanOrEqualTo(ball.epsilon() + slack);
            }
        }
        double[] distances = exactDistances(result.adversarial());
        for (int n = 0; n < labels.length; n++) {
            assertThat(result.outcomes().get(n).distance(ball.norm())).isCloseTo(distances[n], offset(slack));
        }
    }

    /** Distances computed in double and in plain Java. */
    private double[] exactDistances(INDArray points) {
        double[] result = new double[labels.length];
        double[] flat = values(points);
        double[] origin = values(x);
        int entries = flat.length / labels.length;
        for (int n = 0; n < labels.length; n++) {
            double greatest = 0;
            double squares = 0;
            double sum = 0;
            for (int k = n * entries; k < (n + 1) * entries; k++) {
                double d = flat[k] - origin[k];
                greatest = Math.max(greatest, Math.abs(d));
                squares += d * d;
                sum += Math.abs(d);
            }
            result[n] = ball.norm() == Norm.LINF ? greatest : ball.norm() == Norm.L2 ? Math.sqrt(squares) : sum;
        }
        return result;
    }

    void staysInBox() {
        AttackResult result = run();
        for (INDArray points : new INDArray[] {result.adversarial(), result.firstAdversarial()}) {
            for (double value : values(points)) {
                assertThat(model.box().contains(value))
                        .as("%s in %s", value, model.box())
                        .isTrue();
            }
        }
    }

    void leavesArgumentsAlone() {
        double[] before = values(x);
        INDArray y = y();
        double[] yBefore = values(y);
        AttackResult result = attack.apply(7).attack(model, x, y);
        result.adversarial().addi(1);
        result.firstAdversarial().addi(1);
        assertThat(values(x)).as("inputs").isEqualTo(before);
        assertThat(values(y)).as("labels").isEqualTo(yBefore);
    }

    void sameSeedSameResult() {
        AttackResult one = run();
        AttackResult two = run();
        assertThat(values(two.adversarial())).isEqualTo(values(one.adversarial()));
        assertThat(values(two.firstAdversarial())).isEqualTo(values(one.firstAdversarial()));
        assertThat(two.outcomes()).isEqualTo(one.outcomes());
    }

    /** Exact, because the model of these tests computes every sample by itself. */
    void batchOfOneEqualsBatchOfMany() {
        AttackResult many = run();
        for (int n = 0; n < labels.length; n++) {
            INDArray alone = x.get(NDArrayIndex.interval(n, n + 1));
            AttackResult one = attack.apply(7).attack(model, alone, Nd4j.createFromArray(labels[n]));
            assertThat(values(one.adversarial()))
                    .isEqualTo(values(many.adversarial().get(NDArrayIndex.interval(n, n + 1))));
            assertThat(one.outcomes().get(0)).isEqualTo(many.outcomes().get(n));
        }
    }

    void noWorseThanTheInput() {
        AttackResult result = run();
        double sign = targeted ? -1 : 1;
        double[][] clean = model.logits(x).toDoubleMatrix();
        double[][] found = model.logits(result.adversarial()).toDoubleMatrix();
        for (int n = 0; n < labels.length; n++) {
            boolean wasHit = (argMax(clean[n]) == labels[n]) == targeted;
            boolean isHit = (argMax(found[n]) == labels[n]) == targeted;
            double gain = sign * ClosedFormNet.crossEntropy(found[n], labels[n])
                    - sign * ClosedFormNet.crossEntropy(clean[n], labels[n]);
            assertThat(isHit || !wasHit).as("sample %s lost its success", n).isTrue();
            assertThat(isHit && !wasHit || gain >= 0)
                    .as("sample %s lost %s", n, gain)
                    .isTrue();
        }
    }

    void flagsAreTrue() {
        AttackResult result = run();
        double[][] clean = model.logits(x).toDoubleMatrix();
        double[][] best = model.logits(result.adversarial()).toDoubleMatrix();
        double[][] first = model.logits(result.firstAdversarial()).toDoubleMatrix();
        double[] firstDistances = exactDistances(result.firstAdversarial());
        for (int n = 0; n < labels.length; n++) {
            AttackOutcome outcome = result.outcomes().get(n);
            assertThat(outcome.cleanPrediction()).isEqualTo(argMax(clean[n]));
            assertThat(outcome.prediction()).isEqualTo(argMax(best[n]));
            assertThat(outcome.success()).isEqualTo((argMax(best[n]) == labels[n]) == targeted);
            assertThat(outcome.loss())
                    .isCloseTo(
                            ClosedFormNet.crossEntropy(best[n], labels[n]),
                            // the same logits summed in another order
                            offset(1e-12));
            if (outcome.success()) {
                assertThat((argMax(first[n]) == labels[n]) == targeted).isTrue();
                assertThat(outcome.firstDistance()).isCloseTo(firstDistances[n], offset(1e-5));
            } else {
                assertThat(outcome.firstDistance()).isInfinite();
            }
        }
    }

    private static int argMax(double[] z) {
        int top = 0;
        for (int c = 1; c < z.length; c++) {
            top = z[c] > z[top] ? c : top;
        }
        return top;
    }
}
