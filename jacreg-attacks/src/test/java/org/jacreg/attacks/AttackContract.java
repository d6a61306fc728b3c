package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.jacreg.attacks.ClosedFormNet.Activation;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The contract of {@link Attack}; a test of an attack extends it with five lines. */
public abstract class AttackContract {

    private static final int ENTRIES = 6;
    private static final int SAMPLES = 9;
    private static final int CLASSES = 3;

    /** The attack for a seed. */
    protected abstract Attack attack(long seed);

    /** The ball it must stay in. */
    protected abstract NormBall ball();

    /** Whether its labels are classes to reach. */
    protected boolean targeted() {
        return false;
    }

    @TestFactory
    Stream<DynamicTest> keepsTheContract() {
        InputBox unit = new InputBox(0, 1);
        ClosedFormNet tanh = ClosedFormNet.random(1, ENTRIES, 5, CLASSES, 1.5, Activation.TANH, DataType.DOUBLE, unit);
        ClosedFormNet soft =
                ClosedFormNet.random(2, ENTRIES, 5, CLASSES, 1.0, Activation.SOFTPLUS, DataType.FLOAT, unit);
        ClosedFormNet linear = ClosedFormNet.linear(
                new double[][] {{1, -2, 0}, {.5, 1, 3}, {-1, .25, 1}, {0, 0, 0}, {2, 1, 0}, {1, -1, -1}},
                new double[] {.1, -.2, .05},
                InputBox.unbounded());
        return Stream.of(
                checks("tanh net, double, box [0, 1]", tanh),
                checks("softplus net, float, box [0, 1], shape [1, 2, 3]", soft.shaped(1, 2, 3)),
                checks("tanh net, half-open box", tanh.within(new InputBox(0, Double.POSITIVE_INFINITY))),
                checks("linear, no box", linear));
    }

    private DynamicTest checks(String name, Classifier model) {
        return DynamicTest.dynamicTest(
                name, () -> checksFor(this::attack, ball(), targeted(), model).all());
    }

    /** Random inputs, some with entries on the faces of the box, the same for every call. */
    static ContractChecks checksFor(
            java.util.function.LongFunction<? extends Attack> attack,
            NormBall ball,
            boolean targeted,
            Classifier model) {
        Random random = new Random(3);
        double[] values = random.doubles((long) SAMPLES * ENTRIES, -.2, 1.2)
                .map(value -> Math.max(0, Math.min(1, value)))
                .toArray();
        long[] shape = new long[model.inputShape().length + 1];
        shape[0] = SAMPLES;
        System.arraycopy(model.inputShape(), 0, shape, 1, shape.length - 1);
        INDArray x = Nd4j.createFromArray(values).castTo(model.dataType()).reshape('c', shape);
        int[] labels = random.ints(SAMPLES, 0, CLASSES).toArray();
        assertThat(labels)
                .as("some right, some wrong")
                .isNotEqualTo(model.logits(x).argMax(1).toIntVector());
        return new ContractChecks(attack, ball, targeted, model, x, labels);
    }
}
