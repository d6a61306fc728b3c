package org.jacreg.bounds.covering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;

/** Laws of covering numbers: they fall with the scale, grow with the class, and follow its scaling. */
class CoveringPropertyTest {

    /** Outward rounding of a few hundred operations. */
    private static final double ROUNDING = 1e-11;

    private static NetworkNorms net(double s, double excess, int width, double beta) {
        LayerNorms a = new LayerNorms("a", s, s * excess, s * excess * 2, s, s, 3, width, 3L * width);
        LayerNorms b = new LayerNorms("b", 1, excess, excess * 2, 1, 1, width, 2, 2L * width);
        return NetworkNorms.of(List.of(a, b), 1, beta);
    }

    private static List<Function<NetworkNorms, CoveringNumber>> covers() {
        return List.of(
                norms -> NetworkCovers.outputs(norms, 2),
                norms -> NetworkCovers.jacobian(norms, 2, JacobianNorm.FROBENIUS),
                norms -> NetworkCovers.jacobian(norms, 2, JacobianNorm.L11),
                norms -> NetworkCovers.jacobianOfRelu(norms, 7, JacobianNorm.FROBENIUS),
                norms -> NetworkCovers.spectral(norms, 5));
    }

    @Property(tries = 100, seed = "46")
    void fallsWithTheScaleAndGrowsWithTheNorms(
            @ForAll @DoubleRange(min = 0.01, max = 5) double eps,
            @ForAll @DoubleRange(min = 1, max = 4) double factor,
            @ForAll @DoubleRange(min = 0.1, max = 3) double s,
            @ForAll @DoubleRange(min = 1, max = 3) double excess,
            @ForAll @IntRange(min = 1, max = 6) int width) {
        NetworkNorms norms = net(s, excess, width, 0.7);
        for (Function<NetworkNorms, CoveringNumber> of : covers()) {
            CoveringNumber cover = of.apply(norms);
            assertAtMost(cover.upperLog(eps * factor), cover.upperLog(eps));
            assertAtMost(
                    cover.upperLog(eps),
                    of.apply(net(s * factor, excess, width, 0.7)).upperLog(eps));
            assertAtMost(
                    cover.upperLog(eps),
                    of.apply(net(s, excess * factor, width, 0.7)).upperLog(eps));
            assertThat(cover.upperLog(Math.max(cover.radius(), 1e-9))).isZero();
        }
        CoveringNumber jacobian = NetworkCovers.jacobian(norms, 2, JacobianNorm.FROBENIUS);
        CoveringNumber rougher = NetworkCovers.jacobian(net(s, excess, width, 0.7 * factor), 2, JacobianNorm.FROBENIUS);
        assertAtMost(jacobian.upperLog(eps), rougher.upperLog(eps));
    }

    @Property(tries = 100, seed = "47")
    void outputsScaleWithTheInputs(
            @ForAll @DoubleRange(min = 0.01, max = 5) double eps,
            @ForAll @DoubleRange(min = 0.1, max = 10) double factor) {
        NetworkNorms norms = net(1.3, 1.5, 4, 0.7);
        double one = NetworkCovers.outputs(norms, 2).upperLog(eps);
        assertClose(NetworkCovers.outputs(norms, 2 * factor).upperLog(eps * factor * (1 - 1e-15)), one);
        assertClose(NetworkCovers.outputs(norms, 2).scaled(factor).upperLog(eps * factor), one);
        assertClose(NetworkCovers.outputs(norms, 2).lipschitz(factor).upperLog(eps * factor), one);
    }

    @Property(tries = 100, seed = "48")
    void sumsProductsAndCompositionsCostNoMoreThanAnEqualSplitAndNoLessThanOneClass(
            @ForAll @DoubleRange(min = 0.01, max = 2) double eps,
            @ForAll @DoubleRange(min = 0.2, max = 3) double a,
            @ForAll @DoubleRange(min = 0.2, max = 3) double b,
            @ForAll @IntRange(min = 1, max = 9) int p) {
        CoveringNumber f = functions(p, a);
        CoveringNumber g = functions(2, b);
        CoveringNumber sum = f.plus(g);
        // parts of a scale are rounded down, and a cover jumps where the scale is the radius
        double below = eps * (1 - ROUNDING);
        assertAtMost(sum.upperLog(eps), f.upperLog(below / 2) + g.upperLog(below / 2));
        assertAtMost(f.upperLog(eps), sum.upperLog(eps));
        CoveringNumber product = f.times(g, a, b);
        assertAtMost(product.upperLog(eps), f.upperLog(below / (2 * b)) + g.upperLog(below / (2 * a)));
        CoveringNumber composed = f.after(g, 3);
        assertAtMost(composed.upperLog(eps), f.upperLog(below / 2) + g.upperLog(below / 6));
        assertAtMost(f.upperLog(eps), composed.upperLog(eps));
    }

    private static CoveringNumber functions(int p, double radius) {
        CoveringNumber ball = NormBalls.ball(p, radius);
        return CoveringNumber.of(Metric.UNIFORM, radius, "functions", "test", ball::upperLog);
    }

    @Property(tries = 60, seed = "49")
    void dudleyGrowsWithTheClassAndFallsWithTheSample(
            @ForAll @DoubleRange(min = 0.2, max = 3) double radius,
            @ForAll @DoubleRange(min = 1, max = 3) double factor,
            @ForAll @IntRange(min = 1, max = 1000) int n) {
        CoveringNumber cover = functions(3, radius);
        double value = Dudley.minimised(cover, n, 256).value();
        // the same grid on both sides: relative to the radius
        assertClose(Dudley.minimised(cover.scaled(factor), n, 256).value(), factor * value);
        assertAtMost(Dudley.minimised(cover, 2L * n, 256).value(), value);
        assertAtMost(
                Dudley.parametric(3, 2 * radius, radius, 2L * n).value(),
                Dudley.parametric(3, 2 * radius, radius, n).value());
    }

    private static void assertAtMost(double smaller, double larger) {
        assertThat(smaller).isLessThanOrEqualTo(larger * (1 + ROUNDING) + ROUNDING);
    }

    private static void assertClose(double value, double expected) {
        assertThat(value).isBetween(expected * (1 - ROUNDING) - ROUNDING, expected * (1 + ROUNDING) + ROUNDING);
    }
}
