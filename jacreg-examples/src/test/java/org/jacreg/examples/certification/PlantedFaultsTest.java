package org.jacreg.examples.certification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.lipschitz.LipschitzMethod;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.examples.certification.RandomNets.Architecture;
import org.jacreg.examples.certification.RandomNets.Net;
import org.jacreg.examples.certification.Violation.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The check sees what is wrong: on certificates that are exact, one percent. */
class PlantedFaultsTest {

    private static final int SAMPLES = 20;

    private static RandomProblem linear(DataType type, BallNorm norm, int classes, long seed) {
        Random random = new Random(seed);
        Net net = RandomNets.of(new Architecture(type, 6, classes, List.of(), "relu", false, false, false))
                .redrawn(random);
        INDArray x = net.samples(random, SAMPLES);
        return new RandomProblem(net, x, net.predictions(x), norm);
    }

    /** {@code min_j (z_c - z_j) / ||w_c - w_j||} in the dual norm, from the weights themselves. */
    private static double closedForm(RandomProblem problem, int sample) {
        double[][] w = problem.net()
                .graph()
                .getVariable("w0")
                .getArr()
                .castTo(DataType.DOUBLE)
                .toDoubleMatrix();
        double[] b = problem.net()
                .graph()
                .getVariable("b0")
                .getArr()
                .castTo(DataType.DOUBLE)
                .toDoubleVector();
        double[] x = problem.x().castTo(DataType.DOUBLE).toDoubleMatrix()[sample];
        int c = problem.labels()[sample];
        double least = Double.POSITIVE_INFINITY;
        for (int j = 0; j < b.length; j++) {
            if (j != c) {
                double margin = b[c] - b[j];
                double[] slope = new double[x.length];
                for (int i = 0; i < x.length; i++) {
                    slope[i] = w[i][c] - w[i][j];
                    margin += slope[i] * x[i];
                }
                Norm dual = Distances.norm(problem.norm()).dual();
                least = Math.min(least, margin / dual.length(slope));
            }
        }
        return least;
    }

