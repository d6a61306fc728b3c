package org.jacreg.bounds.certify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lines hold on fine grids, and are as tight as known formulas say. */
class ActivationLinesTest {

    private static final int GRID = 400;

    /** The grid's own values are off by some 1e-16 of themselves; tails of exponentials written naively a little more. */
    private static final double ROUNDING = 4e-15;

    private static ActivationFunction function(Kind kind, Random random) {
        double parameter =
                kind == Kind.LEAKY_RELU ? random.nextGaussian() * 0.5 : kind == Kind.ELU ? 2 * random.nextDouble() : 0;
        return new ActivationFunction(kind, parameter);
    }

    /** The largest amount by which {@code line} is above {@code f} on a grid, relative to the numbers' size. */
    private static double excess(DoubleUnaryOperator line, DoubleUnaryOperator f, double l, double u) {
        double excess = Double.NEGATIVE_INFINITY;
        for (int i = 0; i <= GRID; i++) {
            double x = i == GRID ? u : l + (u - l) * i / GRID;
            double value = f.applyAsDouble(x);
            excess = Math.max(excess, (line.applyAsDouble(x) - value) / (1 + Math.abs(value) + Math.abs(x)));
        }
        return excess;
    }

    private static double[] interval(Random random) {
        double centre = 3 * random.nextGaussian();
        double radius = Math.exp(3 * random.nextGaussian() - 1);
        double[] lu = {centre - radius, centre + radius};
        switch (random.nextInt(8)) {
            case 0 -> lu[0] = Math.min(0, lu[1]);
            case 1 -> lu[1] = Math.max(0, lu[0]);
            case 2 -> lu[1] = lu[0];
            default -> {}
        }
        return lu;
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void linesHoldOnGrids(Kind kind) {
        Random random = new Random(kind.ordinal());
        for (int t = 0; t < 3000; t++) {
            ActivationFunction f = function(kind, random);
            ActivationShape shape = ActivationShape.of(f);
            double[] lu = interval(random);
            double l = lu[0];
            double u = lu[1];
            Lines lines = new Lines(1);
            Line line = new Line(shape, random.nextBoolean());
            lines.set(0, line.lowerSlope(l, u), line.upperSlope(l, u));
            lines.fit(shape, 0, l, u);
            DoubleUnaryOperator phi = x -> TestNet.value(f, x);
            assertThat(excess(x -> lines.lowerAt(0, x), phi, l, u))
                    .as("%s below on [%s, %s]", f, l, u)
                    .isLessThan(ROUNDING);
            assertThat(excess(x -> -lines.upperAt(0, x), x -> -phi.applyAsDouble(x), l, u))
                    .as("%s above on [%s, %s]", f, l, u)
                    .isLessThan(ROUNDING);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void anySlopeGetsASoundIntercept(Kind kind) {
        Random random = new Random(100 + kind.ordinal());
        for (int t = 0; t < 3000; t++) {
            ActivationFunction f = function(kind, random);
            ActivationShape shape = ActivationShape.of(f);
            double[] lu = interval(random);
            double slope = random.nextInt(4) == 0 ? 0 : random.nextGaussian();
            double low = shape.minimum(slope, lu[0], lu[1]);
            double high = shape.maximum(slope, lu[0], lu[1]);
            DoubleUnaryOperator phi = x -> TestNet.value(f, x);
            assertThat(excess(x -> slope * x + low, phi, lu[0], lu[1]))
                    .as("%s", f)
                    .isLessThan(ROUNDING);
            assertThat(excess(x -> -slope * x - high, x -> -phi.applyAsDouble(x), lu[0], lu[1]))
                    .as("%s", f)
                    .isLessThan(ROUNDING);
        }
    }

    /** Over short intervals lines through both ends leave a gap of order width squared. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void linesAreTight(Kind kind) {
        Random random = new Random(200 + kind.ordinal());
        for (int t = 0; t < 500; t++) {
            ActivationFunction f = function(kind, random);
            ActivationShape shape = ActivationShape.of(f);
            double l = 2 * random.nextGaussian();
            double width = 1e-3;
            double u = l + width;
            Lines lines = new Lines(1);
            Line line = new Line(shape, false);
            lines.set(0, line.lowerSlope(l, u), line.upperSlope(l, u));
            lines.fit(shape, 0, l, u);
            double gap = lines.upperAt(0, (l + u) / 2) - lines.lowerAt(0, (l + u) / 2);
            boolean kink = l < 0 && u > 0 || Math.abs(Math.abs(l) - 1) < 2e-3 || Math.abs(Math.abs(l) - 2.5) < 2e-3;
            double curvature = kink ? Double.POSITIVE_INFINITY : 3;
            assertThat(gap)
                    .as("%s on [%s, %s]", f, l, u)
                    .isBetween(0.0, Math.min(2.5 * width, curvature * width * width + 1e-12));
        }
    }

    @Test
    void rectifierHasTheKnownLines() {
        ActivationShape relu = ActivationShape.of(ActivationFunction.of(Kind.RELU));
        Line adaptive = new Line(relu, false);
        Line parallel = new Line(relu, true);
        assertThat(adaptive.upperSlope(-1, 3)).isEqualTo(0.75);
        assertThat(adaptive.lowerSlope(-1, 3)).isEqualTo(1);
        assertThat(adaptive.lowerSlope(-3, 1)).isEqualTo(0);
        assertThat(parallel.lowerSlope(-3, 1)).isEqualTo(0.25);
        Lines lines = new Lines(1);
        lines.set(0, 1, 0.75);
        lines.fit(relu, 0, -1, 3);
        assertThat(lines.upperAt(0, 0)).isCloseTo(0.75, within(1e-12));
        assertThat(lines.lowerAt(0, 0)).isCloseTo(0, within(1e-12));
        lines.set(0, 1, 1);
        lines.fit(relu, 0, 0.5, 3);
        assertThat(lines.upperAt(0, 2)).as("exact where straight").isEqualTo(2);
    }

    /** The tangent from the left end touches tanh where the chord is steepest, an equation solved here by itself. */
    @Test
    void tanhAboveIsTheTangentThroughTheLeftEnd() {
        double l = -1.3;
        double d = 0.5;
        for (int i = 0; i < 200; i++) {
            double f = (1 - Math.pow(Math.tanh(d), 2)) * (d - l) - (Math.tanh(d) - Math.tanh(l));
            double df = -2 * Math.tanh(d) * (1 - Math.pow(Math.tanh(d), 2)) * (d - l);
            d -= f / df;
        }
        double slope = 1 - Math.pow(Math.tanh(d), 2);
        Line line = new Line(ActivationShape.of(ActivationFunction.of(Kind.TANH)), false);
        assertThat(line.upperSlope(l, 2)).isCloseTo(slope, within(1e-3));
    }

    /** The check itself finds an intercept that is off by a percent of the gap, and a slope that is off. */
    @Test
    void plantedFaultsAreFound() {
        ActivationFunction tanh = ActivationFunction.of(Kind.TANH);
        ActivationShape shape = ActivationShape.of(tanh);
        DoubleUnaryOperator phi = x -> TestNet.value(tanh, x);
        Lines lines = new Lines(1);
        Line line = new Line(shape, false);
        lines.set(0, line.lowerSlope(-1, 2), line.upperSlope(-1, 2));
        lines.fit(shape, 0, -1, 2);
        double gap = lines.upperAt(0, 0.5) - lines.lowerAt(0, 0.5);
        assertThat(excess(x -> lines.lowerAt(0, x) + 0.01 * gap, phi, -1, 2)).isGreaterThan(ROUNDING);
        assertThat(excess(x -> lines.lowerAt(0, x) * 1.01, phi, -1, 2)).isGreaterThan(ROUNDING);
        double slope = line.upperSlope(-1, 2);
        assertThat(excess(x -> -(slope * 0.99 * x + lines.upperAt(0, 0)), x -> -phi.applyAsDouble(x), -1, 2))
                .isGreaterThan(ROUNDING);
    }
}
