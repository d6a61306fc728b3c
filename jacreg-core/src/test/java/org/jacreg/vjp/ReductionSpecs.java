package org.jacreg.vjp;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Rows of the table: folds of axes, distances, running sums and products. */
final class ReductionSpecs {

    /** A fold along some axes. */
    @FunctionalInterface
    private interface Folding {
        SDVariable apply(SameDiff sd, SDVariable x, boolean keepDims, int... axes);
    }

    private ReductionSpecs() {}

    static List<OpSpec> rows() {
        List<OpSpec> rows = new ArrayList<>();
        add(rows, "reduce_max", (sd, x, keep, axes) -> sd.max(x, keep, axes));
        add(rows, "reduce_min", (sd, x, keep, axes) -> sd.min(x, keep, axes));
        add(rows, "reduce_prod", (sd, x, keep, axes) -> sd.prod(x, keep, axes));
        add(rows, "amax", (sd, x, keep, axes) -> sd.math().reduceAMax(x, keep, axes));
        add(rows, "amin", (sd, x, keep, axes) -> sd.math().reduceAmin(x, keep, axes));
        add(rows, "amean", (sd, x, keep, axes) -> sd.math().reduceAmean(x, keep, axes));
        add(rows, "asum", (sd, x, keep, axes) -> sd.math().asum(x, keep, axes));
        add(rows, "reduce_norm1", (sd, x, keep, axes) -> sd.norm1(x, keep, axes));
        add(rows, "reduce_norm2", (sd, x, keep, axes) -> sd.norm2(x, keep, axes));
        add(rows, "reduce_normmax", (sd, x, keep, axes) -> sd.normmax(x, keep, axes));
        add(rows, "reduce_sqnorm", (sd, x, keep, axes) -> sd.squaredNorm(x, keep, axes));
        add(rows, "var", (sd, x, keep, axes) -> sd.variance(x, true, keep, axes));
        add(rows, "std", (sd, x, keep, axes) -> sd.standardDeviation(x, false, keep, axes));
        add(rows, "entropy", (sd, x, keep, axes) -> sd.math().entropy(positive(sd, x), keep, axes));
        add(rows, "shannonentropy", (sd, x, keep, axes) -> sd.math().shannonEntropy(positive(sd, x), keep, axes));
        rows.addAll(others());
        rows.addAll(distances());
        rows.addAll(running());
        return rows;
    }

    /** Entropies of numbers between 0 and 1/2: each share -x log x is positive. */
    private static SDVariable positive(SameDiff sd, SDVariable x) {
        return sd.nn().sigmoid(x).mul(0.4).add(0.05);
    }

    private static void add(List<OpSpec> rows, String opName, Folding folding) {
        rows.add(row(opName, opName, folding, false, 1));
        rows.add(row(opName + " of the last axis", opName, folding, false, -1));
        rows.add(row(opName + ", kept", opName, folding, true, 2));
        rows.add(row(opName + " of a sample", opName, folding, false, 1, 2));
    }

    private static OpSpec row(String label, String opName, Folding folding, boolean keepDims, int... axes) {
        return OpSpec.of(label, opName, (sd, x) -> sd.math().square(folding.apply(sd, x, keepDims, axes)), 3, 4);
    }

    private static List<OpSpec> others() {
        return List.of(
                OpSpec.of("deviation, corrected", "std", (sd, x) -> sd.standardDeviation(x, true, 1, 2), 3, 4),
                // ND4J has no gradient for it.
                OpSpec.firstOrder("normalized moments", "normalize_moments", ReductionSpecs::normalizedMoments, 4),
                // ND4J's own gradients of these two fail, or are wrong.
                OpSpec.firstOrder("log entropy", "logentropy", (sd, x) -> logEntropy(sd, x, 1), 3, 4),
                OpSpec.firstOrder("log entropy of a sample", "logentropy", (sd, x) -> logEntropy(sd, x, 1, 2), 3, 4),
                OpSpec.firstOrder(
                        "log sum exp", "reduce_logsumexp", (sd, x) -> sd.math().logSumExp(x, 1), 3, 4),
                OpSpec.firstOrder(
                        "log sum exp of a sample",
                        "reduce_logsumexp",
                        (sd, x) -> sd.math().logSumExp(x, 1, 2),
                        3,
                        4),
                OpSpec.of("moments", "moments", (sd, x) -> moments(sd, x, false, 1), 3, 4),
                OpSpec.of("moments, kept", "moments", (sd, x) -> moments(sd, x, true, 2), 3, 4),
                OpSpec.of("moments of a sample", "moments", (sd, x) -> moments(sd, x, false, 1, 2), 3, 4),
                OpSpec.of("sum, axes in a constant", "reduce_sum", ReductionSpecs::sumByConstant, 3, 4));
    }

