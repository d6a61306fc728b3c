package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** On linear models the distance to the nearest error is known. */
class MinimumNormTest {

    private static final int ENTRIES = 8;
    private static final int SAMPLES = 12;

    /**
     * An attack with what is expected of it.
     *
     * @param tolerance relative excess of its distances over the true ones
     * @param boxTolerance the same in a box
     * @param thorough the attack so configured that it chooses the right class where the box decides which is nearest
     */
    record Case(
            MinimumNormAttack attack,
            MinimumNormAttack targeted,
            double tolerance,
            double boxTolerance,
            MinimumNormAttack thorough) {
        @Override
        public String toString() {
            return attack.toString();
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                        Stream.of(Norm.values()).map(MinimumNormTest::fab),
                        Stream.of(Norm.values()).map(MinimumNormTest::fmn),
                        Stream.of(Norm.LINF, Norm.L2).map(MinimumNormTest::deepFool),
                        Stream.of(ddn(), carliniWagner(), elasticNet()))
                .flatMap(c -> c);
    }

    private static Case fab(Norm norm) {
        return new Case(
                Fab.in(norm).steps(30).build(),
                Fab.in(norm).steps(30).targeted(true).build(),
                // the final secant steps take off all but a thousandth of the half percent that eta leaves
                1e-4,
                // ... where the box does not bend the way
                5e-3,
                Fab.in(norm).steps(30).targetClasses(4).build());
    }

    private static Case fmn(Norm norm) {
        MinimumNormAttack attack = Fmn.in(norm).steps(300).build();
        return new Case(attack, Fmn.in(norm).steps(300).targeted(true).build(), .01, .01, attack);
    }

    private static Case deepFool(Norm norm) {
        MinimumNormAttack attack = (norm == Norm.L2 ? DeepFool.l2() : DeepFool.linf()).build();
        MinimumNormAttack targeted = (norm == Norm.L2 ? DeepFool.l2() : DeepFool.linf())
                .targeted(true)
                .build();
        return new Case(attack, targeted, .01, .01, attack);
    }

    private static Case ddn() {
        MinimumNormAttack attack = Ddn.l2().steps(300).build();
        return new Case(attack, Ddn.l2().steps(300).targeted(true).build(), .01, .01, attack);
    }

    private static Case carliniWagner() {
        MinimumNormAttack attack = CarliniWagner.l2().steps(500).build();
        return new Case(attack, CarliniWagner.l2().steps(500).targeted(true).build(), .01, .01, attack);
    }

    private static Case elasticNet() {
        MinimumNormAttack attack = ElasticNet.l1().steps(500).build();
        return new Case(attack, ElasticNet.l1().steps(500).targeted(true).build(), .01, .01, attack);
    }

    static ClosedFormNet model(long seed, int classes, InputBox box) {
        Random random = new Random(seed);
        double[][] w = new double[ENTRIES][classes];
        for (double[] row : w) {
            for (int c = 0; c < classes; c++) {
                row[c] = random.nextGaussian();
            }
        }
        return ClosedFormNet.linear(w, random.doubles(classes, -.2, .2).toArray(), box);
    }

    static INDArray inputs(long seed) {
        double[] values = new Random(seed)
                .doubles((long) SAMPLES * ENTRIES, -.2, 1.2)
                .map(v -> Math.max(0, Math.min(1, v)))
                .toArray();
        return Nd4j.createFromArray(values).reshape('c', SAMPLES, ENTRIES);
    }

    private static void reaches(MinimumNormAttack attack, ClosedFormNet model, double tolerance) {
        INDArray x = inputs(11);
        int[] labels = model.logits(x).argMax(1).toIntVector();
        AttackResult result = attack.attack(model, x, Nd4j.createFromArray(labels));
        double[] ratios = new double[SAMPLES];
        for (int n = 0; n < SAMPLES; n++) {
            double nearest = NearestError.untargeted(model, x.getRow(n).toDoubleVector(), labels[n], attack.norm());
            assertThat(nearest).isStrictlyBetween(0.0, 1e3);
            assertThat(result.outcomes().get(n).success()).as("sample %s", n).isTrue();
            ratios[n] = result.outcomes().get(n).distance(attack.norm()) / nearest;
        }
        assertRatios(ratios, tolerance);
    }

