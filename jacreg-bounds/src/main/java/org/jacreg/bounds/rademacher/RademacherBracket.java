package org.jacreg.bounds.rademacher;

/**
 * Monte-Carlo estimates of two numbers between which a complexity lies, from the same draws.
 *
 * @param lower the estimate of the lower one
 * @param upper the estimate of the upper one
 */
public record RademacherBracket(RademacherEstimate lower, RademacherEstimate upper) {

    /**
     * An interval that holds the complexity: from the lower end of the lower estimate's interval to the upper end of the
     * upper's, by Student's t.
     *
     * @param level the probability that each end holds at least with, in the limit of many draws; strictly between 0 and 1
     * @return the interval
     * @throws IllegalArgumentException if {@code level} is NaN or outside (0, 1)
     */
    public ConfidenceInterval studentInterval(double level) {
        ConfidenceInterval low = lower.studentInterval(level);
        return new ConfidenceInterval(low.lower(), upper.studentInterval(level).upper(), level, low.method());
    }
}
