package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link UniformNoise} and {@link GaussianNoise}. */
class NoiseTest {

    private static final int ENTRIES = 5;
    private static final int DRAWS = 1500;

    /** The perturbations that a model is shown which never gives way. */
    private static List<double[]> perturbations(Attack attack) {
        LinearProblem problem = LinearProblem.of(1, 1, ENTRIES, new double[] {1000, 0}, InputBox.unbounded());
        LastPoint last = LastPoint.of(problem.model());
        List<double[]> seen = new ArrayList<>();
        double[] x = problem.x().toDoubleMatrix()[0];
        attack.attack(last, problem.x(), problem.zeros(), (done, total) -> {
            double[] d = last.last().get().toDoubleMatrix()[0];
            for (int j = 0; j < ENTRIES; j++) {
                d[j] -= x[j];
            }
            seen.add(d);
        });
        assertThat(seen).hasSize(DRAWS);
        return seen;
    }

    private static double mean(List<double[]> all, java.util.function.ToDoubleFunction<double[]> value) {
        return all.stream().mapToDouble(value).average().orElseThrow();
    }

    /** In a ball of dimension D the distance over the radius has the mean D / (D + 1) under every norm. */
    @ParameterizedTest
    @EnumSource(Norm.class)
    void uniformNoiseFillsTheBall(Norm norm) {
        List<double[]> d = perturbations(
                UniformNoise.in(new NormBall(norm, .3)).repeats(DRAWS).seed(3).build());
        double mean = mean(d, v -> norm.distance(v, new double[ENTRIES]));
        // standard deviation of a distance: 0.3 sqrt(D / (D + 2)) / (D + 1) = 0.042; five standard errors
        assertThat(mean).isCloseTo(.3 * ENTRIES / (ENTRIES + 1), offset(5 * .042 / Math.sqrt(DRAWS)));
        for (int j = 0; j < ENTRIES; j++) {
            int entry = j;
            // an entry's standard deviation is below 0.3 / sqrt(3)
            assertThat(mean(d, v -> v[entry])).isCloseTo(0, offset(5 * .174 / Math.sqrt(DRAWS)));
        }
    }

    @ParameterizedTest
    @EnumSource(Norm.class)
    void gaussianNoiseHasTheDeviationAskedFor(Norm norm) {
        List<double[]> d = perturbations(GaussianNoise.in(new NormBall(norm, 100))
                .deviation(.2)
                .repeats(DRAWS)
                .seed(3)
                .build());
        double variance =
                mean(d, v -> java.util.Arrays.stream(v).map(e -> e * e).sum()) / ENTRIES;
        // the square of a normal deviate has the variance 2 sigma^4
        assertThat(variance).isCloseTo(.04, offset(5 * .04 * Math.sqrt(2.0 / DRAWS / ENTRIES)));
        double fourth =
                mean(d, v -> java.util.Arrays.stream(v).map(e -> e * e * e * e).sum()) / ENTRIES;
        // and its fourth power the mean 3 sigma^4 and the variance 96 sigma^8; 9/5 sigma^4 would be uniform
        assertThat(fourth).isCloseTo(3 * .0016, offset(5 * .0016 * Math.sqrt(96.0 / DRAWS / ENTRIES)));
    }

    @Test
    void gaussianNoiseIsProjectedOntoTheBall() {
        List<double[]> cube =
                perturbations(GaussianNoise.linf(.3).repeats(DRAWS).build());
        double atCorner = mean(
                        cube,
                        v -> java.util.Arrays.stream(v)
                                .filter(e -> Math.abs(e) > .3 - 1e-12)
                                .count())
                / ENTRIES;
        // a normal deviate is beyond one standard deviation with probability 0.31731
        assertThat(atCorner).isCloseTo(.31731, offset(5 * .4655 / Math.sqrt((double) DRAWS * ENTRIES)));
        List<double[]> ball = perturbations(GaussianNoise.l2(.3).repeats(DRAWS).build());
        double atRim = mean(ball, v -> Norm.L2.distance(v, new double[ENTRIES]) > .3 - 1e-12 ? 1 : 0);
        double beyond = 1 - new ChiSquaredDistribution(ENTRIES).cumulativeProbability(ENTRIES);
        assertThat(atRim).isCloseTo(beyond, offset(5 * .5 / Math.sqrt(DRAWS)));
        List<double[]> octahedron =
                perturbations(GaussianNoise.l1(.3).repeats(DRAWS).build());
        assertThat(octahedron).allMatch(v -> Norm.L1.distance(v, new double[ENTRIES]) <= .3 + 1e-12);
        assertThat(mean(octahedron, v -> Norm.L1.distance(v, new double[ENTRIES]) > .3 - 1e-12 ? 1 : 0))
                .isBetween(.3, .7);
    }

    @Test
    void brokenSamplesGetNoMoreNoise() {
        LinearProblem problem = LinearProblem.of(1, 40, ENTRIES, new double[2], new InputBox(0, 1));
        AttackResult result = UniformNoise.linf(.2)
                .repeats(50)
                .build()
                .attack(ForwardsOnly.of(problem.model()), problem.x(), problem.zeros());
        int brokenByNoise = 0;
        for (int n = 0; n < 40; n++) {
            AttackOutcome outcome = result.outcomes().get(n);
            if (problem.margin(n) > 0) {
                assertThat(outcome.forwards()).isEqualTo(1);
            } else if (outcome.success()) {
                assertThat(problem.greatestMargin(n, .2)).isPositive();
                assertThat(outcome.forwards()).isBetween(2, 51);
                brokenByNoise++;
            } else {
                assertThat(outcome.forwards()).isEqualTo(51);
            }
        }
        assertThat(brokenByNoise).isPositive();
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> UniformNoise.l1(.1).repeats(0).build()).hasMessageContaining("UniformNoise: repeats");
        assertThatThrownBy(() -> GaussianNoise.l2(.1).repeats(-1).build()).hasMessageContaining("repeats");
        assertThatThrownBy(() -> GaussianNoise.l2(.1).deviation(Double.NaN).build())
                .hasMessageContaining("deviation must be positive");
        assertThat(GaussianNoise.l2(.5).build())
                .hasToString("GaussianNoise[threat=l2(0.5), deviation=OptionalDouble.empty, repeats=100, seed=0, "
                        + "targeted=false]");
    }
}
