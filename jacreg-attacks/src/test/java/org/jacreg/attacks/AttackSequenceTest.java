package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The way results of several attacks are put together, with attacks whose findings are given. */
class AttackSequenceTest {

    private static final ClosedFormNet NET =
            ClosedFormNet.linear(new double[][] {{1, 0}}, new double[2], new InputBox(0, 10));

    /** Four samples that are known by their one entry, 1 to 4. */
    private static final INDArray X = Nd4j.createFromArray(new double[][] {{1}, {2}, {3}, {4}});

    private static final INDArray Y = Nd4j.createFromArray(0, 0, 0, 0);

    /** Breaks the samples whose entry is {@code prey}, and moves entry {@code e} to {@code e + shift}; the loss is 10 e + shift. */
    private static Attack breaking(double prey, double shift, List<List<Double>> seen) {
        return (model, x, y, listener) -> {
            double[] entries = x.ravel().toDoubleVector();
            List<Double> here = new ArrayList<>();
            List<AttackOutcome> outcomes = new ArrayList<>();
            for (double entry : entries) {
                here.add(entry);
                boolean hit = entry == prey;
                outcomes.add(new AttackOutcome(
                        0,
                        0,
                        hit ? 1 : 0,
                        hit,
                        .5,
                        10 * entry + shift,
                        10 * entry + 2 * shift,
                        shift,
                        shift,
                        shift,
                        1,
                        hit ? shift : Double.POSITIVE_INFINITY,
                        2,
                        3,
                        1));
            }
            seen.add(here);
            listener.progress(1, 1);
            return new AttackResult(
                    x.add(shift), x.add(2 * shift), outcomes, Norm.LINF, false, "fake", 0, Duration.ZERO);
        };
    }

    @Test
    void everyPartAttacksWhatIsLeftAndEverySampleKeepsItsWorst() {
        List<List<Double>> seen = new ArrayList<>();
        AttackResult result = new AttackSequence(
                        List.of(breaking(3, .3, seen), breaking(1, .1, seen), breaking(4, .2, seen)),
                        Norm.LINF,
                        "all",
                        7)
                .run(NET, X, Y, ProgressListener.none());
        assertThat(seen).containsExactly(List.of(1., 2., 3., 4.), List.of(1., 2., 4.), List.of(2., 4.));
        assertThat(result.outcomes()).extracting(AttackOutcome::success).containsExactly(true, false, true, true);
        // sample 1 by the second part, 2 unbroken at the highest loss (the first part's), 3 by the first, 4 by the
        // third
        assertThat(result.adversarial().ravel().toDoubleVector()).containsExactly(1.1, 2.3, 3.3, 4.2);
        assertThat(result.outcomes()).extracting(AttackOutcome::loss).containsExactly(10.1, 20.3, 30.3, 40.2);
        assertThat(result.outcomes()).extracting(AttackOutcome::linf).containsExactly(.1, .3, .3, .2);
        // first successes where there are any
        assertThat(result.firstAdversarial().getDouble(0)).isEqualTo(1.2);
        assertThat(result.firstAdversarial().getDouble(2)).isEqualTo(3.6);
        assertThat(result.firstAdversarial().getDouble(3)).isEqualTo(4.4);
        assertThat(result.outcomes())
                .extracting(AttackOutcome::firstDistance)
                .containsExactly(.1, Double.POSITIVE_INFINITY, .3, .2);
        // extremes and costs are those of all parts that met the sample
        assertThat(result.outcomes()).extracting(AttackOutcome::extremeLoss).containsExactly(10.6, 20.6, 30.6, 40.6);
        assertThat(result.outcomes()).extracting(AttackOutcome::gradients).containsExactly(4, 6, 2, 6);
        assertThat(result.outcomes()).extracting(AttackOutcome::forwards).containsExactly(6, 9, 3, 9);
        assertThat(result.outcomes()).extracting(AttackOutcome::zeroGradients).containsExactly(2, 3, 1, 3);
        assertThat(result.attack()).isEqualTo("all");
        assertThat(result.seed()).isEqualTo(7);
    }

    @Test
    void nothingRunsWhenNothingIsLeft() {
        List<List<Double>> seen = new ArrayList<>();
        new AttackSequence(List.of(breaking(2, .1, seen), breaking(9, .1, seen)), Norm.LINF, "all", 0)
                .run(NET, Nd4j.createFromArray(new double[][] {{2}}), Nd4j.createFromArray(0), ProgressListener.none());
        assertThat(seen).hasSize(1);
    }
}
