package org.jacreg.bounds.rademacher;

/**
 * A class of functions on n points, known by its suprema: what a complexity can be estimated of.
 *
 * <p>An implementation must be thread-safe, and the supremum exact: with a value below it the estimate is one of a lower bound of
 * the complexity. Adding one fixed function to all functions of the class leaves the complexity as it is.
 */
public interface SupremumOracle {

    /**
     * The number of points n.
     *
     * @return at least 1
     */
    int size();

    /**
     * The supremum {@code sup_f sum_i m_i f(x_i)}, not divided by n.
     *
     * @param multipliers the numbers {@code m_i}, length n: signs, or normal numbers for the Gaussian complexity. Not to be
     *     modified or kept.
     * @return the supremum, a finite number
     */
    double supremum(double[] multipliers);

    /**
     * {@code sqrt(sum_i a_i^2)} with {@code a_i} an upper bound of {@code sup_f |f(x_i)|}: what intervals that hold for every
     * number of draws are made of.
     *
     * @return the root of the sum of squares; infinite, the default, where it is not known: then {@link
     *     RademacherEstimate#guaranteedInterval} says nothing
     */
    default double largestValues() {
        return Double.POSITIVE_INFINITY;
    }
}
