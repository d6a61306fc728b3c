package org.jacreg.attacks.evaluation;

import java.util.Arrays;
import java.util.List;
import org.jacreg.classifier.Classifier;

/**
 * What an evaluation was asked to do.
 *
 * @param epsilons the radii, ascending, in input units
 * @param attacks the attacks, in the order in which they run
 * @param everyAttackOnEveryExample whether attacks also ran on examples that another attack had broken
 * @param probes whether the model and the attacks were probed for failures that the results alone do not show
 * @param confidence the confidence of the intervals
 * @param model what was attacked
 */
public record EvaluationSettings(
        List<Double> epsilons,
        List<AttackSettings> attacks,
        boolean everyAttackOnEveryExample,
        boolean probes,
        double confidence,
        Model model) {

    /** Copies the lists. */
    public EvaluationSettings {
        epsilons = List.copyOf(epsilons);
        attacks = List.copyOf(attacks);
    }

    /**
     * One attack.
     *
     * @param name the name it goes by in the report
     * @param minimumNorm whether one run serves all epsilons
     * @param configurations the attack's whole configuration at every epsilon; a single one for a minimum-norm attack
     */
    public record AttackSettings(String name, boolean minimumNorm, List<String> configurations) {

        /** Copies the list. */
        public AttackSettings {
            configurations = List.copyOf(configurations);
        }

        /**
         * The configuration at one epsilon.
         *
         * @param index the place of the epsilon in {@link EvaluationSettings#epsilons()}
         * @return the attack's whole configuration
         */
        public String configuration(int index) {
            return configurations.get(minimumNorm ? 0 : index);
        }
    }

    /**
     * The outside of a classifier.
     *
     * @param classes the number of classes
     * @param inputShape the shape of one input
     * @param dataType the type in which it computes
     * @param lower the lower bound of its box
     * @param upper the upper bound of its box
     */
    public record Model(int classes, List<Long> inputShape, String dataType, double lower, double upper) {

        /** Copies the list. */
        public Model {
            inputShape = List.copyOf(inputShape);
        }

        static Model of(Classifier model) {
            return new Model(
                    model.classes(),
                    Arrays.stream(model.inputShape()).boxed().toList(),
                    model.dataType().name(),
                    model.box().lower(),
                    model.box().upper());
        }
    }
}
