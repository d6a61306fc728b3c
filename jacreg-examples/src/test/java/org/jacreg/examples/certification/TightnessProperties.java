package org.jacreg.examples.certification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.jacreg.attacks.Fmn;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.Certifier;
import org.jacreg.bounds.certify.complete.CompleteVerifier;
import org.jacreg.bounds.certify.complete.Verdict;
import org.jacreg.bounds.certify.lipschitz.LipschitzMethod;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.classifier.InputBox;
import org.jacreg.examples.certification.RandomNets.Architecture;
import org.jacreg.examples.certification.RandomNets.Net;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The order of what is proved and what is found: intervals, lines, better lines, branch and bound, the truth, attacks. */
class TightnessProperties {

    /** The simplex method answers to 1e-6, and bisection stops there. */
    private static final double SOLVER = 1e-5;

    private static final double LARGEST = 2;

    /** At a radius that is exact, as Lipschitz constants give where nothing bends, the margin is 0 up to rounding and proves nothing. */
    private static final double INSIDE = 1 - 1e-9;

    /** A dense rectifier network of float64, small enough for all activation patterns. */
    private static RandomProblem rectifiers(long seed, int widest, boolean boxed) {
        return rectifiers(seed, widest, boxed, 2 + new Random(seed).nextInt(2));
    }

    private static RandomProblem rectifiers(long seed, int widest, boolean boxed, int inputs) {
        Random random = new Random(seed);
        int width = 2 + random.nextInt(widest - 1);
        List<Integer> widths = random.nextBoolean() ? List.of(width) : List.of(width, width);
        Net net = RandomNets.of(new Architecture(
                        DataType.DOUBLE, inputs, 2 + random.nextInt(2), widths, "relu", false, false, boxed))
                .redrawn(random);
        INDArray x = net.samples(random, 2);
        return new RandomProblem(net, x, net.predictions(x), BallNorm.LINF);
    }

    private static double[] radii(List<Certificate> certificates) {
        return certificates.stream().mapToDouble(Certificate::radius).toArray();
    }

    /** What a looser method proves, a tighter one proves at the same radius; the verifier proves what any method does. */
    @Property(tries = 80, seed = "30", shrinking = ShrinkingMode.OFF)
    void provedByTheLooserProvedByTheTighter(@ForAll long seed) {
        RandomProblem problem = rectifiers(seed, 6, new Random(seed).nextBoolean());
        CertificateCheck check = problem.unclaimed();
        BoundGraph graph = BoundGraph.of(problem.net().graph());
        LayeredNetwork network = LayeredNetwork.of(problem.net().graph());
        InputBox box = problem.net().model().box();
        CompleteVerifier verifier = CompleteVerifier.of(network, 100_000);
        Proofs proofs = new Proofs(graph, box, check.samples(), problem.labels());
        for (BoundMethod looser : BoundMethod.values()) {
            double[] radii = radii(proofs.bounds(looser, BallNorm.LINF, LARGEST, 12));
            for (BoundMethod tighter : tighterThan(looser)) {
                Certifier certifier = Certifier.of(graph)
                        .method(tighter)
                        .bounds(box.lower(), box.upper())
                        .build();
                for (int n = 0; n < radii.length; n++) {
                    assertThat(radii[n] < 0
                                    || certifier
                                            .certify(check.samples()[n], problem.labels()[n], radii[n])
                                            .certified())
                            .as("%s proves %s, %s does not", looser, radii[n], tighter)
                            .isTrue();
                }
            }
            proved(verifier, check, problem, radii, looser.name());
        }
        proved(verifier, check, problem, radii(proofs.local(BallNorm.LINF, LARGEST)), "LOCAL");
        for (LipschitzMethod method : List.of(LipschitzMethod.MARGIN, LipschitzMethod.PAIRWISE)) {
            double[] radii = radii(proofs.lipschitz(network, method, BallNorm.LINF));
            proved(
                    verifier,
                    check,
                    problem,
                    Arrays.stream(radii).map(r -> Math.min(r, LARGEST)).toArray(),
                    method.name());
        }
    }

    /** By construction: every bound is the better one of its own and that of intervals, and the search starts from CROWN's lines. */
    private static List<BoundMethod> tighterThan(BoundMethod looser) {
        return switch (looser) {
            case INTERVAL -> List.of(BoundMethod.FAST_LIN, BoundMethod.CROWN, BoundMethod.ALPHA_CROWN);
            case CROWN -> List.of(BoundMethod.ALPHA_CROWN);
            default -> List.of();
        };
    }

    private static void proved(
            CompleteVerifier verifier, CertificateCheck check, RandomProblem problem, double[] radii, String method) {
        for (int n = 0; n < radii.length; n++) {
            if (radii[n] >= 0) {
                assertThat(verifier.verify(
                                check.samples()[n],
                                problem.labels()[n],
                                INSIDE * radii[n],
                                problem.net().model().box()))
                        .as("%s at radius %s", method, radii[n])
                        .isInstanceOf(Verdict.Proved.class);
            }
        }
    }

