package org.jacreg.bounds.certify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** No point of the ball and the box has a margin below the bound, on random networks of all ops, norms and methods. */
class SoundnessTest {

    private static final int POINTS = 60;

    /** The plain loops' own rounding. */
    private static final double ROUNDING = 1e-13;

    record Problem(
            TestNet net,
            double[] x,
            int label,
            double radius,
            BallNorm norm,
            double lower,
            double upper,
            BoundMethod method) {

        static Problem random(long seed) {
            return random(seed, TestNet.random(seed + 1));
        }

        static Problem random(long seed, TestNet net) {
            Random random = new Random(seed);
            BoundGraph graph = net.graph(Arithmetic.FLOAT64);
            boolean boxed = random.nextBoolean();
            double[] x = new double[graph.inputs()];
            for (int i = 0; i < x.length; i++) {
                x[i] = random.nextInt(4) == 0 ? random.nextInt(2) : random.nextDouble();
            }
            return new Problem(
                    net,
                    x,
                    random.nextInt(graph.classes()),
                    Math.exp(-3 * random.nextDouble()),
                    BallNorm.values()[random.nextInt(3)],
                    boxed ? 0 : Double.NEGATIVE_INFINITY,
                    boxed ? 1 : Double.POSITIVE_INFINITY,
                    BoundMethod.values()[random.nextInt(BoundMethod.values().length)]);
        }

        Certifier certifier(Arithmetic arithmetic) {
            return Certifier.of(net.graph(arithmetic))
                    .norm(norm)
                    .method(method)
                    .bounds(lower, upper)
                    .build();
        }

        double[] margins() {
            return certifier(Arithmetic.FLOAT64).margins(new double[][] {x}, new int[] {label}, radius)[0];
        }

        /** A point of the ball and the box: often a corner of the box or the ball. */
        double[] point(Random random) {
            double[] delta = new double[x.length];
            int shape = random.nextInt(3);
            for (int i = 0; i < delta.length; i++) {
                delta[i] = shape == 0 ? random.nextGaussian() : shape == 1 ? (random.nextBoolean() ? 1 : -1) : 0;
            }
            if (shape == 2) {
                delta[random.nextInt(delta.length)] = random.nextBoolean() ? 1 : -1;
            }
            double length = 0;
            for (double d : delta) {
                length = switch (norm) {
                    case LINF -> Math.max(length, Math.abs(d));
                    case L2 -> Math.hypot(length, d);
                    case L1 -> length + Math.abs(d);
                };
            }
            double scale =
                    radius * (1 - 1e-15 * x.length) / length * (random.nextInt(3) == 0 ? random.nextDouble() : 1);
            double[] point = new double[x.length];
            for (int i = 0; i < point.length; i++) {
                point[i] = Math.min(upper, Math.max(lower, x[i] + scale * delta[i]));
            }
            return point;
        }

        /** The largest amount by which bounds, changed by {@code share} of their size, are above margins found. */
        double violation(double[] bounds, double share, Random random) {
            double worst = Double.NEGATIVE_INFINITY;
            for (int t = 0; t < POINTS; t++) {
                double[] z = net.logits(point(random));
                for (int j = 0; j < bounds.length; j++) {
                    double raised = bounds[j] + share * (0.1 + Math.abs(bounds[j]));
                    double size = 1 + Math.abs(z[label]) + Math.abs(z[j]);
                    worst = j == label ? worst : Math.max(worst, (raised - (z[label] - z[j])) / size);
                }
            }
            return worst;
        }
    }

    @Property(tries = 4000, seed = "29")
    void boundsHold(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        Problem problem = Problem.random(seed);
        double[] bounds = problem.margins();
        assertThat(bounds).doesNotContain(Double.NaN);
        assertThat(problem.violation(bounds, 0, new Random(seed)))
                .as("margins below bounds for %s", problem)
                .isLessThan(ROUNDING);
    }

