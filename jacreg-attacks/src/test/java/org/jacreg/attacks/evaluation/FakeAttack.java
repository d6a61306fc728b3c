package org.jacreg.attacks.evaluation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.AttackOutcome;
import org.jacreg.attacks.AttackResult;
import org.jacreg.attacks.MinimumNormAttack;
import org.jacreg.attacks.ProgressListener;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Moves every example as it is told to and reports truthfully what came of it.
 *
 * @param name the configuration
 * @param gradients how many gradients it claims to have computed
 * @param zeroGradients how many of them it claims were zero
 * @param move where to
 */
record FakeAttack(String name, int gradients, int zeroGradients, Move move) implements Attack {

    /** From the input to the returned point. */
    @FunctionalInterface
    interface Move {
        double[] of(double[] x);
    }

    /** Adds the same to every entry. */
    static Move shift(double by) {
        return x -> Arrays.stream(x).map(value -> value + by).toArray();
    }

    /** To the nearest point with a positive sum, a hair over the boundary {@code sum x = 0} of the tests' linear model. */
    static double[] overTheBoundary(double[] x) {
        double sum = Arrays.stream(x).sum();
        return shift((-sum + 1e-9) / x.length).of(x);
    }

    /** An attack without gradients that goes all the way along the diagonal. */
    static DoubleFunction<FakeAttack> diagonal(String name) {
        return epsilon -> new FakeAttack(name + "[epsilon=" + epsilon + "]", 0, 0, shift(epsilon));
    }

    @Override
    public AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        double[] values = x.dup('c').data().asDouble();
        int entries = values.length / (int) x.size(0);
        for (int start = 0; start < values.length; start += entries) {
            double[] moved = move.of(Arrays.copyOfRange(values, start, start + entries));
            System.arraycopy(moved, 0, values, start, entries);
        }
        INDArray points = Nd4j.createFromArray(values).castTo(x.dataType()).reshape('c', x.shape());
        int[] labels = y.toIntVector();
        int[] before = model.logits(x).argMax(1).toIntVector();
        int[] after = model.logits(points).argMax(1).toIntVector();
        List<AttackOutcome> outcomes = new ArrayList<>();
        for (int n = 0; n < labels.length; n++) {
            outcomes.add(new AttackOutcome(
                    labels[n],
                    before[n],
                    after[n],
                    after[n] != labels[n],
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    gradients,
                    1,
                    zeroGradients));
        }
        return new AttackResult(points, points.dup(), outcomes, Norm.LINF, false, name, 0, Duration.ZERO);
    }

    @Override
    public String toString() {
        return name;
    }

    /** The same without a radius. */
    MinimumNormAttack minimumNorm() {
        FakeAttack attack = this;
        return new MinimumNormAttack() {
            @Override
            public Norm norm() {
                return Norm.LINF;
            }

            @Override
            public AttackResult attack(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
                return attack.attack(model, x, y, listener);
            }

            @Override
            public String toString() {
                return attack.name();
            }
        };
    }
}
