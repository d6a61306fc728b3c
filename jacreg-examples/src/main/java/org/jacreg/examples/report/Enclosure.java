package org.jacreg.examples.report;

import org.jacreg.examples.result.AttackNorm;
import org.jacreg.examples.result.Bracket;
import org.jacreg.examples.result.ModelResult;

/**
 * One model's robust accuracy and median robust radius between certificate and attack, ready to be read.
 *
 * @param model its name
 * @param colour its colour
 * @param norm of the perturbation
 * @param certified the share that is certified at the radius of the table
 * @param withstood the share that no attack broke there
 * @param open their difference, in points: what nothing is known of
 * @param medianCertified the radius within which half are certified
 * @param medianAttacked the radius within which half withstood
 * @param violations digits attacked within their certified radius
 */
record Enclosure(
        String model,
        String colour,
        String norm,
        String certified,
        String withstood,
        String open,
        String medianCertified,
        String medianAttacked,
        String violations) {

    static Enclosure of(ModelResult model, AttackNorm norm, double radius) {
        Bracket bracket = model.bracket(norm);
        double lower = bracket.certifiedAt(radius);
        double upper = bracket.withstoodAt(radius);
        return new Enclosure(
                model.kind().label(),
                ChartTheme.hex(model.kind()),
                norm.toString(),
                ScoreColumn.percent(lower),
                ScoreColumn.percent(upper),
                ScoreColumn.percent(upper - lower),
                ScoreColumn.significant(bracket.medianCertified()),
                ScoreColumn.significant(bracket.medianAttacked()),
                Long.toString(bracket.violations()));
    }
}