    /** The answer in words: whoever is certified keeps the class at all points tried. */
    @Property(tries = 1000, seed = "30")
    void certifiedSamplesKeepTheirClass(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        Problem problem = Problem.random(seed);
        Certificate certificate = problem.certifier(Arithmetic.FLOAT64)
                .largestRadii(new double[][] {problem.x()}, new int[] {problem.label()}, 1, 6)
                .get(0);
        Random random = new Random(seed);
        if (certificate instanceof Certified certified && certified.radius() > 0) {
            Problem within = new Problem(
                    problem.net(),
                    problem.x(),
                    problem.label(),
                    certified.radius(),
                    problem.norm(),
                    problem.lower(),
                    problem.upper(),
                    problem.method());
            for (int t = 0; t < POINTS; t++) {
                double[] z = problem.net().logits(within.point(random));
                for (int j = 0; j < z.length; j++) {
                    assertThat(j == problem.label() || z[problem.label()] > z[j])
                            .as("%s", within)
                            .isTrue();
                }
            }
        }
    }

    /** Bounds of a batch are those of its samples alone, up to the order of sums. */
    @Property(tries = 100, seed = "31")
    void batchesAreSamples(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        Problem problem = Problem.random(seed);
        Random random = new Random(seed);
        double[][] x = new double[5][];
        int[] labels = new int[x.length];
        for (int n = 0; n < x.length; n++) {
            x[n] = problem.point(random);
            labels[n] = random.nextInt(problem.net().graph(Arithmetic.REAL).classes());
        }
        Certifier certifier = problem.certifier(Arithmetic.FLOAT64);
        double[][] all = certifier.margins(x, labels, problem.radius());
        for (int n = 0; n < x.length; n++) {
            double[] one = certifier.margins(new double[][] {x[n]}, new int[] {labels[n]}, problem.radius())[0];
            for (int j = 0; j < one.length; j++) {
                assertThat(all[n][j])
                        .isCloseTo(one[j], org.assertj.core.data.Offset.offset(1e-10 * (1 + Math.abs(one[j]))));
            }
        }
    }

    /** Tighter methods, tighter bounds: what CROWN says is never below intervals. */
    @Property(tries = 500, seed = "32")
    void crownIsAtLeastIntervals(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        Problem problem = Problem.random(seed);
        Certifier.Builder builder = Certifier.of(problem.net().graph(Arithmetic.FLOAT64))
                .norm(problem.norm())
                .bounds(problem.lower(), problem.upper());
        double[][] x = {problem.x()};
        int[] label = {problem.label()};
        double[] intervals = builder.method(BoundMethod.INTERVAL).build().margins(x, label, problem.radius())[0];
        for (BoundMethod method :
                new BoundMethod[] {BoundMethod.FAST_LIN, BoundMethod.CROWN, BoundMethod.ALPHA_CROWN}) {
            double[] lines = builder.method(method).build().margins(x, label, problem.radius())[0];
            for (int j = 0; j < lines.length; j++) {
                assertThat(lines[j])
                        .as("%s", problem)
                        .isGreaterThanOrEqualTo(intervals[j] - 1e-10 * (1 + Math.abs(intervals[j])));
            }
        }
    }

    /** The search over slopes starts from CROWN's. */
    @Property(tries = 300, seed = "33")
    void chosenSlopesAreAtLeastCrown(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        Problem problem = Problem.random(seed);
        Certifier.Builder builder = Certifier.of(problem.net().graph(Arithmetic.FLOAT64))
                .norm(problem.norm())
                .bounds(problem.lower(), problem.upper());
        double[][] x = {problem.x()};
        int[] label = {problem.label()};
        double[] crown = builder.method(BoundMethod.CROWN).build().margins(x, label, problem.radius())[0];
        double[] chosen = builder.method(BoundMethod.ALPHA_CROWN).build().margins(x, label, problem.radius())[0];
        for (int j = 0; j < crown.length; j++) {
            assertThat(chosen[j]).as("%s", problem).isGreaterThanOrEqualTo(crown[j]);
        }
    }

    /** The search for violations is strong enough to find bounds that are a percent too high, on networks without kinks in the ball. */
    @Test
    void plantedFaultsAreFound() {
        int found = 0;
        for (int seed = 0; seed < 400; seed++) {
            Problem problem = Problem.random(seed);
            found += problem.violation(problem.margins(), 0.01, new Random(seed)) > ROUNDING ? 1 : 0;
        }
        assertThat(found)
                .as("networks of 400 on which a bound 1% too high is found out")
                .isGreaterThan(40);
    }
}
