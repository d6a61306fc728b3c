package org.jacreg.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.jacreg.runtime.Fold.Extents;
import org.junit.jupiter.api.Test;

/** Sums over random axes against sums in float64, one entry after the other. */
class FoldProperties {

    /** At most 32 additions in float32, the rest in float64, and one rounding: 2 u^-24 of the sum of the magnitudes, with room. */
    private static final double TOLERANCE = 1e-6;

    @Property(tries = 300, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void randomAxes(
            @ForAll @IntRange(max = 1_000_000) int seed,
            @ForAll Fold.Kind kind,
            @ForAll @IntRange(min = 1, max = 3) int threads) {
        Random random = new Random(seed);
        long[] shape = new long[random.nextInt(6)];
        boolean[] summed = new boolean[shape.length];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = 1 + random.nextInt(random.nextInt(6) == 0 ? 70 : 4);
            summed[i] = random.nextBoolean();
        }
        Extents extents = FoldLowering.extents(shape, summed);
        if (extents != null) {
            check(kind, shape, summed, extents, threads, random);
        } else {
            assertThat(groups(shape, summed)).isGreaterThan(4);
        }
    }

    /** Runs of axes of one fate, ones left out, a kept first one counted twice since no summed one is before it. */
    private static int groups(long[] shape, boolean[] summed) {
        int groups = 0;
        Boolean before = null;
        for (int i = 0; i < shape.length; i++) {
            if (shape[i] != 1 && (before == null || before != summed[i])) {
                groups += before == null && !summed[i] ? 2 : 1;
                before = summed[i];
            }
        }
        return groups;
    }

    /** All sixteen patterns of sizes 1 and more, and some that do not fit a block of lanes. */
    @Test
    void allPatterns() {
        Random random = new Random(3);
        boolean[] summed = {true, false, true, false};
        for (int pattern = 0; pattern < 81; pattern++) {
            long[] shape = new long[4];
            int rest = pattern;
            for (int i = 0; i < 4; i++) {
                shape[i] = new long[] {1, 3, 37}[rest % 3];
                rest /= 3;
            }
            for (Fold.Kind kind : Fold.Kind.values()) {
                check(kind, shape, summed, new Extents(shape[0], shape[1], shape[2], shape[3]), 2, random);
            }
        }
        for (int axis = 0; axis < 4; axis++) {
            long[] shape = {2, 3, 2, 3};
            shape[axis] = 5001;
            check(Fold.Kind.SUM, shape, summed, new Extents(shape[0], shape[1], shape[2], shape[3]), 3, random);
        }
    }

    private static void check(
            Fold.Kind kind, long[] shape, boolean[] summed, Extents extents, int threads, Random random) {
        Value input = SingleStep.placeholder("x", shape);
        float[] x = new float[(int) input.length()];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        int length = 1;
        for (int i = 0; i < shape.length; i++) {
            length *= summed[i] ? 1 : (int) shape[i];
        }
        double[] expected = new double[length];
        double[] scale = new double[length];
        for (int i = 0; i < x.length; i++) {
            int at = 0;
            int stride = 1;
            int rest = i;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                int index = (int) (rest % shape[axis]);
                rest /= (int) shape[axis];
                at += summed[axis] ? 0 : index * stride;
                stride *= summed[axis] ? 1 : (int) shape[axis];
            }
            double term =
                    kind == Fold.Kind.SUM ? x[i] : kind == Fold.Kind.SQUARES ? (double) x[i] * x[i] : Math.abs(x[i]);
            expected[at] += term;
            scale[at] += Math.abs(term);
        }
        Fold fold = new Fold(kind, input, extents, SingleStep.result(length));
        float[] actual = SingleStep.run(fold, Map.of(input, x), threads);
        for (int i = 0; i < length; i++) {
            assertThat((double) actual[i])
                    .as(kind + " " + extents + " at " + i)
                    .isCloseTo(expected[i], within(TOLERANCE * scale[i] + 1e-30));
        }
    }

    /** A naive float32 sum of ten million tenths is off by some percent; this one by one rounding and the error of 32 additions. */
    @Test
    void longSums() {
        int n = 10_000_000;
        float[] x = new float[n];
        java.util.Arrays.fill(x, 0.1f);
        Value input = SingleStep.placeholder("x", n);
        Fold fold = new Fold(Fold.Kind.SUM, input, new Extents(n, 1, 1, 1), SingleStep.result());
        float sum = SingleStep.run(fold, Map.of(input, x), 2)[0];
        assertThat((double) sum).isCloseTo((double) 0.1f * n, within(2e-6 * 0.1 * n));
    }

    /** The order of additions is fixed: the same bits at every run. */
    @Test
    void repeats() {
        Random random = new Random(8);
        Value input = SingleStep.placeholder("x", 100, 300);
        float[] x = new float[30_000];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        Fold fold = new Fold(Fold.Kind.SQUARES, input, new Extents(100, 300, 1, 1), SingleStep.result(300));
        float[] first = SingleStep.run(fold, Map.of(input, x), 3);
        for (int run = 0; run < 5; run++) {
            assertThat(SingleStep.run(fold, Map.of(input, x), 3)).isEqualTo(first);
        }
    }
}
