package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.Classifier;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** FAB walks outside its ball on its way; what {@link Fab#within} returns lies in it, on every model and for every norm. */
class FabWithinTest {

    private static final int SAMPLES = 12;

    /** Radii beside the distance of an error that the walk meets: well inside, all but reached, just reached. */
    private static final double[] SHARES = {.5, .9, 1 - 1e-9, 1 + 1e-9};

    /** Of a sum of at most 64 terms in double. */
    private static final double ROUNDING = 1e-14;

    @TestFactory
    Stream<DynamicTest> successesLieInTheBall() {
        return ContractModel.all()
                .flatMap(model -> Arrays.stream(Norm.values())
                        .map(norm -> DynamicTest.dynamicTest(model.name() + ", " + norm, () -> {
                            check(model, norm, false);
                            check(model, norm, true);
                        })));
    }

    private static void check(ContractModel tried, Norm norm, boolean targeted) {
        Classifier model = tried.classifier();
        INDArray x = inputs(model);
        int[] labels = model.logits(x).argMax(1).toIntVector();
        if (targeted) {
            labels = Arrays.stream(labels).map(k -> (k + 1) % model.classes()).toArray();
        }
        INDArray y = Nd4j.createFromArray(labels);
        Fab fab = Fab.in(norm).steps(8).restarts(2).targeted(targeted).build();
        double[] nearest = fab.attack(model, x, y).outcomes().stream()
                .filter(AttackOutcome::success)
                .mapToDouble(outcome -> outcome.distance(norm))
                .sorted()
                .toArray();
        assertThat(nearest).as("errors met when nothing bounds the walk").hasSizeGreaterThan(2);
        for (double share : SHARES) {
            double epsilon = share * nearest[nearest.length / 2];
            AttackResult result = fab.within(epsilon).attack(model, x, y);
            assertThat(result.outcomes().stream().filter(o -> !o.success()).count())
                    .as("samples whose errors lie outside the ball of radius %s", epsilon)
                    .isPositive();
            inBall(result.adversarial(), x, norm, epsilon);
            inBall(result.firstAdversarial(), x, norm, epsilon);
            int[] predictions = model.logits(result.adversarial()).argMax(1).toIntVector();
            // float32 sums in another order may turn a close case round; the contract allows for that
            for (int n = 0; n < SAMPLES && tried.exact(); n++) {
                assertThat(result.outcomes().get(n).success())
                        .as("sample %s, epsilon %s", n, epsilon)
                        .isEqualTo((predictions[n] == labels[n]) == targeted);
            }
        }
    }

    /** Uniform in [0, 1], so that every model has them in its box. */
    private static INDArray inputs(Classifier model) {
        long[] shape = new long[model.inputShape().length + 1];
        System.arraycopy(model.inputShape(), 0, shape, 1, shape.length - 1);
        shape[0] = SAMPLES;
        long entries = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        return Nd4j.createFromArray(new Random(17).doubles(entries).toArray())
                .castTo(model.dataType())
                .reshape('c', shape);
    }

    /** No slack but that of the sum itself: a point is rounded to float32 before it is measured. */
    private static void inBall(INDArray points, INDArray x, Norm norm, double epsilon) {
        double[] flat = ContractChecks.values(points);
        double[] origin = ContractChecks.values(x);
        int entries = flat.length / SAMPLES;
        for (int n = 0; n < SAMPLES; n++) {
            double greatest = 0;
            double squares = 0;
            double sum = 0;
            for (int k = n * entries; k < (n + 1) * entries; k++) {
                double d = Math.abs(flat[k] - origin[k]);
                greatest = Math.max(greatest, d);
                squares += d * d;
                sum += d;
            }
            double distance = norm == Norm.LINF ? greatest : norm == Norm.L2 ? Math.sqrt(squares) : sum;
            assertThat(distance).as("sample %s", n).isLessThanOrEqualTo(epsilon * (1 + ROUNDING));
        }
    }
}
