package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.custom.DivideNoNan;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.RDivOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.RSubOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.RealDivOp;
import org.nd4j.linalg.factory.Nd4j;

/** Functions of two tensors whose shapes broadcast: either operand a weight or a function of the samples, either one thinner. */
class BroadcastProperties {

    private interface Pair {
        SDVariable of(SameDiff sd, SDVariable a, SDVariable b);
    }

    /** What the operand that is not the input is. */
    enum Other {
        /** A weight of at most the rank of a sample. */
        WEIGHT,
        /** A weight with a leading axis of size 1 where samples are counted. */
        ROW,
        /** A function of the samples. */
        BATCH
    }

    private static final Map<String, Pair> PAIRS = new TreeMap<>(Map.ofEntries(
            Map.entry("add", (sd, a, b) -> a.add(b)),
            Map.entry("subtract", (sd, a, b) -> a.sub(b)),
            Map.entry("reversesubtract", (sd, a, b) -> new RSubOp(sd, a, b).outputVariable()),
            Map.entry("multiply", (sd, a, b) -> a.mul(b)),
            Map.entry("divide", (sd, a, b) -> a.div(b)),
            Map.entry("reversedivide", (sd, a, b) -> new RDivOp(sd, a, b).outputVariable()),
            Map.entry("realdiv", (sd, a, b) -> new RealDivOp(sd, new SDVariable[] {a, b}, false).outputVariable()),
            Map.entry("divide_no_nan", (sd, a, b) -> new DivideNoNan(sd, a, b).outputVariable()),
            Map.entry("squaredsubtract", (sd, a, b) -> a.squaredDifference(b)),
            Map.entry("Pow", (sd, a, b) -> sd.math().pow(a, b)),
            Map.entry("floormod", (sd, a, b) -> sd.math().floorMod(a, b)),
            Map.entry("mod", (sd, a, b) -> sd.math().mod(a, b)),
            Map.entry("tf_atan2", (sd, a, b) -> sd.math().atan2(a, b)),
            Map.entry("maximum", (sd, a, b) -> sd.math().max(a, b)),
            Map.entry("minimum", (sd, a, b) -> sd.math().min(a, b))));

    /** Those that SameDiff cannot train through, or not where they broadcast: docs/nd4j-bugs.md. */
    private static final Set<String> NOT_TRAINABLE = Set.of(
            "maximum",
            "minimum",
            "floormod",
            "mod",
            "divide_no_nan",
            "realdiv",
            "reversedivide",
            "squaredsubtract",
            "tf_atan2");

    @Example
    void everyBroadcastingOpIsHere() {
        VjpRules rules = VjpRules.standard();
        Set<String> names = rules.opNames().stream()
                .filter(name ->
                        java.util.Objects.requireNonNull(rules.find(name)).broadcasting())
                .collect(Collectors.toCollection(TreeSet::new));
        // Its slopes have no batch axis and are shared along axes by its own arguments: rows of the table.
        names.remove("prelu");
        assertThat(PAIRS.keySet()).isEqualTo(names);
    }

    // A fixed seed: maxima and remainders have kinks.
    @Property(tries = 5, seed = "20220602", shrinking = ShrinkingMode.OFF)
    void derivatives(@ForAll @IntRange(max = 1_000_000) int seed, @ForAll @IntRange(min = 1, max = 4) int samples) {
        RandomShapes shapes = new RandomShapes(seed);
        PAIRS.forEach((name, pair) -> {
            RuleCheck check = new RuleCheck(spec(name, pair, shapes), samples, seed);
            check.firstOrder().weights().secondOrderByRules();
            if (!NOT_TRAINABLE.contains(name) && !(name.equals("divide") && divisorsMayBeSingle(check.spec()))) {
                check.secondOrderBySameDiff();
            }
        });
    }

    /** ND4J's own gradient by a divisor of one entry is wrong; in a batch of one that is any divisor without features. */
    private static boolean divisorsMayBeSingle(OpSpec spec) {
        return spec.label().endsWith("[1]")
                || spec.label().endsWith("1, 1]")
                || Arrays.stream(spec.inputShape()).allMatch(size -> size == 1);
    }

    private static OpSpec spec(String name, Pair pair, RandomShapes shapes) {
        long[] wide = shapes.sample(1, 3);
        long[] left = shapes.thinned(wide);
        long[] right = shapes.thinned(wide);
        Other other = Other.values()[shapes.number(0, 2)];
        int dropped = other == Other.WEIGHT ? shapes.number(0, wide.length - 1) : 0;
        boolean swapped = shapes.flag();
        long[] shape = Arrays.copyOfRange(right, dropped, right.length);
        OpSpec.Op op = (sd, x) -> {
            SDVariable second = second(sd, x, other, wide, shape);
            return sd.math().square(swapped ? pair.of(sd, second, x) : pair.of(sd, x, second));
        };
        String label = name + " of " + Arrays.toString(left) + (swapped ? " behind " : " and ") + other
                + Arrays.toString(shape);
        return OpSpec.positive(label, name, op, left);
    }

    /** All values are positive: powers and quotients have no poles then. */
    private static SDVariable second(SameDiff sd, SDVariable x, Other other, long[] wide, long[] shape) {
        if (other == Other.BATCH) {
            return batch(sd, x, wide, shape);
        }
        long[] full = other == Other.ROW ? prepend(1, shape) : shape;
        return sd.var("b", OpSpec.random(new Random(5), 0.6, 1.9, full));
    }

    private static SDVariable batch(SameDiff sd, SDVariable x, long[] wide, long[] shape) {
        SDVariable spread = sd.constant(Nd4j.ones(DataType.DOUBLE, prepend(1, wide)));
        SDVariable big = sd.math().sin(x.mul(2)).add(1.4).mul(spread);
        int[] folded = IntStream.range(0, shape.length)
                .filter(i -> shape[i] < wide[i])
                .map(i -> i + 1)
                .toArray();
        return folded.length == 0 ? big : sd.mean(big, true, folded);
    }

    private static long[] prepend(long first, long[] rest) {
        long[] result = new long[rest.length + 1];
        result[0] = first;
        System.arraycopy(rest, 0, result, 1, rest.length);
        return result;
    }
}
