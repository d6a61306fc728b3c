package org.jacreg.bounds.generalization;

import java.util.List;
import java.util.Locale;
import org.jacreg.bounds.rademacher.Assumption;
import org.jacreg.bounds.rademacher.Term;

/**
 * A bound that holds with probability at least {@code 1 - delta} over the draw of the sample, rounded outward.
 *
 * @param name the theorem
 * @param quantity what is bounded from above
 * @param value the bound, nonnegative; infinite where it exceeds the largest double
 * @param trivial what is known of the quantity without any theorem, for example 1 for a probability
 * @param formula how the value is made of the terms
 * @param terms every number of the formula, and others that help to read it
 * @param assumptions the conditions of the theorem
 * @param delta the probability of failure, between 0 and 1
 * @param sampleSize the number n of points of the sample
 * @param source where the theorem stands
 */
public record GeneralizationBound(
        String name,
        String quantity,
        double value,
        double trivial,
        String formula,
        List<Term> terms,
        List<Assumption> assumptions,
        double delta,
        long sampleSize,
        String source) {

    /**
     * Checks the numbers.
     *
     * @param name the theorem
     * @param quantity what is bounded
     * @param value the bound
     * @param trivial the bound without any theorem
     * @param formula how the value is made of the terms
     * @param terms the terms
     * @param assumptions the conditions
     * @param delta the probability of failure
     * @param sampleSize the number of points
     * @param source where the theorem stands
     * @throws IllegalArgumentException if {@code value} or {@code trivial} is NaN or negative, or {@code delta} or {@code
     *     sampleSize} is out of its range
     */
    public GeneralizationBound {
        if (!(value >= 0 && trivial >= 0)) {
            throw new IllegalArgumentException(
                    name + ": got value " + value + " and trivial bound " + trivial + ", wanted nonnegative numbers");
        }
        Confidence.require(sampleSize, delta);
        terms = List.copyOf(terms);
        assumptions = List.copyOf(assumptions);
    }

    /**
     * Whether the bound says nothing: it is no smaller than what is known without it.
     *
     * @return {@code value >= trivial}
     */
    public boolean vacuous() {
        return value >= trivial;
    }

    /**
     * The value of a term.
     *
     * @param term its name
     * @return its value
     * @throws IllegalArgumentException if there is no such term; the message lists all
     */
    public double term(String term) {
        return terms.stream()
                .filter(t -> t.name().equals(term))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("term '" + term + "' of " + name + ": there is none; terms: "
                                + terms.stream().map(Term::name).toList()))
                .value();
    }

    /**
     * The conditions that were taken on the caller's word.
     *
     * @return a new list
     */
    public List<Assumption> assumed() {
        return assumptions.stream().filter(a -> !a.checked()).toList();
    }

    /** Several lines: the bound and whether it is vacuous, then formula, terms and assumptions. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: %s <= %.6g%s, with probability %.6g, n = %d%n  = %s%n  [%s]%n",
                name,
                quantity,
                value,
                vacuous() ? " VACUOUS" : "",
                1 - delta,
                sampleSize,
                formula,
                source));
        for (Term term : terms) {
            text.append(String.format(Locale.ROOT, "  %s = %.6g: %s%n", term.name(), term.value(), term.meaning()));
        }
        for (Assumption assumption : assumptions) {
            text.append(String.format(
                    Locale.ROOT, "  %s: %s%n", assumption.checked() ? "checked" : "assumed", assumption.statement()));
        }
        return text.toString();
    }
}
