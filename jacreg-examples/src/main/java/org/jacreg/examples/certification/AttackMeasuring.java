package org.jacreg.examples.certification;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;
import org.jacreg.attacks.Apgd;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.examples.experiment.ExperimentListener;
import org.jacreg.examples.runs.ProcessorTime;

/** Runs all attacks on one network and holds what they find against its radii. */
final class AttackMeasuring {

    private final CertificationSettings settings;
    private final ExperimentListener listener;

    AttackMeasuring(CertificationSettings settings, ExperimentListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    AttackRun measure(Way way, BallNorm norm, int from, ExamDigits digits, Map<RadiusKind, List<Double>> radii) {
        double start = ProcessorTime.seconds();
        CertificateCheck check = digits.check(way.label());
        int claims = claim(check, digits, radii);
        check.judgeSamples();
        attack(way.label() + ": attacks in " + Distances.norm(norm) + " from digit " + from, norm, check);
        double[] distances = check.nearestErrors(norm);
        listener.done(String.format(
                Locale.ROOT,
                "%d claims, %d violations, median distance of errors %.4g",
                claims,
                check.violations().size(),
                Summary.median(distances)));
        return new AttackRun(
                way,
                norm,
                from,
                Arrays.stream(distances)
                        .mapToObj(d -> Math.min(d, Double.MAX_VALUE))
                        .toList(),
                claims,
                check.attacked(),
                check.violations(),
                ProcessorTime.seconds() - start);
    }

    private void attack(String stage, BallNorm norm, CertificateCheck check) {
        StrongAttacks attacks =
                new StrongAttacks(settings.effort(), settings.training().seed());
        Norm in = Distances.norm(norm);
        Map<String, Attack> nearest = attacks.nearest(in, check.inputs(), check.classes());
        Map<String, DoubleFunction<Attack>> within = attacks.within(in, check.classes());
        List<Double> epsilons = settings.radii(norm).shown();
        listener.stage(stage, nearest.size() + within.size() + epsilons.size());
        int[] done = {0};
        nearest.forEach((name, attack) -> {
            check.attack(name, attack);
            listener.progress(++done[0]);
        });
        for (double epsilon : epsilons) {
            attackAt(norm, epsilon, check);
            listener.progress(++done[0]);
        }
        within.forEach((name, attack) -> {
            // an ensemble of thousands of steps: fewer balls
            check.attack(name, norm, name.equals("AutoAttack") ? 1.5 * settings.spread() : settings.spread(), attack);
            listener.progress(++done[0]);
        });
    }

    private void attackAt(BallNorm norm, double epsilon, CertificateCheck check) {
        NormBall ball = new NormBall(Distances.norm(norm), epsilon);
        for (Apgd.Loss loss : Apgd.Loss.values()) {
            Apgd attack = Apgd.in(ball)
                    .loss(loss)
                    .iterations(settings.effort().steps())
                    .seed(settings.training().seed())
                    .build();
            check.attackAt("APGD " + loss + " at the table's radii", norm, epsilon, attack);
        }
    }

    private static int claim(CertificateCheck check, ExamDigits digits, Map<RadiusKind, List<Double>> radii) {
        int claims = 0;
        for (Map.Entry<RadiusKind, List<Double>> entry : radii.entrySet()) {
            for (int n = 0; n < digits.labels().length; n++) {
                double radius = entry.getValue().get(n);
                if (radius >= 0) {
                    check.claim(new Claim(
                            n,
                            digits.labels()[n],
                            entry.getKey().norm(),
                            radius,
                            entry.getKey().name(),
                            Collections.nCopies(check.classes(), Double.MIN_VALUE),
                            Double.POSITIVE_INFINITY,
                            0));
                    claims++;
                }
            }
        }
        return claims;
    }
}
