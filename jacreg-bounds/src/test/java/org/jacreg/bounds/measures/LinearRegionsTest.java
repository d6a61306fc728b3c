package org.jacreg.bounds.measures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jacreg.bounds.network.Activation;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.jacreg.bounds.network.Affine;
import org.jacreg.bounds.network.LayeredNetwork;
import org.junit.jupiter.api.Test;

/** Transitions against crossings of hyperplanes that can be counted. */
class LinearRegionsTest {

    private static Affine random(Random random, int outputs, int inputs) {
        double[][] rows = new double[outputs][];
        for (int i = 0; i < outputs; i++) {
            rows[i] = random.doubles(inputs, -1, 1).toArray();
        }
        return new Affine("dense", rows, random.doubles(outputs, -1, 1).toArray());
    }

    private static LayeredNetwork oneHidden(Affine hidden, Kind kind) {
        return LayeredNetwork.of(List.of(
                hidden,
                new Activation("phi", ActivationFunction.of(kind), hidden.outputs()),
                random(new Random(1), 2, hidden.outputs())));
    }

    /** A line meets the hyperplane of every unit at most once: the units whose sign differs at its ends. */
    @Property(tries = 50, seed = "16")
    void segmentThroughOneHiddenLayer(@ForAll long seed, @ForAll @IntRange(min = 1, max = 50) int steps) {
        Random random = new Random(seed);
        Affine hidden = random(random, 15, 4);
        double[] a = random.doubles(4, -2, 2).toArray();
        double[] b = random.doubles(4, -2, 2).toArray();
        double[] first = hidden.apply(a);
        double[] last = hidden.apply(b);
        long expected = 0;
        for (int i = 0; i < 15; i++) {
            expected += first[i] > 0 != last[i] > 0 ? 1 : 0;
        }
        LayeredNetwork network = oneHidden(hidden, Kind.RELU);
        assertThat(LinearRegions.transitions(network, LinearRegions.segment(a, b, steps)))
                .isEqualTo(expected);
    }

    /** |cos t| <= 1/2 four times around a circle: units x > 0.5, x > -0.5, y > 0.5, y > -0.5 are passed twice each. */
    @Test
    void circle() {
        Affine hidden = new Affine(
                "h", new double[][] {{1, 0}, {1, 0}, {0, 1}, {0, 1}, {1, 1}}, new double[] {0.5, -0.5, 0.5, -0.5, 3});
        double h = Math.sqrt(3) / 2;
        List<double[]> path =
                LinearRegions.ellipse(new double[] {1, 0}, new double[] {-0.5, h}, new double[] {-0.5, -h}, 300);
        for (double[] point : path) {
            assertThat(Math.hypot(point[0], point[1])).isCloseTo(1, within(1e-12));
        }
        assertThat(LinearRegions.transitions(oneHidden(hidden, Kind.RELU), path))
                .isEqualTo(8);
        // a unit that is on along a short arc between two corners: the corners alone miss it
        Affine cap = new Affine("cap", new double[][] {{0.5, h}}, new double[] {-0.9});
        List<double[]> corners =
                LinearRegions.ellipse(new double[] {1, 0}, new double[] {-0.5, h}, new double[] {-0.5, -h}, 3);
        assertThat(LinearRegions.transitions(oneHidden(cap, Kind.RELU), path)).isEqualTo(2);
        assertThat(LinearRegions.transitions(oneHidden(cap, Kind.RELU), corners))
                .isZero();
    }

    @Test
    void ellipseMeetsItsThreePoints() {
        double[] a = {1, 2, 3};
        double[] b = {-1, 0, 4};
        double[] c = {0.5, -2, 1};
        List<double[]> path = LinearRegions.ellipse(a, b, c, 9);
        assertThat(path).hasSize(10);
        assertThat(path.get(0)).containsExactly(a, within(1e-14));
        assertThat(path.get(3)).containsExactly(b, within(1e-14));
        assertThat(path.get(6)).containsExactly(c, within(1e-14));
        assertThat(path.get(9)).containsExactly(path.get(0));
    }

    /** Through both borders of a saturating unit. */
    @Test
    void threeStates() {
        Affine hidden = new Affine("h", new double[][] {{1}}, new double[] {0});
        List<double[]> path = List.of(new double[] {-7}, new double[] {7});
        assertThat(LinearRegions.transitions(oneHidden(hidden, Kind.RELU6), path))
                .isEqualTo(2);
        assertThat(LinearRegions.transitions(oneHidden(hidden, Kind.HARD_TANH), path))
                .isEqualTo(2);
        assertThat(LinearRegions.transitions(oneHidden(hidden, Kind.RELU), path))
                .isEqualTo(1);
    }

    @Test
    void refusesBadInput() {
        Affine hidden = new Affine("h", new double[][] {{1}}, new double[] {0});
        List<double[]> path = List.of(new double[] {-7}, new double[] {7});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinearRegions.transitions(oneHidden(hidden, Kind.TANH), path))
                .withMessageContaining("not piecewise linear");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinearRegions.transitions(LayeredNetwork.of(List.of(hidden)), path))
                .withMessageContaining("no activation");
        LayeredNetwork network = oneHidden(hidden, Kind.RELU);
        assertThatIllegalArgumentException().isThrownBy(() -> LinearRegions.transitions(network, path.subList(0, 1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        LinearRegions.transitions(network, List.of(new double[] {1}, new double[] {Double.NaN})))
                .withMessageContaining("point 1");
        assertThatIllegalArgumentException().isThrownBy(() -> LinearRegions.segment(new double[1], new double[2], 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinearRegions.ellipse(new double[1], new double[1], new double[1], 2));
    }
}
