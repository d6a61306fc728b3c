package org.jacreg.attacks.objective;

import java.util.List;
import java.util.Optional;
import org.jacreg.training.ModelNames;
import org.jacreg.training.Objective;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * What all objectives of this package come down to.
 *
 * @param name of the objective, for messages
 * @param attack what makes the adversarial examples
 * @param names of the graph's variables
 * @param terms the summands of the loss
 * @param needsClass whether labels have to be classes rather than distributions
 * @param helper the examples beyond the ball, if there are any
 * @param gair weights of samples, if there are any
 */
record RobustLoss(
        String name,
        InnerAttack attack,
        ModelNames names,
        List<LossTerm> terms,
        boolean needsClass,
        Optional<HelperExamples> helper,
        Optional<GairWeights> gair) {

    RobustLoss {
        terms = List.copyOf(terms);
    }

    /** Without helper examples and weights of samples. */
    static RobustLoss of(String name, InnerAttack attack, ModelNames names, boolean needsClass, List<LossTerm> terms) {
        return new RobustLoss(name, attack, names, terms, needsClass, Optional.empty(), Optional.empty());
    }

    RobustLoss with(HelperExamples examples) {
        return new RobustLoss(name, attack, names, terms, needsClass, Optional.of(examples), gair);
    }

    RobustLoss with(GairWeights weights) {
        return new RobustLoss(name, attack, names, terms, true, helper, Optional.of(weights));
    }

    Objective.Session start(SameDiff graph) {
        return RobustSession.start(graph, this);
    }

    /** {@code Name[option=value, ...]} for a record of options. */
    static String describe(String name, Record options) {
        return name
                + options.toString()
                        .substring(options.getClass().getSimpleName().length());
    }

    /** Checks a factor of an objective. */
    static void requireFactor(String objective, String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    objective + ": " + name + " must be at least 0 and finite, got " + value);
        }
    }

    /** Checks a label smoothing. */
    static void requireSmoothing(String objective, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(
                    objective + ": labelSmoothing must be at least 0 and less than 1, got " + value);
        }
    }
}
