package org.jacreg.vjp;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.nd4j.autodiff.samediff.SDVariable;

/** Softmax, its logarithm, standardization and layer norm along any axes of samples of any shape. */
class NormalizationProperties {

    @Property(tries = 20, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void softmax(@ForAll @IntRange(max = 1_000_000) int seed, @ForAll @IntRange(min = 1, max = 4) int samples) {
        RandomShapes shapes = new RandomShapes(seed);
        long[] shape = shapes.sample(1, 4);
        int axis = shapes.number(1, shape.length);
        int given = shapes.flag() ? axis : axis - shape.length - 1;
        check("softmax", "along " + given, (sd, x) -> sd.nn().softmax(x, given), samples, seed, shape);
        check("log_softmax", "of the last axis", (sd, x) -> sd.nn().logSoftmax(x), samples, seed, shape);
    }

    @Property(tries = 20, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void norms(@ForAll @IntRange(max = 1_000_000) int seed, @ForAll @IntRange(min = 1, max = 4) int samples) {
        RandomShapes shapes = new RandomShapes(seed);
        long[] shape = shapes.sample(1, 3);
        int[] axes = shapes.axes(shape.length);
        // What is normalized has more than two values: of one it is 0, of two it is a step function.
        shape[axes[0] - 1] = 3;
        String where = "along " + Arrays.toString(axes);
        check("standardize", where, (sd, x) -> sd.math().standardize(x, axes), samples, seed, shape);
        boolean first = shapes.flag();
        boolean withBias = shapes.flag();
        long channels = shape[first ? 0 : shape.length - 1];
        OpSpec.Op norm = (sd, x) -> {
            SDVariable gain = OpSpecs.weight(sd, "gain", channels);
            return withBias
                    ? sd.nn().layerNorm(x, gain, OpSpecs.weight(sd, "bias", channels), first, axes)
                    : sd.nn().layerNorm(x, gain, first, axes);
        };
        check("layer_norm", where, norm, samples, seed, shape);
    }

    /** The input is added, so that there is a derivative where an axis of size 1 makes the op constant. */
    private static void check(String opName, String where, OpSpec.Op op, int samples, int seed, long... shape) {
        OpSpec spec = OpSpec.of(
                opName + " " + where,
                opName,
                (sd, x) -> sd.math().tanh(op.apply(sd, x).add(x)),
                shape);
        new RuleCheck(spec, samples, seed).firstOrder().weights().secondOrderByRules();
    }
}
