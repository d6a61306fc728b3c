package org.jacreg.vjp;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Matrix products of any rank, size and transposition, of samples with weights and of samples with samples. */
class ProductProperties {

    /** Matrices for every sample: all eight combinations of transposed operands and result. */
    @Property(tries = 24, shrinking = ShrinkingMode.OFF)
    void ofSamples(
            @ForAll @IntRange(max = 1_000_000) int seed,
            @ForAll @IntRange(min = 1, max = 4) int samples,
            @ForAll boolean left,
            @ForAll boolean right,
            @ForAll boolean result) {
        RandomShapes shapes = new RandomShapes(seed);
        // ND4J's own gradient of a single number times a single number fails: docs/nd4j-bugs.md.
        int features = shapes.number(2, 3);
        int rows = shapes.number(1, 3);
        int inner = shapes.number(1, 3);
        int columns = shapes.number(1, 3);
        int heads = shapes.number(0, 2);
        OpSpec.Op op = (sd, x) -> {
            SDVariable a = matrices(sd, x, "A", features, heads, left ? inner : rows, left ? rows : inner);
            SDVariable b = matrices(sd, x, "B", features, heads, right ? columns : inner, right ? inner : columns);
            return sd.math().tanh(sd.mmul(a, b, left, right, result));
        };
        String label = rows + "x" + inner + "x" + columns + (left ? " A^T" : " A") + (right ? " B^T" : " B")
                + (result ? ", transposed" : "") + ", heads " + heads;
        check(label, op, samples, seed, features);
    }

    /** Matrices that depend on the samples: {@code [N, rows, columns]}, or with heads in between. */
    private static SDVariable matrices(
            SameDiff sd, SDVariable x, String name, int features, int heads, long rows, long columns) {
        long count = Math.max(heads, 1) * rows * columns;
        SDVariable flat = sd.math().sin(x.mmul(OpSpecs.weight(sd, name, features, count)));
        return heads == 0 ? sd.reshape(flat, -1, rows, columns) : sd.reshape(flat, -1, heads, rows, columns);
    }

    /** One matrix of weights for all samples, which stand in rows or in columns. */
    @Property(tries = 16, shrinking = ShrinkingMode.OFF)
    void withWeights(
            @ForAll @IntRange(max = 1_000_000) int seed,
            @ForAll @IntRange(min = 1, max = 4) int samples,
            @ForAll boolean weightsFirst,
            @ForAll boolean transposed) {
        RandomShapes shapes = new RandomShapes(seed);
        int features = shapes.number(1, 3);
        int units = shapes.number(1, 3);
        OpSpec.Op op = (sd, x) -> {
            long[] shape = transposed == weightsFirst ? new long[] {features, units} : new long[] {units, features};
            SDVariable w = OpSpecs.weight(sd, "w", shape);
            // (W x^T)^T with samples in columns, or x W.
            SDVariable product =
                    weightsFirst ? sd.mmul(w, x, transposed, true, true) : sd.mmul(x, w, false, transposed, false);
            return sd.math().tanh(product);
        };
        String label = (weightsFirst ? "weights first" : "samples first") + (transposed ? ", weights transposed" : "");
        RuleCheck check = new RuleCheck(OpSpec.of(label, "matmul", op, features), samples, seed);
        check.firstOrder().weights().secondOrderByRules();
        if (samples * units > 1) {
            // ND4J's own gradient of a product of one entry is wrong where an operand is transposed: docs/nd4j-bugs.md.
            check.secondOrderBySameDiff();
        }
    }

    /** A dense layer with its bias in one op. */
    @Property(tries = 6, shrinking = ShrinkingMode.OFF)
    void layers(@ForAll @IntRange(max = 1_000_000) int seed, @ForAll @IntRange(min = 1, max = 4) int samples) {
        RandomShapes shapes = new RandomShapes(seed);
        int features = shapes.number(1, 3);
        int units = shapes.number(1, 3);
        OpSpec.Op op = (sd, x) -> sd.math()
                .tanh(sd.nn().linear(x, OpSpecs.weight(sd, "w", features, units), OpSpecs.weight(sd, "b", units)));
        RuleCheck check = new RuleCheck(OpSpec.of("dense", "xw_plus_b", op, features), samples, seed);
        check.firstOrder().weights().secondOrderByRules();
        if (samples > 1) {
            // ND4J's own gradient of the bias fails in a batch of one: docs/nd4j-bugs.md.
            check.secondOrderBySameDiff();
        }
    }

    private static void check(String label, OpSpec.Op op, int samples, int seed, long... shape) {
        new RuleCheck(OpSpec.of(label, "matmul", op, shape), samples, seed)
                .firstOrder()
                .weights()
                .secondOrderByRules()
                .secondOrderBySameDiff();
    }
}
