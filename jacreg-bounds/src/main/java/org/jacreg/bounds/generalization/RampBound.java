package org.jacreg.bounds.generalization;

import java.util.ArrayList;
import java.util.List;
import org.jacreg.bounds.rademacher.Assumption;
import org.jacreg.bounds.rademacher.Term;
import org.jacreg.bounds.rounding.RoundUp;

/**
 * What margin bounds by Rademacher complexity have in common: {@code mean ramp loss + 2 R_S + 3 sqrt((ln(2/delta) + w) /
 * (2n))}.
 *
 * @param name the theorem
 * @param quantity the probability that is bounded
 * @param complexity a bound of {@code R_S} of the ramp losses, which is cut at 1/2, because they lie within 1/2 of 1/2
 * @param relative the same as far as it tells networks apart, not cut by what is known of every class
 * @param logWeight w of the places on the grid
 * @param terms terms of the theorem's own
 * @param assumptions conditions of the theorem
 * @param source where it stands
 */
record RampBound(
        String name,
        String quantity,
        double complexity,
        double relative,
        double logWeight,
        List<Term> terms,
        List<Assumption> assumptions,
        String source) {

    /** The term by which vacuous bounds are told apart. */
    static final String UNCUT = "uncut";

    GeneralizationBound at(double gamma, Margins margins, double delta) {
        long n = margins.size();
        double empirical = margins.ramp(gamma);
        double twice = 2 * Math.min(0.5, complexity);
        double deviation = Confidence.deviation(1, logWeight, n, delta);
        List<Term> all = new ArrayList<>();
        all.add(new Term("empirical", empirical, "mean ramp loss at gamma"));
        all.add(new Term(
                "complexity", twice, "2 R_S of the ramp losses, at most 1 because they lie within 1/2 of 1/2"));
        all.add(new Term("deviation", deviation, "3 sqrt((ln(2/delta) + grid)/(2n))"));
        all.add(new Term("gamma", gamma, "margin, of the grid where there is one"));
        all.addAll(terms);
        all.add(new Term("grid", logWeight, "sum of ln(1/weight) of the places of norms and margin on the grid"));
        all.add(new Term(
                UNCUT,
                RoundUp.sum(empirical, 2 * relative, deviation),
                "the theorem's formula without cutting the complexity, to tell vacuous bounds apart"));
        return new GeneralizationBound(
                name,
                quantity,
                RoundUp.sum(empirical, twice, deviation),
                1,
                "empirical + 2 R_S + 3 sqrt((ln(2/delta) + grid)/(2n))",
                all,
                assumptions,
                delta,
                n,
                source);
    }
}
