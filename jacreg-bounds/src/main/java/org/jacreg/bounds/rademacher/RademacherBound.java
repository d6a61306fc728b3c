package org.jacreg.bounds.rademacher;

import java.util.List;
import java.util.stream.Stream;
import org.jacreg.bounds.rounding.RoundUp;

/**
 * An upper bound of an empirical Rademacher complexity, rounded outward.
 *
 * @param value the bound, nonnegative; infinite where it exceeds the largest double
 * @param formula the formula it was computed by, in one line
 * @param source where the formula stands
 * @param terms the numbers in the formula; empty where the formula has only the sample in it
 * @param assumptions what the formula takes for granted
 */
public record RademacherBound(
        double value, String formula, String source, List<Term> terms, List<Assumption> assumptions) {

    /**
     * Checks the value.
     *
     * @param value the bound
     * @param formula the formula
     * @param source where the formula stands
     * @param terms the numbers in the formula
     * @param assumptions what it takes for granted
     * @throws IllegalArgumentException if {@code value} is NaN or negative
     */
    public RademacherBound {
        if (!(value >= 0)) {
            throw new IllegalArgumentException(
                    "Rademacher bound '" + formula + "': got " + value + ", wanted a nonnegative number");
        }
        terms = List.copyOf(terms);
        assumptions = List.copyOf(assumptions);
    }

    /**
     * A bound whose formula needs nothing but the sample.
     *
     * @param value the bound, nonnegative
     * @param formula the formula
     * @param source where the formula stands
     * @throws IllegalArgumentException if {@code value} is NaN or negative
     */
    public RademacherBound(double value, String formula, String source) {
        this(value, formula, source, List.of(), List.of());
    }

    /**
     * The bound of a sum of two quantities: both values added and rounded up.
     *
     * @param other the bound of the other quantity
     * @return the sum, with the terms and assumptions of both
     */
    public RademacherBound plus(RademacherBound other) {
        return new RademacherBound(
                RoundUp.sum(value, other.value),
                formula + " + " + other.formula,
                source + "; " + other.source,
                Stream.concat(terms.stream(), other.terms.stream()).toList(),
                Stream.concat(assumptions.stream(), other.assumptions.stream())
                        .distinct()
                        .toList());
    }

    /**
     * Whether the bound says nothing about functions with {@code |f(x)| <= largest}: their complexity is at most {@code
     * largest} whatever the class.
     *
     * @param largest the largest absolute value of a function of the class on the sample, not NaN
     * @return true if {@code value >= largest}
     * @throws IllegalArgumentException if {@code largest} is NaN or negative
     */
    public boolean vacuous(double largest) {
        if (!(largest >= 0)) {
            throw new IllegalArgumentException(
                    "largest absolute value of a function: got " + largest + ", wanted a nonnegative number");
        }
        return value >= largest;
    }
}