    private static List<Certificate> certificates(RandomProblem problem, CertificateCheck check, String method) {
        BoundGraph graph = BoundGraph.of(problem.net().graph());
        Proofs proofs = new Proofs(graph, problem.net().model().box(), check.samples(), problem.labels());
        return switch (method) {
            case "PAIRWISE" ->
                proofs.lipschitz(LayeredNetwork.of(problem.net().graph()), LipschitzMethod.PAIRWISE, problem.norm());
            case "LOCAL" -> proofs.local(problem.norm(), 20);
            default -> proofs.bounds(BoundMethod.valueOf(method), problem.norm(), 20, 24);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"INTERVAL", "FAST_LIN", "CROWN", "ALPHA_CROWN", "PAIRWISE", "LOCAL"})
    void radiiOfLinearModelsAreExactAndOnePercentMoreIsCaught(String method) {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            for (BallNorm norm : BallNorm.values()) {
                RandomProblem problem = linear(type, norm, 3, 5);
                CertificateCheck check = problem.unclaimed();
                List<Certificate> certificates = certificates(problem, check, method);
                for (int n = 0; n < SAMPLES; n++) {
                    double exact = closedForm(problem, n);
                    assertThat(certificates.get(n).radius())
                            .as("%s %s %s", type, norm, method)
                            .isLessThanOrEqualTo(exact)
                            .isGreaterThan(0.999 * exact - 1e-4);
                }
                check.claim(certificates, 0);
                RandomProblem.attackCheaply(check, norm, 1);
                assertThat(check.violations()).isEmpty();

                CertificateCheck stretched = problem.unclaimed();
                for (int n = 0; n < SAMPLES; n++) {
                    stretched.claim(
                            Planted.claim(n, problem, certificates.get(n).radius(), 1.01));
                }
                RandomProblem.attackCheaply(stretched, norm, 1);
                assertThat(caught(stretched)).as("%s %s", type, norm).hasSize(SAMPLES);
            }
        }
    }

    private static TreeSet<Integer> caught(CertificateCheck check) {
        TreeSet<Integer> samples = new TreeSet<>();
        check.violations().forEach(violation -> samples.add(violation.sample()));
        return samples;
    }

    /** Two classes: then cross-entropy falls with the one margin, and PGD finds the least of it. */
    @ParameterizedTest
    @EnumSource(BallNorm.class)
    void boundsOfLinearModelsThatAreOnePercentOffAreCaught(BallNorm norm) {
        RandomProblem problem = linear(DataType.DOUBLE, norm, 2, 6);
        for (double share : new double[] {0, 0.01}) {
            CertificateCheck check = problem.unclaimed();
            problem.claimBounds(check, 0.3, share);
            RandomProblem.attackCheaply(check, norm, 2);
            for (Kind kind : List.of(Kind.MARGIN, Kind.LOSS)) {
                long wrong = check.violations().stream()
                        .filter(v -> kind == Kind.LOSS ? v.kind() == kind : v.kind() != Kind.LOSS)
                        .map(Violation::sample)
                        .distinct()
                        .count();
                assertThat(wrong).as("%s %s %s", norm, share, kind).isEqualTo(share == 0 ? 0 : SAMPLES);
            }
        }
    }

    /** Radii of a network read without one of its biases; attacked is the one with it. */
    @ParameterizedTest
    @ValueSource(strings = {"b0", "b1", "b2"})
    void aForgottenBiasIsCaught(String bias) {
        int radii = 0;
        int bounds = 0;
        for (long seed = 0; seed < 10; seed++) {
            Random random = new Random(seed);
            Net net = RandomNets.of(new Architecture(DataType.FLOAT, 4, 3, List.of(6, 6), "relu", false, false, false))
                    .redrawn(random);
            INDArray x = net.samples(random, SAMPLES);
            RandomProblem problem = new RandomProblem(net, x, net.predictions(x), BallNorm.LINF);
            CertificateCheck check = problem.unclaimed();
            CertificateCheck margins = problem.unclaimed();
            INDArray values = net.graph().getVariable(bias).getArr();
            INDArray kept = values.dup();
            values.assign(0);
            check.claim(certificates(problem, check, "CROWN"), 0);
            problem.claimBounds(margins, 0.01, 0);
            values.assign(kept);
            RandomProblem.attackCheaply(check, BallNorm.LINF, 3);
            margins.judgeSamples();
            radii += check.violations().isEmpty() ? 0 : 1;
            bounds += margins.violations().isEmpty() ? 0 : 1;
        }
        // without a bias that favours the classes that win, all that is claimed is true all the same
        assertThat(radii).isGreaterThanOrEqualTo(6);
        assertThat(bounds).isGreaterThanOrEqualTo(6);
    }

    @Test
    void aTieIsNoWin() {
        RandomProblem problem = linear(DataType.FLOAT, BallNorm.L2, 2, 7);
        problem.net().graph().getVariable("w0").getArr().assign(0);
        problem.net().graph().getVariable("b0").getArr().assign(0.5);
        CertificateCheck check = problem.unclaimed();
        check.claim(Planted.claim(3, problem, 0, 1));
        check.judgeSamples();

        assertThat(check.violations()).hasSize(1);
        assertThat(check.violations().get(0).kind()).isEqualTo(Kind.DECISION);
        assertThat(check.violations().get(0))
                .hasToString(check.violations().get(0).toString())
                .asString()
                .contains("sample 3", "planted claims decision", "none finds 0.0 at distance 0.0");
        assertThat(certificates(problem, check, "CROWN")).noneMatch(Certificate::certified);
    }

    /** {@code z = (x_1, -x_1)}: an error is what has a first number of 0 or less. */
    private static CertificateCheck halfSpace(double radius, BallNorm norm, boolean boxed) {
        Net net = RandomNets.of(new Architecture(DataType.DOUBLE, 2, 2, List.of(), "tanh", false, false, boxed));
        net.graph().getVariable("w0").getArr().assign(Nd4j.createFromArray(new double[][] {{1, -1}, {0, 0}}));
        net.graph().getVariable("b0").getArr().assign(0);
        INDArray x = Nd4j.createFromArray(new double[][] {{0.25, 0.5}});
        CertificateCheck check = new CertificateCheck("half space", net.model(), x, new int[] {0});
        check.claim(new Claim(
                0, 0, norm, radius, "planted", Collections.nCopies(2, Double.MIN_VALUE), Double.POSITIVE_INFINITY, 0));
        return check;
    }

    @ParameterizedTest
    @EnumSource(BallNorm.class)
    void aPointCountsWithinTheBallToTheLastBit(BallNorm norm) {
        CertificateCheck touched = halfSpace(0.25, norm, false);
        touched.judge(0, new double[] {0, 0.5}, "hand");
        assertThat(touched.violations()).hasSize(1);
        assertThat(touched.violations().get(0).distance()).isEqualTo(0.25);

        CertificateCheck beside = halfSpace(Math.nextDown(0.25), norm, false);
        beside.judge(0, new double[] {0, 0.5}, "hand");
        assertThat(beside.violations()).isEmpty();
        assertThat(beside.nearestErrors(norm)).containsExactly(0.25);
    }

    @Test
    void aPointOutsideOfTheBoxDoesNotCount() {
        CertificateCheck check = halfSpace(1, BallNorm.LINF, true);
        check.judge(0, new double[] {-0.1, 0.5}, "hand");
        assertThat(check.violations()).isEmpty();
        assertThat(check.nearestErrors(BallNorm.LINF)).containsExactly(Double.POSITIVE_INFINITY);
        check.judge(0, new double[] {0, 1}, "hand");
        assertThat(check.violations()).hasSize(1);
    }

    /** What is rounding to a claim in real arithmetic is an error to a claim about the float network. */
    @Test
    void slackIsForRealArithmeticAlone() {
        for (double slack : new double[] {0, 1e-12}) {
            CertificateCheck check = halfSpace(0, BallNorm.LINF, false);
            check.claim(
                    new Claim(0, 0, BallNorm.L2, 0.25, "real", List.of(0.0, 1e-13), Double.POSITIVE_INFINITY, slack));
            check.judge(0, new double[] {0, 0.5}, "hand");
            assertThat(check.violations()).hasSize(slack == 0 ? 1 : 0);
        }
    }

    /** Samples that share a ball get the smallest radius, and all of them are attacked. */
    @Test
    void samplesOfNearlyEqualRadiiShareABall() {
        RandomProblem problem = linear(DataType.DOUBLE, BallNorm.LINF, 3, 8);
        CertificateCheck check = problem.unclaimed();
        double[] radii = {0.1, 0.3, 0.102, 0.2, 0.101, 0.0};
        for (int n = 0; n < radii.length; n++) {
            check.claim(Planted.claim(n, problem, radii[n], 1));
        }
        List<Double> balls = new ArrayList<>();
        check.attack("PGD", BallNorm.LINF, 1.03, eps -> {
            balls.add(eps);
            return Pgd.linf(eps).steps(1).build();
        });
        assertThat(balls).containsExactly(0.1, 0.2, 0.3);
        assertThat(check.attacked()).containsEntry("PGD", 5);
    }
}
