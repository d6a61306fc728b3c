package org.jacreg.examples.certification;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleFunction;
import org.jacreg.attacks.Apgd;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.AutoAttack;
import org.jacreg.attacks.CarliniWagner;
import org.jacreg.attacks.Ddn;
import org.jacreg.attacks.DeepFool;
import org.jacreg.attacks.ElasticNet;
import org.jacreg.attacks.Fab;
import org.jacreg.attacks.Fmn;
import org.jacreg.attacks.HopSkipJump;
import org.jacreg.attacks.MiFgsm;
import org.jacreg.attacks.MinimumNormAttack;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.Spsa;
import org.jacreg.attacks.Square;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.bounds.certify.BallNorm;

/** The attacks that certificates have to stand. */
public final class StrongAttacks {

    private final Effort effort;
    private final long seed;

    /**
     * How much each attack does.
     *
     * @param steps of an attack by gradients
     * @param restarts of PGD and APGD
     * @param targets of APGD with targets and of FAB
     * @param queries of attacks without gradients
     * @param searches of attacks that weigh distance against loss
     */
    public record Effort(int steps, int restarts, int targets, int queries, int searches) {

        /** For networks of some units. */
        public static final Effort SMALL = new Effort(10, 2, 3, 100, 2);

        /** For networks trained on digits. */
        public static final Effort LARGE = new Effort(50, 3, 5, 1000, 5);
    }

    /**
     * Makes the attacks.
     *
     * @param effort how much each does
     * @param seed of their draws
     */
    public StrongAttacks(Effort effort, long seed) {
        this.effort = effort;
        this.seed = seed;
    }

    /**
     * Runs all attacks in a norm.
     *
     * @param check what holds the claims and judges
     * @param norm the norm
     * @param spread see {@link CertificateCheck#attack(String, BallNorm, double, DoubleFunction)}
     */
    public void run(CertificateCheck check, BallNorm norm, double spread) {
        Norm in = Distances.norm(norm);
        nearest(in, check.classes()).forEach(check::attack);
        within(in, check.classes()).forEach((name, attack) -> check.attack(name, norm, spread, attack));
    }

    /**
     * Attacks that look for the nearest error.
     *
     * @param norm the norm
     * @param classes the number of classes
     * @return attacks by name
     */
    public Map<String, MinimumNormAttack> nearest(Norm norm, int classes) {
        Map<String, MinimumNormAttack> attacks = new LinkedHashMap<>();
        attacks.put("FMN", Fmn.in(norm).steps(2 * effort.steps()).build());
        attacks.put(
                "FAB",
                Fab.in(norm)
                        .steps(effort.steps())
                        .restarts(effort.restarts())
                        .seed(seed)
                        .build());
        attacks.put(
                "FAB-T",
                Fab.in(norm)
                        .steps(effort.steps())
                        .targetClasses(Math.min(effort.targets(), classes - 1))
                        .seed(seed)
                        .build());
        if (norm == Norm.L1) {
            attacks.put(
                    "EAD",
                    ElasticNet.l1()
                            .steps(2 * effort.steps())
                            .searches(effort.searches())
                            .build());
            return attacks;
        }
        boolean l2 = norm == Norm.L2;
        attacks.put("DeepFool", (l2 ? DeepFool.l2() : DeepFool.linf()).build());
        attacks.put(
                "HopSkipJump",
                (l2 ? HopSkipJump.l2() : HopSkipJump.linf())
                        .queries(effort.queries())
                        .seed(seed)
                        .build());
        if (l2) {
            attacks.put("DDN", Ddn.l2().steps(2 * effort.steps()).build());
            attacks.put(
                    "C&W",
                    CarliniWagner.l2()
                            .steps(2 * effort.steps())
                            .searches(effort.searches())
                            .build());
        }
        return attacks;
    }

    /**
     * Attacks in a ball.
     *
     * @param norm the norm
     * @param classes the number of classes
     * @return makers of attacks by name
     */
    public Map<String, DoubleFunction<Attack>> within(Norm norm, int classes) {
        Map<String, DoubleFunction<Attack>> attacks = new LinkedHashMap<>();
        attacks.put(
                "PGD",
                eps -> Pgd.in(new NormBall(norm, eps))
                        .steps(effort.steps())
                        .restarts(effort.restarts())
                        .seed(seed)
                        .build());
        for (Apgd.Loss loss : Apgd.Loss.values()) {
            attacks.put("APGD " + loss, eps -> apgd(new NormBall(norm, eps), loss, classes));
        }
        attacks.put(
                "MI-FGSM",
                eps -> MiFgsm.in(new NormBall(norm, eps)).steps(effort.steps()).build());
        attacks.put(
                "Square",
                eps -> Square.in(new NormBall(norm, eps))
                        .queries(effort.queries())
                        .seed(seed)
                        .build());
        attacks.put(
                "SPSA",
                eps -> Spsa.in(new NormBall(norm, eps))
                        .steps(effort.steps())
                        .samples(8)
                        .seed(seed)
                        .build());
        attacks.put(
                "AutoAttack",
                eps -> AutoAttack.in(new NormBall(norm, eps))
                        .iterations(effort.steps())
                        .queries(effort.queries())
                        .seed(seed)
                        .build());
        return attacks;
    }

    private Attack apgd(NormBall ball, Apgd.Loss loss, int classes) {
        Apgd.Builder builder =
                Apgd.in(ball).loss(loss).iterations(effort.steps()).seed(seed);
        return loss == Apgd.Loss.TARGETED_DLR
                ? builder.targets(Math.min(effort.targets(), classes - 1)).build()
                : builder.restarts(effort.restarts()).build();
    }
}
