package org.jacreg.examples.study;

import java.util.List;
import org.jacreg.examples.experiment.Mlp;
import org.jacreg.examples.result.Checks;

/**
 * Everything a study is told but which networks to train: runs of one folder agree in these.
 *
 * @param widths of the hidden layers
 * @param hidden the activation
 * @param biases whether layers have biases
 * @param steps of the optimiser, the same for every network; rounded up to whole passes over its digits
 * @param batchSize digits in a step
 * @param learningRate of Adam; a tenth of it in the last quarter of the steps
 * @param attackSteps steps of the inner attack of adversarial training, each {@code epsilon / 4}
 * @param epsilonLinf the l_inf radius of the measurement, pixels in [0, 1]
 * @param epsilonL2 the l2 radius of the measurement
 * @param examSize digits measured on either side: of those trained on, and of the test digits
 * @param pgdSteps of the measurement
 * @param delta the probability with which each bound may fail
 */
public record StudySettings(
        List<Integer> widths,
        Mlp.Hidden hidden,
        boolean biases,
        int steps,
        int batchSize,
        double learningRate,
        int attackSteps,
        double epsilonLinf,
        double epsilonL2,
        int examSize,
        int pgdSteps,
        double delta) {

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if a value is out of range; the message names it
     */
    public StudySettings {
        widths = List.copyOf(widths);
        Checks.notEmpty("hidden", widths);
        widths.forEach(width -> Checks.atLeastOne("hidden", width));
        Checks.atLeastOne("steps", steps);
        Checks.atLeastOne("batch", batchSize);
        Checks.positive("learning-rate", learningRate);
        Checks.atLeastOne("attack-steps", attackSteps);
        Checks.positive("epsilon-linf", epsilonLinf);
        Checks.positive("epsilon-l2", epsilonL2);
        Checks.atLeastOne("exam-size", examSize);
        Checks.atLeastOne("pgd-steps", pgdSteps);
        if (!(delta > 0 && delta < 1)) {
            throw new IllegalArgumentException("delta: expected a number between 0 and 1, got " + delta);
        }
    }

    /**
     * What a study does where nothing else is said.
     *
     * @param quick whether to show only that everything runs
     * @return the settings
     */
    public static StudySettings of(boolean quick) {
        return new StudySettings(
                List.of(100, 100),
                Mlp.Hidden.TANH,
                false,
                quick ? 30 : 1_500,
                64,
                2e-3,
                quick ? 2 : 5,
                0.05,
                0.5,
                quick ? 50 : 1_000,
                quick ? 5 : 20,
                0.01);
    }
}
