package org.jacreg.bounds.covering;

/**
 * A bound of an empirical Rademacher complexity by Dudley's entropy integral, rounded outward.
 *
 * @param value the bound {@code truncation + integral}; infinite where the integral is
 * @param alpha the scale at which the integral is cut
 * @param truncation {@code 4 alpha}
 * @param integral an upper bound of {@code (12/sqrt n) int_alpha^D sqrt(ln N(eps)) d eps}
 * @param radius D, the radius of the class in {@code L2(P_n)}: a bound of the complexity as well, see {@link #best}
 * @param formula how the value was computed
 * @param cover the formula of {@code ln N}
 */
public record DudleyBound(
        double value, double alpha, double truncation, double integral, double radius, String formula, String cover) {

    /**
     * Checks that no number is NaN or negative.
     *
     * @param value the bound
     * @param alpha the scale at which the integral is cut
     * @param truncation the share of small scales
     * @param integral the share of large scales
     * @param radius the radius of the class
     * @param formula how the value was computed
     * @param cover the formula of {@code ln N}
     * @throws IllegalArgumentException if a number is NaN or negative
     */
    public DudleyBound {
        if (!(value >= 0 && alpha >= 0 && truncation >= 0 && integral >= 0 && radius >= 0)) {
            throw new IllegalArgumentException("Dudley bound '" + formula + "' of '" + cover + "': got value " + value
                    + ", alpha " + alpha + ", truncation " + truncation + ", integral " + integral + ", radius "
                    + radius
                    + ", wanted nonnegative numbers");
        }
    }

    /**
     * The smaller of the bound and the radius D, which bounds the complexity by Cauchy and Schwarz.
     *
     * @return a bound of the complexity
     */
    public double best() {
        return Math.min(value, radius);
    }

    /**
     * Whether the integral says less than the radius of the class alone.
     *
     * @return true if {@code value >= radius}
     */
    public boolean vacuous() {
        return value >= radius;
    }
}
