package org.jacreg.bounds.rademacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Suprema under attacks in any norm, against weights and perturbations on grids in the plane, and against search in space. */
class AttackedSupremumTest {

    private static final double INF = Double.POSITIVE_INFINITY;
    private static final double[][] POINTS = {{0.3, -1.1}, {0.7, 0.2}, {-0.9, 0.4}, {1.3, 0.8}, {-0.2, -0.6}};
    private static final double[] LABELS = {1, -1, 1, 1, -1};
    private static final double EPSILON = 0.4;

    /** Directions of weights and of perturbations in a quarter of the plane. */
    private static final int WEIGHTS = 400;

    private static final int PERTURBATIONS = 100;

    /** As in {@link BruteForce#GRID_ERROR}: relative, of the supremum and of the attack's effect. */
    private static final double GRID = 2 * Math.pow(Math.PI / (4 * PERTURBATIONS), 2);

    static Stream<Arguments> pairs() {
        return Stream.of(1.0, 1.3, 2.0, 3.0, INF)
                .flatMap(p -> Stream.of(1.0, 1.5, 2.0, 4.0, INF).map(r -> Arguments.of(p, r)));
    }

    private static double[] onSphere(double p, int k, int quarter) {
        double angle = Math.PI / 2 * (k % quarter) / quarter;
        double cos = k % quarter == 0 ? 1 : Math.cos(angle);
        double sin = k % quarter == 0 ? 0 : Math.sin(angle);
        // the sides of the square, not its corners alone: the best weights against an attack may lie on them
        double a = p == INF ? cos / Math.max(cos, sin) : Math.pow(cos, 2 / p);
        double b = p == INF ? sin / Math.max(cos, sin) : Math.pow(sin, 2 / p);
        return switch (k / quarter) {
            case 0 -> new double[] {a, b};
            case 1 -> new double[] {-b, a};
            case 2 -> new double[] {-a, -b};
            default -> new double[] {b, -a};
        };
    }

