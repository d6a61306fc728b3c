package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Folds along any axes, kept or not, counted from either end, of samples of any shape. */
class ReductionProperties {

    private interface Folding {
        SDVariable of(SameDiff sd, SDVariable x, boolean keepDims, int... axes);
    }

    private static final Map<String, Folding> FOLDS = new TreeMap<>(Map.ofEntries(
            Map.entry("reduce_sum", (sd, x, keep, axes) -> sd.sum(x, keep, axes)),
            Map.entry("reduce_mean", (sd, x, keep, axes) -> sd.mean(x, keep, axes)),
            Map.entry("reduce_max", (sd, x, keep, axes) -> sd.max(x, keep, axes)),
            Map.entry("reduce_min", (sd, x, keep, axes) -> sd.min(x, keep, axes)),
            Map.entry("reduce_prod", (sd, x, keep, axes) -> sd.prod(x, keep, axes)),
            Map.entry("amax", (sd, x, keep, axes) -> sd.math().reduceAMax(x, keep, axes)),
            Map.entry("amin", (sd, x, keep, axes) -> sd.math().reduceAmin(x, keep, axes)),
            Map.entry("amean", (sd, x, keep, axes) -> sd.math().reduceAmean(x, keep, axes)),
            Map.entry("asum", (sd, x, keep, axes) -> sd.math().asum(x, keep, axes)),
            Map.entry("reduce_norm1", (sd, x, keep, axes) -> sd.norm1(x, keep, axes)),
            Map.entry("reduce_norm2", (sd, x, keep, axes) -> sd.norm2(x, keep, axes)),
            Map.entry("reduce_normmax", (sd, x, keep, axes) -> sd.normmax(x, keep, axes)),
            Map.entry("reduce_sqnorm", (sd, x, keep, axes) -> sd.squaredNorm(x, keep, axes)),
            Map.entry("reduce_logsumexp", (sd, x, keep, axes) -> sd.math().logSumExp(x, axes)),
            Map.entry("var", (sd, x, keep, axes) -> sd.variance(x, true, keep, axes)),
            Map.entry("std", (sd, x, keep, axes) -> sd.standardDeviation(x, true, keep, axes)),
            Map.entry("entropy", (sd, x, keep, axes) -> sd.math().entropy(share(sd, x), keep, axes)),
            Map.entry("shannonentropy", (sd, x, keep, axes) -> sd.math().shannonEntropy(share(sd, x), keep, axes)),
            Map.entry("logentropy", (sd, x, keep, axes) -> sd.math().logEntropy(share(sd, x), axes)),
            Map.entry("moments", (sd, x, keep, axes) -> moments(sd, x, keep, axes)),
            Map.entry("dot", (sd, x, keep, axes) -> sd.dot(x, other(sd, x), axes)),
            Map.entry(
                    "euclidean",
                    (sd, x, keep, axes) -> sd.math().euclideanDistance(x, other(sd, x), keep, false, axes)),
            Map.entry(
                    "manhattan",
                    (sd, x, keep, axes) -> sd.math().manhattanDistance(x, other(sd, x), keep, false, axes)),
            Map.entry(
                    "cosinesimilarity",
                    (sd, x, keep, axes) -> sd.math().cosineSimilarity(x, other(sd, x), keep, false, axes)),
            Map.entry(
                    "cosinedistance",
                    (sd, x, keep, axes) -> sd.math().cosineDistance(x, other(sd, x), keep, false, axes)),
            Map.entry("jaccarddistance", (sd, x, keep, axes) -> jaccard(sd, x, keep, axes))));

    private static final Set<String> DISTANCES =
            Set.of("dot", "euclidean", "manhattan", "cosinesimilarity", "cosinedistance", "jaccarddistance");

    /** Those whose own gradients ND4J has wrong, or not at all: docs/nd4j-bugs.md. */
    private static final Set<String> NOT_TRAINABLE = Set.of("logentropy", "reduce_logsumexp");

    @Example
    void everyReductionIsHere() {
        VjpRules rules = VjpRules.standard();
        Set<String> names = rules.opNames().stream()
                .filter(name -> rules.kind(name).orElseThrow() == OpKind.REDUCTION)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(FOLDS.keySet()).isEqualTo(names);
    }

    // A fixed seed: extremes and absolute values have kinks.
    @Property(tries = 4, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void derivatives(@ForAll @IntRange(max = 1_000_000) int seed, @ForAll @IntRange(min = 1, max = 4) int samples) {
        RandomShapes shapes = new RandomShapes(seed);
        FOLDS.forEach((name, folding) -> {
            RuleCheck check = new RuleCheck(spec(name, folding, shapes), samples, seed);
            check.firstOrder().secondOrderByRules();
            if (!NOT_TRAINABLE.contains(name)) {
                check.secondOrderBySameDiff();
            }
        });
    }

    private static OpSpec spec(String name, Folding folding, RandomShapes shapes) {
        long[] shape = shapes.sample(1, 3);
        int[] axes = shapes.axes(shape.length);
        boolean keepDims = shapes.flag();
        if (Arrays.stream(axes).allMatch(axis -> shape[axis - 1] == 1)) {
            // ND4J's own forward op fails or is not a number: an axis of at least 2 is folded.
            shape[axes[0] - 1] = 2;
        }
        // Counted from the end, ND4J computes wrong values of kept axes, and its gradients of distances are not
        // numbers.
        boolean fromEnd = !keepDims && !DISTANCES.contains(name) && shapes.flag();
        int[] given = fromEnd
                ? Arrays.stream(axes).map(axis -> axis - shape.length - 1).toArray()
                : axes;
        String label = name + " along " + Arrays.toString(given) + (keepDims ? ", kept" : "");
        return OpSpec.of(label, name, (sd, x) -> sd.math().square(folding.of(sd, x, keepDims, given)), shape);
    }

    /** Entropies are of numbers between 0 and 1/2. */
    private static SDVariable share(SameDiff sd, SDVariable x) {
        return sd.nn().sigmoid(x).mul(0.4).add(0.05);
    }

    private static SDVariable moments(SameDiff sd, SDVariable x, boolean keepDims, int... axes) {
        SDVariable[] both = sd.math().moments(x, axes, keepDims);
        return sd.math().square(both[0]).add(both[1]);
    }

    private static SDVariable other(SameDiff sd, SDVariable x) {
        return sd.math().sin(x.mul(2).add(1));
    }

    private static SDVariable jaccard(SameDiff sd, SDVariable x, boolean keepDims, int... axes) {
        return sd.math().jaccardDistance(sd.math().exp(x), sd.math().exp(other(sd, x)), keepDims, false, axes);
    }
}
