package org.jacreg.bounds.certify.lipschitz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.jacreg.bounds.network.LayeredNetwork;
import org.junit.jupiter.api.Test;

/** Sampled slopes never exceed the constants; on linear models the constants are attained. */
class GlobalLipschitzProperties {

    private static final double[][] W = {{1, -2}, {0.5, 1}, {-1, 0.25}};

    /** The largest sampled slope of {@code z_i - z_j}, over the constant scaled by {@code factor}; above 1 is a violation. */
    private static double worst(LayeredNetwork network, BallNorm norm, double factor, Random random, int pairs) {
        GlobalLipschitz constants = GlobalLipschitz.of(network, norm);
        double worst = 0;
        for (int n = 0; n < pairs; n++) {
            double[] x = Nets.sample(random, network.inputs());
            double[] y = Nets.around(x, Math.pow(10, -3 * random.nextDouble()), norm, random);
            double[] step = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                step[i] = y[i] - x[i];
            }
            double distance = Nets.norm(step, norm);
            double[] from = network.logits(x);
            double[] to = network.logits(y);
            double squares = 0;
            for (int i = 0; i < from.length; i++) {
                squares += (to[i] - from[i]) * (to[i] - from[i]);
                for (int j = 0; j < i; j++) {
                    double moved = Math.abs(to[i] - to[j] - from[i] + from[j]);
                    // differences of logits of order one round at 1e-15
                    worst = Math.max(worst, (moved - 1e-14) / (factor * constants.pair(i, j) * distance));
                }
            }
            worst = Math.max(worst, (Math.sqrt(squares) - 1e-14) / (factor * constants.network() * distance));
        }
        return worst;
    }

    @Property(tries = 400, seed = "34")
    void slopesStayBelow(
            @ForAll Kind kind,
            @ForAll BallNorm norm,
            @ForAll @IntRange(min = 1, max = 5) int depth,
            @ForAll long seed) {
        Random random = new Random(seed);
        int[] widths = new int[depth + 1];
        for (int l = 0; l <= depth; l++) {
            widths[l] = 2 + random.nextInt(5);
        }
        LayeredNetwork network = Nets.dense(seed, kind, widths);
        assertThat(worst(network, norm, 1, random, 100)).isLessThanOrEqualTo(1);
    }

    @Test
    void linearConstantsAreDualNormsOfDifferencesOfRows() {
        LayeredNetwork network = Nets.linear(W, 0.1, -0.2, 0.05);
        for (BallNorm norm : BallNorm.values()) {
            GlobalLipschitz constants = GlobalLipschitz.of(network, norm);
            double[] difference = {W[0][0] - W[1][0], W[0][1] - W[1][1]};
            double expected = Nets.norm(difference, Nets.dual(norm));
            assertThat(constants.pair(0, 1)).isGreaterThanOrEqualTo(expected).isCloseTo(expected, within(1e-12));
            assertThat(constants.pair(1, 0)).isEqualTo(constants.pair(0, 1));
            assertThat(constants.pair(2, 2)).isZero();
        }
        assertThat(GlobalLipschitz.of(network, BallNorm.L2).network())
                .as("operator norm of the linear example")
                .isCloseTo(2.4292494997, within(1e-8));
    }

    @Test
    void constantShrunkByOnePercentIsCaught() {
        Random random = new Random(1);
        assertThat(worst(Nets.linear(W, 0, 0, 0), BallNorm.LINF, 1, random, 2000))
                .isLessThanOrEqualTo(1);
        assertThat(worst(Nets.linear(W, 0, 0, 0), BallNorm.LINF, 0.99, random, 2000))
                .isGreaterThan(1);
        assertThat(worst(Nets.linear(W, 0, 0, 0), BallNorm.L2, 0.99, random, 2000))
                .isGreaterThan(1);
    }

    @Property(tries = 100, seed = "35")
    void neverLooserThanTheProductOfOperatorNorms(@ForAll long seed) {
        LayeredNetwork network = Nets.dense(seed, Kind.RELU, 4, 6, 5, 3);
        double product = 1;
        for (var layer : network.linearLayers()) {
            product *= layer.operatorNorm();
        }
        GlobalLipschitz constants = GlobalLipschitz.of(network, BallNorm.L2);
        assertThat(constants.network()).isLessThanOrEqualTo(product * (1 + 1e-12));
        assertThat(constants.pair(0, 1)).isLessThanOrEqualTo(Math.sqrt(2) * constants.network() * (1 + 1e-12));
    }
}
