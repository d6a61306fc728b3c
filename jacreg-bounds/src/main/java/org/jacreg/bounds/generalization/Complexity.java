package org.jacreg.bounds.generalization;

import java.util.ArrayList;
import java.util.List;
import org.jacreg.bounds.covering.CoveringNumber;
import org.jacreg.bounds.covering.Dudley;
import org.jacreg.bounds.covering.DudleyBound;
import org.jacreg.bounds.rademacher.Term;

/**
 * A bound of a Rademacher complexity from a cover, as terms: the closed form where there is one, the integral, the radius of
 * the class, and the smallest of them.
 *
 * @param value the smallest
 * @param terms all of them
 */
record Complexity(double value, List<Term> terms) {

    /** The terms that speak of a class in a bound: {@code what} is its name, {@code symbol} that of the complexity. */
    static Complexity of(String what, String symbol, CoveringNumber cover, double closedForm, long n) {
        double radius = cover.radius();
        double integral = Double.POSITIVE_INFINITY;
        String cut = "";
        if (radius < Double.POSITIVE_INFINITY) {
            DudleyBound dudley = Dudley.minimised(cover, n);
            integral = dudley.value();
            cut = ", cut at " + dudley.alpha();
        }
        double value = Math.min(Math.min(closedForm, integral), radius);
        List<Term> terms = new ArrayList<>();
        terms.add(new Term(symbol, value, "complexity of the " + what + ": the smallest of the bounds below"));
        terms.add(new Term(
                symbol + ", closed form",
                closedForm,
                "12 D sqrt(P (1 + ln(1 + A/D))/n); infinite where the cover has none"));
        terms.add(new Term(symbol + ", integral", integral, "Dudley's integral of " + cover.formula() + cut));
        terms.add(new Term(symbol + ", radius", radius, "D, by Cauchy and Schwarz, without any cover"));
        return new Complexity(value, List.copyOf(terms));
    }
}
