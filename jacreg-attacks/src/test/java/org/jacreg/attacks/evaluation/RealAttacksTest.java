package org.jacreg.attacks.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.AttackOutcome;
import org.jacreg.attacks.AttackResult;
import org.jacreg.attacks.DeepFool;
import org.jacreg.attacks.Fmn;
import org.jacreg.attacks.MinimumNormAttack;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.ProgressListener;
import org.jacreg.attacks.Square;
import org.jacreg.attacks.evaluation.ExampleResult.Trial;
import org.jacreg.classifier.Classifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A float32 SameDiff graph under attacks as users have them, against what the attacks themselves say. */
class RealAttacksTest {

    private static final int SAMPLES = 48;
    private static final int ENTRIES = 9;
    private static final double[] EPSILONS = {.02, .1, .3};

    private static final Classifier MODEL = model();
    private static final INDArray X = Nd4j.createFromArray(
                    new Random(5).doubles((long) SAMPLES * ENTRIES).toArray())
            .castTo(DataType.FLOAT)
            .reshape('c', new long[] {SAMPLES, ENTRIES});
    private static final INDArray Y = labels();

    @TempDir
    Path folder;

    private static Classifier model() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, ENTRIES);
        SDVariable h = sd.math().tanh(x.mmul(sd.var("V", gaussian(1, ENTRIES, 16))));
        h.mmul(sd.var("W", gaussian(2, 16, 4))).add("logits", sd.var("b", gaussian(3, 1, 4)));
        return Classifier.of(sd).logits("logits").bounds(0, 1).build();
    }

    private static INDArray gaussian(long seed, int rows, int columns) {
        Random random = new Random(seed);
        float[] values = new float[rows * columns];
        for (int k = 0; k < values.length; k++) {
            values[k] = (float) random.nextGaussian();
        }
        return Nd4j.createFromArray(values).reshape('c', new long[] {rows, columns});
    }

    /** The model's own answers, every eighth of them made wrong. */
    private static INDArray labels() {
        INDArray labels = MODEL.logits(X).argMax(1).castTo(DataType.INT32);
        for (int n = 0; n < SAMPLES; n += 8) {
            labels.putScalar(n, (labels.getInt(n) + 1) % 4);
        }
        return labels;
    }

    private static Attack pgd(double epsilon) {
        return Pgd.linf(epsilon).steps(10).seed(1).build();
    }

    private static Attack square(double epsilon) {
        return Square.linf(epsilon).queries(30).seed(1).build();
    }

    private static RobustEvaluation evaluation() {
        return RobustEvaluation.of(MODEL)
                .attack(RealAttacksTest::pgd)
                .attack(RealAttacksTest::square)
                .epsilons(EPSILONS)
                .batchSize(20);
    }

    /** Alone at one epsilon, an attack finds what the report says that it found. */
    @Test
    void everyAttackAgreesWithItsOwnResult() {
        EvaluationReport report = evaluation().everyAttackOnEveryExample().report(X, Y);
        List<DoubleFunction<Attack>> attacks = List.of(RealAttacksTest::pgd, RealAttacksTest::square);
        List<String> names = List.of("Pgd", "Square");
        for (int a = 0; a < attacks.size(); a++) {
            String name = names.get(a);
            AttackResult alone = attacks.get(a).apply(EPSILONS[0]).attack(MODEL, X, Y);
            // at the smallest epsilon no example has been spared, and none broken at a larger one lies closer
            assertThat(report.byAttack().get(a * EPSILONS.length).accuracy()).hasValue(alone.robustAccuracy());
            for (int n = 0; n < SAMPLES; n++) {
                AttackOutcome outcome = alone.outcomes().get(n);
                ExampleResult example = report.examples().get(n);
                assertThat(example.cleanPrediction()).isEqualTo(outcome.cleanPrediction());
                assertThat(example.cleanLoss()).isCloseTo(outcome.cleanLoss(), within(1e-5));
                example.trials().stream()
                        .filter(trial -> trial.attack().equals(name) && trial.epsilon() == EPSILONS[0])
                        .forEach(trial -> assertAgree(trial, outcome));
            }
        }
        assertThat(report.flags()).isEmpty();
        assertThat(report.robustAccuracy(EPSILONS[1])).isStrictlyBetween(0.0, report.accuracy());
    }

    /** The logits of one sample may differ in the last places of float32 between batches. */
    private static void assertAgree(Trial trial, AttackOutcome outcome) {
        assertThat(trial.success()).isEqualTo(outcome.success());
        assertThat(trial.loss()).isCloseTo(outcome.loss(), within(1e-3));
        assertThat(trial.linf()).isCloseTo(outcome.linf(), within(1e-6));
        assertThat(trial.gradients()).isEqualTo(outcome.gradients());
        assertThat(trial.zeroGradients()).isEqualTo(outcome.zeroGradients());
    }

    @Test
    void theWorstCaseIsNoBetterThanAnyAttackAndTheActiveSetAgrees() {
        EvaluationReport all = evaluation().everyAttackOnEveryExample().report(X, Y);
        EvaluationReport active = evaluation().report(X, Y);
        for (AttackAccuracy row : all.byAttack()) {
            assertThat(all.robustAccuracy(row.epsilon())).isLessThanOrEqualTo(row.lower());
        }
        assertThat(active.curve().brokenAt()).isEqualTo(all.curve().brokenAt());
        assertThat(active.gradients()).isLessThanOrEqualTo(all.gradients());
        assertThat(active.forwards()).isLessThan(all.forwards());
    }

    /** One run tells the curve that the distances of the attack's own result draw. */
    @Test
    void minimumNormAttacksServeTheWholeCurve() {
        double[] grid = IntStream.rangeClosed(1, 20).mapToDouble(e -> .02 * e).toArray();
        for (MinimumNormAttack attack :
                List.of(Fmn.linf().steps(60).build(), DeepFool.l2().build())) {
            EvaluationReport report = RobustEvaluation.of(MODEL)
                    .attack(attack)
                    .epsilons(grid)
                    .batchSize(20)
                    .report(X, Y);
            AttackResult alone = attack.attack(MODEL, X, Y);
            assertThat(report.norm()).isEqualTo(attack.norm());
            for (RobustnessCurve.Point point : report.curve().points()) {
                long standing = alone.outcomes().stream()
                        .filter(outcome -> !outcome.success() || outcome.distance(attack.norm()) > point.epsilon())
                        .count();
                assertThat(point.robust())
                        .as("%s at %s", attack, point.epsilon())
                        .isEqualTo(standing);
            }
            assertThat(report.flags()).isEmpty();
        }
    }

    @Test
    void stopsAndGoesOn() {
        Path file = folder.resolve("evaluation.json");
        boolean[] stop = {false};
        ProgressListener listener = new ProgressListener() {
            @Override
            public void progress(long done, long total) {
                stop[0] |= done >= 20L * EPSILONS.length;
            }

            @Override
            public boolean isCancelled() {
                return stop[0];
            }
        };
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(
                        () -> evaluation().checkpoint(file).listener(listener).report(X, Y));
        EvaluationReport resumed =
                evaluation().resumeFrom(file).checkpoint(file).report(X, Y);
        EvaluationReport whole = evaluation().report(X, Y);
        assertThat(resumed.examples()).isEqualTo(whole.examples());
        assertThat(resumed.flags()).isEqualTo(whole.flags());
    }
}