    /** Row k holds the values {@code min_delta y_i <w_k, x_i + delta>}, the minimum over a grid of the attack's sphere. */
    private static double[][] values(double p, double r) {
        double[][] values = new double[4 * WEIGHTS + 1][POINTS.length];
        for (int k = 0; k < 4 * WEIGHTS; k++) {
            double[] w = onSphere(p, k, WEIGHTS);
            double worst = 0;
            for (int a = 0; a < 4 * PERTURBATIONS; a++) {
                double[] delta = onSphere(r, a, PERTURBATIONS);
                worst = Math.min(worst, EPSILON * (w[0] * delta[0] + w[1] * delta[1]));
            }
            for (int i = 0; i < POINTS.length; i++) {
                values[k][i] = LABELS[i] * (w[0] * POINTS[i][0] + w[1] * POINTS[i][1]) + worst;
            }
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void everySupremumIsTheBestOfTheGrid(double p, double r) {
        double[][] values = values(p, r);
        AttackedSupremum kernel = new AttackedSupremum(new LpNorm(p).dual(), new LpNorm(r));
        // the grid misses a share of <w, u>, at most 10, and of the attack on five points; on the sides of the square a
        // step
        // of the grid, as its best point may be a vertex that attack and sum make somewhere on them
        double tolerance = (p == INF ? 12 * Math.PI / (2 * WEIGHTS) : GRID * 12) + 1e-12;
        boolean exact = AttackedSupremum.exact(new LpNorm(p).dual().p(), r);
        for (int signs = 0; signs < 32; signs++) {
            double grid = BruteForce.supremum(values, signs);
            double lower = kernel.lower(sum(signs), EPSILON * total(signs));
            double upper = kernel.upper(sum(signs), EPSILON * total(signs));
            assertThat(lower).as("signs %d", signs).isLessThanOrEqualTo(grid + tolerance);
            assertThat(upper).as("signs %d", signs).isGreaterThanOrEqualTo(grid - tolerance);
            if (exact || total(signs) >= 0) {
                assertThat(lower).isEqualTo(upper);
                assertThat(lower).as("signs %d", signs).isCloseTo(grid, within(tolerance));
            }
        }
    }

    private static double[] sum(int signs) {
        double[] u = new double[2];
        for (int i = 0; i < POINTS.length; i++) {
            u[0] += BruteForce.sign(signs, i) * LABELS[i] * POINTS[i][0];
            u[1] += BruteForce.sign(signs, i) * LABELS[i] * POINTS[i][1];
        }
        return u;
    }

    private static int total(int signs) {
        int total = 0;
        for (int i = 0; i < POINTS.length; i++) {
            total += BruteForce.sign(signs, i);
        }
        return total;
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void estimateAgreesWithTheGridInItsOwnInterval(double p, double r) {
        double[][] values = values(p, r);
        double exact = 0;
        for (int signs = 0; signs < 32; signs++) {
            exact += BruteForce.supremum(values, signs) / 5 / 32;
        }
        AdversarialLinearClass attacked =
                new AdversarialLinearClass(new LinearClass(new LpNorm(p), 1), new LpNorm(r), EPSILON);
        INDArray x = Nd4j.createFromArray(POINTS);
        INDArray y = Nd4j.createFromArray(LABELS);
        MonteCarloRademacher draws = MonteCarloRademacher.seed(3).draws(400).build();
        RademacherBracket bracket = draws.bracketAdversarial(attacked, x, y);
        ConfidenceInterval interval = bracket.studentInterval(1 - 1e-6);
        // the grid is too low or too high by its error, far below the half width
        assertThat(interval.contains(exact)).as("%s in %s", exact, bracket).isTrue();
        if (attacked.exact()) {
            RademacherEstimate estimate = draws.estimateAdversarial(attacked, x, y);
            assertThat(estimate.value())
                    .isEqualTo(bracket.lower().value())
                    .isEqualTo(bracket.upper().value());
            assertThat(estimate.guaranteedInterval(1 - 1e-6).contains(exact)).isTrue();
        } else {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> draws.estimateAdversarial(attacked, x, y))
                    .withMessageContaining("call bracketAdversarial");
            // half of the draws are exact, and the others' bounds are close in the plane
            assertThat(bracket.upper().value()).isLessThan(1.1 * bracket.lower().value());
        }
        TwoSidedBound bounds = RademacherBounds.adversarialLinear(attacked, x);
        assertThat(bounds.contains(exact)).as("%s in %s", exact, bounds).isTrue();
        assertThat(bounds.contains(0.5 * bounds.lower())).isFalse();
    }

    /** In five dimensions: a random climb over feasible weights from below, random feasible v of the dual from above. */
    @ParameterizedTest
    @CsvSource({"1.3, 1.5", "2, 3", "3, 1.5", "2, 1", "1, 2", "Infinity, 3", "1.3, 1", "1, 1.5"})
    void distanceMatchesASearchInFiveDimensions(double p, double r) {
        Random random = new Random(5);
        LpNorm dual = new LpNorm(p).dual();
        AttackedSupremum kernel = new AttackedSupremum(dual, new LpNorm(r));
        double[] u = {1.2, -0.3, 0.7, 2.0, -0.1};
        double c = 0.8;
        double value = kernel.upper(u.clone(), c);
        double best = 0;
        double[] at = new double[5];
        double width = 1;
        for (int k = 0; k < 60_000; k++) {
            double[] w = at.clone();
            for (int j = 0; j < 5; j++) {
                w[j] += width * random.nextGaussian();
            }
            double norm = new LpNorm(p).of(w);
            for (int j = 0; j < 5 && norm > 1; j++) {
                w[j] /= norm;
            }
            double objective = -c * new LpNorm(r).dual().of(w);
            for (int j = 0; j < 5; j++) {
                objective += w[j] * u[j];
            }
            if (objective > best) {
                best = objective;
                at = w;
            }
            width = Math.max(1e-4, width * 0.9998);
        }
        // the objective is concave: the climb ends close below its maximum, and never above
        assertThat(value).isBetween(best - 1e-12, best + 5e-3);
    }

    @Property(tries = 100, seed = "58")
    void smallerAndLargerAttacks(
            @ForAll @LongRange(min = 0, max = 1000) long seed,
            @ForAll @DoubleRange(min = 0, max = 3) double c,
            @ForAll @DoubleRange(min = 1, max = 6) double p,
            @ForAll @DoubleRange(min = 1, max = 6) double r) {
        Random random = new Random(seed);
        double[] u = random.doubles(4, -2, 2).toArray();
        LpNorm dual = new LpNorm(p).dual();
        AttackedSupremum kernel = new AttackedSupremum(dual, new LpNorm(r));
        double clean = dual.of(u);
        // ||w||_{r*} lies between 0 and its largest value over the ball
        double effect = c * Math.max(1, Math.pow(4, 1 - 1 / r - 1 / p));
        double down = kernel.upper(u.clone(), c);
        double up = kernel.upper(u.clone(), -c);
        double upLower = kernel.lower(u.clone(), -c);
        double slack = 1e-9 * (1 + clean + effect);
        assertThat(down).isBetween(Math.max(0, clean - effect) - slack, clean + slack);
        assertThat(up).isBetween(clean - slack, clean + effect + slack);
        assertThat(upLower).isBetween(clean - slack, up + slack);
        // the opposite draws together are at least twice the clean value, by the best clean w
        assertThat(down + upLower).isGreaterThanOrEqualTo(2 * clean - slack - (up - upLower));
        assertThat(kernel.upper(u.clone(), c + 0.1)).isLessThanOrEqualTo(down + slack);
        assertThat(2 * kernel.upper(u.clone(), c))
                .isCloseTo(
                        kernel.upper(
                                Stream.of(u)
                                        .flatMapToDouble(java.util.Arrays::stream)
                                        .map(a -> 2 * a)
                                        .toArray(),
                                2 * c),
                        within(4 * slack));
    }

    @Test
    void publishedAdversarialOracleLiesBetweenTheBounds() {
        AdversarialLinearClass attacked = new AdversarialLinearClass(LinearClass.l2(1), LpNorm.LINF, 0.1);
        TwoSidedBound bounds = RademacherBounds.adversarialLinear(attacked, BruteForce.sineSample());
        assertThat(bounds.contains(0.23597)).isTrue();
        assertThat(bounds.lower()).isGreaterThan(0.24427 / Math.sqrt(2) - 1e-5);
        assertThat(bounds.upper().value())
                .isEqualTo(RademacherBounds.adversarialLinear(LinearClass.l2(1), BruteForce.sineSample(), 0.1)
                        .value());
    }

    @Test
    void strongAttacksMakeTheLowerBoundTheirEffect() {
        AdversarialLinearClass attacked = new AdversarialLinearClass(LinearClass.l2(1), LpNorm.LINF, 100);
        INDArray x = BruteForce.sineSample();
        double effect = RademacherBounds.attackExcess(attacked, x).value();
        // 100 sqrt(6) E|S_50| / 100, from the definition
        assertThat(effect).isCloseTo(100 * Math.sqrt(6) * RademacherSum.expectedAbsolute(50) / 100, within(1e-9));
        assertThat(RademacherBounds.adversarialLinear(attacked, x).lower()).isCloseTo(effect, within(1e-9));
    }

    @Test
    void radius() {
        for (double bad : new double[] {Double.NaN, -1, INF}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new AdversarialLinearClass(LinearClass.l2(1), LpNorm.L2, bad))
                    .withMessageContaining("epsilon: got " + bad);
        }
    }
}
