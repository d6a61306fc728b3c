package org.jacreg.attacks.evaluation;

import java.util.List;
import org.jacreg.report.ConfidenceInterval;

/**
 * Accuracy under attack against epsilon.
 *
 * @param points one for every epsilon, ascending; the first is epsilon 0, the accuracy without an attack
 * @param brokenAt for every example the smallest epsilon of the curve at which an attack succeeded: 0 if it is classified
 *     wrongly without an attack, infinite if no attack succeeded
 */
public record RobustnessCurve(List<Point> points, List<Double> brokenAt) {

    /** Copies the lists. */
    public RobustnessCurve {
        points = List.copyOf(points);
        brokenAt = List.copyOf(brokenAt);
    }

    /**
     * The number of examples evaluated.
     *
     * @return the number of examples
     */
    public int examples() {
        return brokenAt.size();
    }

    /**
     * The accuracy without an attack.
     *
     * @return a number in [0, 1]
     */
    public double accuracy() {
        return points.get(0).accuracy();
    }

    /**
     * The accuracy under attack at one epsilon.
     *
     * @param epsilon one of the epsilons of the curve
     * @return a number in [0, 1]
     * @throws IllegalArgumentException if the curve has no such epsilon
     */
    public double robustAccuracy(double epsilon) {
        return points.stream()
                .filter(point -> point.epsilon() == epsilon)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the curve has no epsilon " + epsilon + ", only "
                        + points.stream().map(Point::epsilon).toList()))
                .accuracy();
    }

    /**
     * Accuracy at one epsilon.
     *
     * @param epsilon the radius; 0 without an attack
     * @param robust the number of examples classified correctly under every attack up to this radius
     * @param accuracy {@code robust} as a share of all examples: an upper bound of the true robust accuracy on them
     * @param interval what the share says about the population the examples were drawn from
     * @param attacks the configurations of the attacks that ran
     * @param gradients the number of gradients that were computed at this epsilon, over all examples
     * @param seconds wall-clock time spent at this epsilon
     */
    public record Point(
            double epsilon,
            long robust,
            double accuracy,
            ConfidenceInterval interval,
            List<String> attacks,
            long gradients,
            double seconds) {

        /** Copies the list. */
        public Point {
            attacks = List.copyOf(attacks);
        }
    }
}