    /** The radius that branch and bound finds is the distance to the nearest error, which no attack undercuts and most reach. */
    @Property(tries = 60, seed = "31", shrinking = ShrinkingMode.OFF)
    void completeRadiusIsTheDistanceOverAllPatterns(@ForAll long seed) {
        RandomProblem problem = rectifiers(seed, 3, false);
        CertificateCheck check = problem.unclaimed();
        LayeredNetwork network = LayeredNetwork.of(problem.net().graph());
        double[] exact = new double[problem.labels().length];
        for (int n = 0; n < exact.length; n++) {
            exact[n] = new ExactRadius(network, check.samples()[n], problem.labels()[n]).value();
        }
        double[] above =
                Arrays.stream(exact).map(r -> Math.min(LARGEST, 1.5 * r + 0.1)).toArray();
        List<Certificate> complete = new Proofs(
                        BoundGraph.of(problem.net().graph()),
                        problem.net().model().box(),
                        check.samples(),
                        problem.labels())
                .complete(CompleteVerifier.of(network, 100_000), new double[exact.length], above, 22)
                .certificates();
        check.claim(complete, 1e-12);
        check.attack("FMN", Fmn.linf().steps(30).build());
        assertThat(check.violations()).isEmpty();
        double[] found = check.nearestErrors(BallNorm.LINF);
        for (int n = 0; n < exact.length; n++) {
            assertThat(complete.get(n).radius()).isBetween(Math.min(above[n], exact[n]) - SOLVER, exact[n] + SOLVER);
            assertThat(found[n]).isGreaterThanOrEqualTo(exact[n] - SOLVER);
        }
    }

    /** Many more inputs than rectifiers: above what lines prove, never above an error that an attack finds, and near the nearest. */
    @Property(tries = 25, seed = "33", shrinking = ShrinkingMode.OFF)
    void completeRadiusIsBelowTheNearestErrorWithManyInputs(@ForAll long seed) {
        RandomProblem problem = rectifiers(seed, 8, false, 40);
        CertificateCheck check = problem.unclaimed();
        LayeredNetwork network = LayeredNetwork.of(problem.net().graph());
        InputBox box = problem.net().model().box();
        Proofs proofs = new Proofs(BoundGraph.of(problem.net().graph()), box, check.samples(), problem.labels());
        double[] crown = radii(proofs.bounds(BoundMethod.CROWN, BallNorm.LINF, LARGEST, 12));
        double[] above = new double[crown.length];
        Arrays.fill(above, LARGEST);
        CompleteVerifier verifier = CompleteVerifier.of(network, 100_000);
        CompleteRadii complete = proofs.complete(verifier, new double[above.length], above, 20);
        check.claim(complete.certificates(), 1e-12);
        check.attack("FMN", Fmn.linf().steps(100).build());
        assertThat(check.violations()).isEmpty();
        assertThat(complete.open()).isZero();
        double[] found = check.nearestErrors(BallNorm.LINF);
        for (int n = 0; n < above.length; n++) {
            double radius = complete.certificates().get(n).radius();
            assertThat(radius).isBetween(crown[n] - SOLVER, found[n]);
            if (radius < 0.99 * LARGEST) {
                assertThat(verifier.verify(check.samples()[n], problem.labels()[n], 1.01 * radius + SOLVER, box))
                        .isInstanceOf(Verdict.Refuted.class);
            }
        }
    }

    /** A verifier whose radii are 1 % too large is contradicted by its own counterexamples. */
    @Property(tries = 100, seed = "32", shrinking = ShrinkingMode.OFF)
    void completeRadiusAndOnePercentIsContradicted(@ForAll long seed) {
        RandomProblem problem = rectifiers(seed, 5, false);
        CertificateCheck check = problem.unclaimed();
        LayeredNetwork network = LayeredNetwork.of(problem.net().graph());
        CompleteVerifier verifier = CompleteVerifier.of(network, 100_000);
        double[] zero = new double[problem.labels().length];
        double[] above = new double[zero.length];
        Arrays.fill(above, LARGEST);
        List<Certificate> complete = new Proofs(
                        BoundGraph.of(problem.net().graph()),
                        problem.net().model().box(),
                        check.samples(),
                        problem.labels())
                .complete(verifier, zero, above, 20)
                .certificates();
        List<Integer> wanted = new ArrayList<>();
        for (int n = 0; n < zero.length; n++) {
            double radius = complete.get(n).radius();
            if (radius > 1e-3 && radius < 0.99 * LARGEST) {
                Claim claim = Planted.claim(n, problem, radius, 1.01);
                check.claim(claim);
                wanted.add(n);
                // the verifier looks one unit in the last place beyond the radius it is given, and its point may lie
                // there
                if (verifier.verify(check.samples()[n], problem.labels()[n], 1.005 * radius, InputBox.unbounded())
                        instanceof Verdict.Refuted refuted) {
                    check.judge(n, refuted.point(), "verifier");
                }
            }
        }
        assertThat(check.violations()).extracting(Violation::sample).containsAll(wanted);
        assertThat(check.violations()).allMatch(v -> v.kind() == Violation.Kind.DECISION);
    }
}
