package org.jacreg.examples.certification;

import java.util.List;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.examples.result.Checks;

/**
 * Everything a comparison of certificates is told but which networks and how many digits: runs of one folder agree in these.
 *
 * @param training how networks are trained
 * @param block of how many digits attacks are run together
 * @param few of how many digits of each fifty radii are computed that take long
 * @param bisections halvings of the interval in which a radius is looked for
 * @param linf radii in l_inf
 * @param l2 radii in l2
 * @param l1 radii in l1
 * @param effort of the attacks
 * @param spread the largest ratio of certified radii that share a ball of an attack
 */
public record CertificationSettings(
        Training training,
        int block,
        int few,
        int bisections,
        Radii linf,
        Radii l2,
        Radii l1,
        StrongAttacks.Effort effort,
        double spread) {

    /**
     * How networks are trained.
     *
     * @param widths of the hidden layers; rectifiers between them
     * @param trainSize how many training digits, drawn at random
     * @param epochs passes over them
     * @param batchSize digits in a step
     * @param learningRate of Adam; a tenth of it in the last quarter
     * @param lambdaFrobenius the weight of {@code ||J||_F^2}
     * @param lambdaL11 the weight of {@code ||J||_{1,1}}
     * @param epsilon the l_inf radius of adversarial training and of training on bounds
     * @param attackSteps of its inner attack
     * @param seed of the digits, the weights and the order of batches
     */
    public record Training(
            List<Integer> widths,
            int trainSize,
            int epochs,
            int batchSize,
            double learningRate,
            double lambdaFrobenius,
            double lambdaL11,
            double epsilon,
            int attackSteps,
            long seed) {

        /** Checks and copies. */
        public Training {
            widths = List.copyOf(widths);
            widths.forEach(width -> Checks.atLeastOne("hidden", width));
            Checks.atLeastOne("train-size", trainSize);
            Checks.atLeastOne("epochs", epochs);
            Checks.atLeastOne("batch", batchSize);
            Checks.positive("learning-rate", learningRate);
            Checks.notNegative("lambda-f", lambdaFrobenius);
            Checks.notNegative("lambda-l11", lambdaL11);
            Checks.positive("train-epsilon", epsilon);
            Checks.atLeastOne("attack-steps", attackSteps);
        }

        Training with(List<Integer> otherWidths, double otherEpsilon) {
            return new Training(
                    otherWidths,
                    trainSize,
                    epochs,
                    batchSize,
                    learningRate,
                    lambdaFrobenius,
                    lambdaL11,
                    otherEpsilon,
                    attackSteps,
                    seed);
        }
    }

    /**
     * What radii are looked at in one norm.
     *
     * @param largest no radius above this one is looked for
     * @param shown the radii of the tables
     */
    public record Radii(double largest, List<Double> shown) {

        /** Checks and copies. */
        public Radii {
            shown = List.copyOf(shown);
            Checks.positive("largest radius", largest);
            Checks.increasing("radii", shown);
        }
    }

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if a value is out of range; the message names it
     */
    public CertificationSettings {
        Checks.atLeastOne("block", block);
        Checks.atLeastOne("few", few);
        Checks.atLeastOne("bisections", bisections);
        if (!(spread >= 1 && spread < 2)) {
            throw new IllegalArgumentException("spread: expected a ratio in [1, 2), got " + spread);
        }
    }

    /**
     * What radii are looked at.
     *
     * @param norm in which norm
     * @return the largest and those of the tables
     */
    public Radii radii(BallNorm norm) {
        return switch (norm) {
            case LINF -> linf;
            case L2 -> l2;
            case L1 -> l1;
        };
    }

    /**
     * What is done where nothing else is said.
     *
     * @param quick whether to show only that everything runs
     * @return the settings
     */
    public static CertificationSettings of(boolean quick) {
        return new CertificationSettings(
                new Training(
                        quick ? List.of(20, 20) : List.of(200, 200),
                        quick ? 3_000 : 30_000,
                        quick ? 4 : 5,
                        128,
                        1e-3,
                        0.03,
                        0.003,
                        0.1,
                        quick ? 2 : 7,
                        1),
                quick ? 30 : 250,
                quick ? 3 : 5,
                quick ? 6 : 10,
                new Radii(0.15, List.of(0.005, 0.01, 0.02, 0.05, 0.1)),
                new Radii(1.5, List.of(0.05, 0.1, 0.2, 0.5, 1.0)),
                new Radii(10, List.of(0.1, 0.2, 0.5, 1.0, 2.0)),
                quick ? new StrongAttacks.Effort(4, 1, 1, 20, 1) : StrongAttacks.Effort.LARGE,
                quick ? 1.9 : 1.05);
    }
}