    private static SDVariable normalizedMoments(SameDiff sd, SDVariable x) {
        SDVariable[] both = sd.math()
                .normalizeMoments(sd.constant(5.0), sd.math().sin(x), sd.math().exp(x), 0);
        // With a factor of 1 the mean would cancel: the variance holds minus its square.
        return sd.math().square(both[0]).mul(3).add(both[1]);
    }

    private static SDVariable moments(SameDiff sd, SDVariable x, boolean keepDims, int... axes) {
        SDVariable[] both = sd.math().moments(x, axes, keepDims);
        return sd.math().square(both[0]).add(both[1]);
    }

    private static SDVariable logEntropy(SameDiff sd, SDVariable x, int... axes) {
        return sd.math().square(sd.math().logEntropy(positive(sd, x), axes));
    }

    private static SDVariable sumByConstant(SameDiff sd, SDVariable x) {
        SDVariable axes = sd.constant(org.nd4j.linalg.factory.Nd4j.createFromArray(1));
        return sd.math().square(sd.math().sum(x, axes));
    }

    private static List<OpSpec> distances() {
        List<OpSpec> rows = new ArrayList<>();
        pair(rows, "dot", (sd, x, keep, axes) -> sd.dot(x, other(sd, x), axes));
        pair(rows, "euclidean", (sd, x, keep, axes) -> sd.math().euclideanDistance(x, other(sd, x), keep, false, axes));
        pair(rows, "manhattan", (sd, x, keep, axes) -> sd.math().manhattanDistance(x, other(sd, x), keep, false, axes));
        pair(
                rows,
                "cosinesimilarity",
                (sd, x, keep, axes) -> sd.math().cosineSimilarity(x, other(sd, x), keep, false, axes));
        pair(
                rows,
                "cosinedistance",
                (sd, x, keep, axes) -> sd.math().cosineDistance(x, other(sd, x), keep, false, axes));
        pair(
                rows,
                "jaccarddistance",
                (sd, x, keep, axes) ->
                        sd.math().jaccardDistance(sd.math().exp(x), sd.math().exp(other(sd, x)), keep, false, axes));
        return rows;
    }

    private static void pair(List<OpSpec> rows, String opName, Folding folding) {
        rows.add(row(opName, opName, folding, false, 1));
        rows.add(row(opName + ", kept", opName, folding, true, 2));
        rows.add(row(opName + " of a sample", opName, folding, false, 1, 2));
    }

    private static SDVariable other(SameDiff sd, SDVariable x) {
        return sd.math().sin(x.mul(2).add(1));
    }

    /** First order only: ND4J's own gradients of both are wrong, whatever the arguments. */
    private static List<OpSpec> running() {
        List<OpSpec> rows = new ArrayList<>();
        for (int flags = 0; flags < 4; flags++) {
            boolean exclusive = (flags & 1) != 0;
            boolean reverse = (flags & 2) != 0;
            String name = (exclusive ? ", exclusive" : "") + (reverse ? ", reverse" : "");
            rows.add(running("running sum" + name, "cumsum", (sd, x) -> sd.cumsum(x, exclusive, reverse, 1)));
            rows.add(running(
                    "running product" + name,
                    "cumprod",
                    (sd, x) -> sd.cumprod(sd.nn().sigmoid(x), exclusive, reverse, 1)));
        }
        rows.add(running("running sum of the last axis", "cumsum", (sd, x) -> sd.cumsum(x, false, false, -1)));
        return rows;
    }

    private static OpSpec running(String label, String opName, OpSpec.Op op) {
        return OpSpec.firstOrder(label, opName, (sd, x) -> sd.math().square(op.apply(sd, x)), 3, 4);
    }
}
