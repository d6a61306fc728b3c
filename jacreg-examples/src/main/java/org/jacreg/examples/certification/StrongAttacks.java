package org.jacreg.examples.certification;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleFunction;
import org.jacreg.attacks.Apgd;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.AutoAttack;
import org.jacreg.attacks.Bim;
import org.jacreg.attacks.CarliniWagner;
import org.jacreg.attacks.Ddn;
import org.jacreg.attacks.DeepFool;
import org.jacreg.attacks.ElasticNet;
import org.jacreg.attacks.Fab;
import org.jacreg.attacks.Fgsm;
import org.jacreg.attacks.Fmn;
import org.jacreg.attacks.GaussianNoise;
import org.jacreg.attacks.HopSkipJump;
import org.jacreg.attacks.Jsma;
import org.jacreg.attacks.MiFgsm;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.Spsa;
import org.jacreg.attacks.Square;
import org.jacreg.attacks.UniformNoise;
import org.jacreg.attacks.UniversalPerturbation;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.bounds.certify.BallNorm;

/** The attacks that certificates have to stand: all there are in jacreg-attacks. */
public final class StrongAttacks {

    private final Effort effort;
    private final long seed;

    /**
     * How much each attack does.
     *
     * @param steps of an attack by gradients
     * @param restarts of PGD and APGD
     * @param targets of APGD with targets and of FAB
     * @param queries of attacks without gradients; a tenth of it of points drawn at random
     * @param searches of attacks that weigh distance against loss
     */
    public record Effort(int steps, int restarts, int targets, int queries, int searches) {

        /** For networks of some units. */
        public static final Effort SMALL = new Effort(10, 2, 3, 100, 2);

        /** For networks trained on digits. */
        public static final Effort LARGE = new Effort(40, 2, 3, 300, 4);
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
        nearest(in, check.inputs(), check.classes()).forEach(check::attack);
        within(in, check.classes()).forEach((name, attack) -> check.attack(name, norm, spread, attack));
    }

    /**
     * Attacks that look for the nearest error, in l1 also for that of fewest changed entries.
     *
     * @param norm the norm
     * @param inputs the number of entries of a sample
     * @param classes the number of classes
     * @return attacks by name
     */
    public Map<String, Attack> nearest(Norm norm, int inputs, int classes) {
        Map<String, Attack> attacks = new LinkedHashMap<>();
        attacks.put("FMN", Fmn.in(norm).steps(2 * effort.steps()).build());
        attacks.put("FAB", Fab.in(norm).steps(effort.steps()).seed(seed).build());
        attacks.put(
                "FAB-T",
                Fab.in(norm)
                        .steps(effort.steps())
                        .targetClasses(Math.min(effort.targets(), classes - 1))
                        .seed(seed)
                        .build());
        attacks.putAll(norm == Norm.L1 ? nearestInL1(inputs) : nearestIn(norm == Norm.L2));
        return attacks;
    }

    private Map<String, Attack> nearestInL1(int inputs) {
        Map<String, Attack> attacks = new LinkedHashMap<>();
        attacks.put(
                "EAD",
                ElasticNet.l1()
                        .steps(2 * effort.steps())
                        .searches(effort.searches())
                        .build());
        if (inputs > 1) {
            // a fifth of the entries at most, or two
            double share = Math.max(0.2, Math.nextUp(2.0 / inputs));
            attacks.put("JSMA", Jsma.l0().gamma(Math.min(1, share)).build());
        }
        return attacks;
    }

    private Map<String, Attack> nearestIn(boolean l2) {
        Map<String, Attack> attacks = new LinkedHashMap<>();
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
        attacks.put("FGSM", eps -> Fgsm.in(new NormBall(norm, eps)).build());
        attacks.put(
                "BIM",
                eps -> Bim.in(new NormBall(norm, eps)).steps(effort.steps()).build());
        attacks.put(
                "MI-FGSM",
                eps -> MiFgsm.in(new NormBall(norm, eps)).steps(effort.steps()).build());
        attacks.put("universal perturbation", eps -> universal(new NormBall(norm, eps)));
        attacks.putAll(blind(norm));
        attacks.put(
                "AutoAttack",
                eps -> AutoAttack.in(new NormBall(norm, eps))
                        .iterations(effort.steps())
                        .queries(effort.queries())
                        .seed(seed)
                        .build());
        return attacks;
    }

    /** Attacks in a ball that ask for logits only. */
    private Map<String, DoubleFunction<Attack>> blind(Norm norm) {
        Map<String, DoubleFunction<Attack>> attacks = new LinkedHashMap<>();
        int repeats = Math.max(1, effort.queries() / 10);
        attacks.put(
                "uniform noise",
                eps -> UniformNoise.in(new NormBall(norm, eps))
                        .repeats(repeats)
                        .seed(seed)
                        .build());
        attacks.put(
                "Gaussian noise",
                eps -> GaussianNoise.in(new NormBall(norm, eps))
                        .repeats(repeats)
                        .seed(seed)
                        .build());
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
        return attacks;
    }

    /** One perturbation for all samples of a group, fitted to them. */
    private Attack universal(NormBall ball) {
        UniversalPerturbation fitting = UniversalPerturbation.in(ball)
                .epochs(effort.restarts())
                .seed(seed)
                .build();
        return (model, x, y, listener) -> fitting.fit(model, x, y, listener).attack(model, x, y, listener);
    }

    private Attack apgd(NormBall ball, Apgd.Loss loss, int classes) {
        Apgd.Builder builder =
                Apgd.in(ball).loss(loss).iterations(effort.steps()).seed(seed);
        return loss == Apgd.Loss.TARGETED_DLR
                ? builder.targets(Math.min(effort.targets(), classes - 1)).build()
                : builder.restarts(effort.restarts()).build();
    }
}
