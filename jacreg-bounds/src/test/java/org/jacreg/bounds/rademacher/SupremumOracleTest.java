package org.jacreg.bounds.rademacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Finite classes, oracles of the caller's, and the Gaussian complexity. */
class SupremumOracleTest {

    private static final double LEVEL = 1 - 1e-6;

    /** All functions with one value c in [0, m]. */
    private record Constants(int size, double largest) implements SupremumOracle {
        @Override
        public double supremum(double[] multipliers) {
            double sum = 0;
            for (double m : multipliers) {
                sum += m;
            }
            return Math.max(0, largest * sum);
        }
    }

    private static double[][] values(long seed, int functions, int n) {
        Random random = new Random(seed);
        double[][] values = new double[functions][];
        for (int f = 0; f < functions; f++) {
            values[f] = random.doubles(n, -1, 2).toArray();
        }
        return values;
    }

    private static double bruteForce(double[][] values) {
        int n = values[0].length;
        double sum = 0;
        for (int signs = 0; signs < 1 << n; signs++) {
            sum += BruteForce.supremum(values, signs) / n;
        }
        return sum / (1 << n);
    }

    @Property(tries = 30, seed = "50")
    void finiteClassesAgreeWithAllSignVectors(@ForAll @LongRange(min = 0, max = 10_000) long seed) {
        double[][] values = values(seed, 5, 8);
        INDArray array = Nd4j.createFromArray(values);
        double exact = bruteForce(values);
        RademacherEstimate estimate =
                MonteCarloRademacher.seed(seed).draws(5000).build().estimate(FiniteClass.of(array));
        assertThat(estimate.studentInterval(LEVEL).contains(exact)).isTrue();
        assertThat(estimate.guaranteedInterval(LEVEL).contains(exact)).isTrue();
        assertThat(RademacherBounds.finiteClass(array).value()).isGreaterThanOrEqualTo(exact);
        // the same numbers as the relation of the two complexities demands, on the other estimate
        GaussianEstimate gaussian = new MonteCarloGaussian(5000, seed).estimate(FiniteClass.of(array));
        assertThat(gaussian.rademacher(gaussian.guaranteedInterval(LEVEL)).contains(exact))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 100, 1000})
    void constantsHaveTheClosedForm(int n) {
        MonteCarloRademacher draws = MonteCarloRademacher.seed(8).draws(50_000).build();
        RademacherEstimate estimate = draws.estimate(new Constants(n, 1.5));
        double exact = 1.5 * RademacherSum.expectedAbsolute(n) / (2.0 * n);
        assertThat(estimate.studentInterval(LEVEL).contains(exact))
                .as("%s", estimate)
                .isTrue();
        assertThat(new ConfidenceInterval(1.02 * exact, 1.02 * exact + 1, 0.5, ConfidenceInterval.Method.STUDENT)
                        .contains(estimate.value()))
                .as("the check can fail")
                .isFalse();
        // nothing is known of its largest values
        assertThat(estimate.guaranteedInterval(0.9).upper()).isInfinite();
        assertThat(estimate.guaranteedInterval(0.9).lower()).isZero();
        // E max(g, 0) = 1 / sqrt(2 pi) for a normal sum of variance n
        GaussianEstimate gaussian = new MonteCarloGaussian(50_000, 9).estimate(new Constants(n, 1.5));
        assertThat(gaussian.studentInterval(LEVEL).contains(1.5 / Math.sqrt(2 * Math.PI * n)))
                .as("%s", gaussian)
                .isTrue();
    }

    @Test
    void linearClassAsAnOracleIsTheLinearClass() {
        INDArray x = BruteForce.sineSample();
        double[][] rows = x.toDoubleMatrix();
        SupremumOracle oracle = new SupremumOracle() {
            @Override
            public int size() {
                return 50;
            }

            @Override
            public double supremum(double[] multipliers) {
                double squares = 0;
                for (int j = 0; j < 6; j++) {
                    double u = 0;
                    for (int i = 0; i < 50; i++) {
                        u += multipliers[i] * rows[i][j];
                    }
                    squares += u * u;
                }
                return 2 * Math.sqrt(squares);
            }
        };
        MonteCarloRademacher draws = MonteCarloRademacher.seed(4).draws(500).build();
        // the same signs, so the same number but for rounding
        assertThat(draws.estimate(oracle).value())
                .isCloseTo(draws.estimate(LinearClass.l2(2), x).value(), within(1e-13));
    }

    @Test
    void gaussianComplexityOfTheCubeIsKnown() {
        INDArray x = BruteForce.sineSample();
        // E||sum_i g_i x_i||_1 = sqrt(2/pi) sum_j ||X_j||_2
        double exact = 0;
        for (int j = 0; j < 6; j++) {
            exact += Math.sqrt(2 / Math.PI) * x.getColumn(j).norm2Number().doubleValue() / 50;
        }
        GaussianEstimate estimate = new MonteCarloGaussian(50_000, 3).estimate(LinearClass.linf(1), x);
        assertThat(estimate.studentInterval(LEVEL).contains(exact))
                .as("%s", estimate)
                .isTrue();
        assertThat(estimate.guaranteedInterval(LEVEL).contains(exact)).isTrue();
        assertThat(estimate.studentInterval(LEVEL).contains(1.02 * exact)).isFalse();
        // without attack and with labels 1 an attacked class is the class itself
        GaussianEstimate attacked = new MonteCarloGaussian(50_000, 3)
                .estimateAdversarial(
                        new AdversarialLinearClass(LinearClass.linf(1), LpNorm.L2, 0), x, Nd4j.ones(x.dataType(), 50));
        assertThat(attacked.value()).isCloseTo(estimate.value(), within(1e-12));
        assertThat(new MonteCarloGaussian(50_000, 3)
                        .estimate(LinearClass.linf(1), x)
                        .value())
                .isEqualTo(estimate.value());
    }

    @Test
    void normalNumbersHaveTheirMoments() {
        double[][] draws = Multipliers.NORMALS.draws(64, 5000, 7);
        double[] moments = new double[5];
        for (double[] draw : draws) {
            for (double g : draw) {
                for (int k = 1; k < 5; k++) {
                    moments[k] += Math.pow(g, k) / (64 * 5000);
                }
            }
        }
        // 320 000 numbers: five standard errors, of variances 1, 2, 15 and 96
        double root = 5 / Math.sqrt(320_000);
        assertThat(moments[1]).isCloseTo(0, within(root));
        assertThat(moments[2]).isCloseTo(1, within(root * Math.sqrt(2)));
        assertThat(moments[3]).isCloseTo(0, within(root * Math.sqrt(15)));
        assertThat(moments[4]).isCloseTo(3, within(root * Math.sqrt(96)));
        assertThat(Multipliers.NORMALS.draws(20, 30, 7)[19])
                .isEqualTo(Multipliers.NORMALS.draws(40, 30, 7)[19]);
    }

    @Test
    void badOracles() {
        MonteCarloRademacher draws = MonteCarloRademacher.seed(1).draws(10).build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> draws.estimate(new Constants(0, 1)))
                .withMessageContaining("got 0 points");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> draws.estimate(new Constants(3, Double.NaN)))
                .withMessageContaining("got the supremum NaN");
        assertThatIllegalArgumentException().isThrownBy(() -> new MonteCarloGaussian(1, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FiniteClass.of(Nd4j.createFromArray(new double[][] {{Double.NaN}})))
                .withMessageContaining("values[0, 0]: got NaN");
        assertThatIllegalArgumentException().isThrownBy(() -> new GaussianEstimate("q", Double.NaN, 0, 1, 1, 2, 0));
    }
}