    /** Distances found over true ones. */
    private static void assertRatios(double[] ratios, double tolerance) {
        // from below: rounding of margins of order 1
        assertThat(Arrays.stream(ratios).min().orElseThrow())
                .as("%s", Arrays.toString(ratios))
                .isGreaterThan(1 - 1e-9);
        assertThat(Arrays.stream(ratios).max().orElseThrow())
                .as("%s", Arrays.toString(ratios))
                .isLessThan(1 + tolerance);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void twoClasses(Case c) {
        reaches(c.attack(), model(1, 2, InputBox.unbounded()), c.tolerance());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void fiveClasses(Case c) {
        reaches(c.attack(), model(2, 5, InputBox.unbounded()), c.tolerance());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void twoClassesInABox(Case c) {
        reaches(c.attack(), model(3, 2, new InputBox(0, 1)), c.boxTolerance());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void fiveClassesInABox(Case c) {
        reaches(c.thorough(), model(4, 5, new InputBox(0, 1)), c.boxTolerance());
    }

    /** With two classes to reach the target is to leave the other class. */
    @ParameterizedTest
    @MethodSource("cases")
    void targetedWithTwoClasses(Case c) {
        ClosedFormNet model = model(5, 2, new InputBox(0, 1));
        INDArray x = inputs(12);
        int[] predicted = model.logits(x).argMax(1).toIntVector();
        int[] targets = Arrays.stream(predicted).map(k -> 1 - k).toArray();
        AttackResult result = c.targeted().attack(model, x, Nd4j.createFromArray(targets));
        double[] ratios = new double[SAMPLES];
        for (int n = 0; n < SAMPLES; n++) {
            double nearest = NearestError.toBoundary(
                    model,
                    x.getRow(n).toDoubleVector(),
                    predicted[n],
                    targets[n],
                    c.attack().norm());
            AttackOutcome outcome = result.outcomes().get(n);
            assertThat(outcome.success()).isTrue();
            ratios[n] = outcome.distance(c.attack().norm()) / nearest;
        }
        assertRatios(ratios, c.boxTolerance());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void anErrorFromTheStartCostsOneEvaluationAndHasDistanceZero(Case c) {
        ClosedFormNet model = model(6, 3, new InputBox(0, 1));
        INDArray x = inputs(13);
        int[] labels = model.logits(x).argMax(1).toIntVector();
        for (int n = 0; n < SAMPLES; n += 2) {
            labels[n] = (labels[n] + 1) % 3;
        }
        AttackResult result = c.attack().attack(model, x, Nd4j.createFromArray(labels));
        for (int n = 0; n < SAMPLES; n++) {
            AttackOutcome outcome = result.outcomes().get(n);
            if (n % 2 == 0) {
                assertThat(outcome.success()).isTrue();
                assertThat(outcome.distance(c.attack().norm())).isZero();
                assertThat(outcome.gradients()).isZero();
                assertThat(outcome.forwards()).isEqualTo(1);
            } else {
                assertThat(outcome.gradients()).isPositive();
                assertThat(outcome.distance(c.attack().norm())).isPositive();
            }
        }
    }

    /** There is no error to find and no way to go: the attack gives up at once, and says why. */
    @ParameterizedTest
    @MethodSource("cases")
    void aConstantModelEndsCleanly(Case c) {
        ClosedFormNet model = ClosedFormNet.linear(new double[ENTRIES][3], new double[] {1, 0, -1}, new InputBox(0, 1));
        INDArray x = inputs(14);
        AttackResult result = c.attack().attack(model, x, Nd4j.zeros(SAMPLES));
        assertThat(result.successRate()).isZero();
        assertThat(result.vanishedGradients()).isEqualTo(SAMPLES);
        assertThat(ContractChecks.values(result.adversarial())).isEqualTo(ContractChecks.values(x));
        assertThat(result.outcomes())
                .allSatisfy(o -> assertThat(o.distance(c.attack().norm())).isCloseTo(0, offset(0.0)));
    }
}
