package org.jacreg.attacks.objective;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.assertj.core.data.Offset;
import org.jacreg.classifier.Classifier;
import org.jacreg.nets.PreparedObjective;
import org.jacreg.training.Objective;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Values of the objectives at given logits against numbers computed elsewhere, of the published formulas with their constants. */
class LossValuesTest {

    private static final double[] CLEAN = {2, .5, -1};
    private static final double[] ATTACKED = {.6, .9, -.4};

    private static final double CROSS_ENTROPY = 0.2413112967;
    private static final double DIVERGENCE = 0.3647408592;

    /** An objective and what it amounts to for one sample of class 0. */
    record Case(Objective objective, double expected) {
        @Override
        public String toString() {
            return objective.getClass().getSimpleName();
        }
    }

    static List<Case> cases() {
        Classifier teacher = Classifier.of(Nets.identity(3)).build();
        // The helper example is x + 2 (x' - x) = (-0.8, 1.3, 0.2), and the teacher, the identity, says class 1 at x'.
        double helper = -1.3 + Math.log(Math.exp(-.8) + Math.exp(1.3) + Math.exp(.2));
        double attacked = -.6 + Math.log(Math.exp(.6) + Math.exp(.9) + Math.exp(-.4));
        double pAttacked = 0.36795302;
        return List.of(
                new Case(Trades.linf(1).beta(6).build(), 2.4297564516),
                new Case(Trades.linf(1).beta(0).build(), CROSS_ENTROPY),
                new Case(Arow.linf(1).lambda(3.5).build(), 2.1550448027),
                new Case(
                        Arow.linf(1).lambda(3.5).labelSmoothing(0).build(),
                        2.1550448027 - 0.5413112967 + CROSS_ENTROPY),
                new Case(Cow.linf(1).lambda(3.5).build(), 2.5470866581),
                new Case(Mart.linf(1).beta(5).build(), 2.0771474574),
                new Case(PgdAdversarialTraining.linf(1).build(), -Math.log(pAttacked)),
                new Case(FastAdversarialTraining.linf(1).build(), attacked),
                new Case(PgdAdversarialTraining.linf(1).clean(.25).build(), .75 * attacked + .25 * CROSS_ENTROPY),
                new Case(
                        Hat.linf(1, teacher).beta(2.5).gamma(.5).build(),
                        CROSS_ENTROPY + 2.5 * DIVERGENCE + .5 * helper),
                new Case(
                        Hat.linf(1, teacher).adversarialTraining(true).beta(2.5).build(),
                        CROSS_ENTROPY + 2.5 * attacked + .5 * helper),
                new Case(HatArow.linf(1, teacher).lambda(3.5).build(), 2.1550448027 + .25 * helper));
    }

    /** The attacked input and what follows from it are put in the place of what the inner attack found. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void theLossIsTheFormula(Case given) {
        // The probability under attack is known to eight digits only.
        double tolerance = given.objective() instanceof PgdAdversarialTraining ? 2e-8 : 1e-9;
        for (int copies : new int[] {1, 3}) {
            double loss = loss(Nets.identity(3), given.objective(), copies);
            assertThat(loss).as("%s samples", copies).isCloseTo(given.expected(), Offset.offset(tolerance));
        }
    }

    private static double loss(SameDiff sd, Objective objective, int copies) {
        INDArray x = rows(CLEAN, copies);
        INDArray labels = rows(new double[] {1, 0, 0}, copies);
        try (PreparedObjective prepared = new PreparedObjective(sd, objective, x, labels)) {
            prepared.fed().put(Branches.ATTACKED, rows(ATTACKED, copies));
            if (prepared.fed().containsKey(Branches.HELPER)) {
                prepared.fed().put(Branches.HELPER, rows(new double[] {-.8, 1.3, .2}, copies));
                prepared.fed().put(Branches.HELPER_TARGETS, rows(new double[] {0, 1, 0}, copies));
            }
            return prepared.loss();
        }
    }

    private static INDArray rows(double[] row, int copies) {
        return Nd4j.tile(Nd4j.createFromArray(new double[][] {row}), copies, 1);
    }
}
