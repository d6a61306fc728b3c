package org.jacreg.vjp;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.PartitionMode;
import org.nd4j.linalg.api.ops.impl.scatter.ScatterNdAdd;
import org.nd4j.linalg.api.ops.impl.shape.tensorops.EmbeddingLookup;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Rows of the table: picking and adding by index. Ops that work along the first axis get the features there.
 *
 * <p>ND4J's gradient of gather fails for axes other than 0 and is wrong for an index that occurs twice.
 */
final class IndexSpecs {

    private IndexSpecs() {}

    static List<OpSpec> rows() {
        return List.of(
                OpSpec.firstOrder("gather", "gather", (sd, x) -> gather(sd, x, 1, 2, 0, 2), 4),
                OpSpec.firstOrder("gather, last axis", "gather", (sd, x) -> gather(sd, x, -1, 2, 0, 2), 3, 4),
                OpSpec.firstOrder("gather, a middle axis", "gather", (sd, x) -> gather(sd, x, 1, 3, 3), 4, 2),
                OpSpec.firstOrder("gather one", "gather", IndexSpecs::gatherOne, 4, 2),
                OpSpec.firstOrder("gather in a matrix", "gather", IndexSpecs::gatherMatrix, 4, 2),
                OpSpec.firstOrder("gather from a table", "gather", IndexSpecs::table, 4),
                OpSpec.firstOrder("embedding", "embedding_lookup", IndexSpecs::embedding, 3),
                OpSpec.firstOrder("gather nd", "gather_nd", IndexSpecs::gatherNd, 3),
                along("scatter add", "scatter_add", IndexSpecs::scatterAdd),
                OpSpec.firstOrder("scatter nd add", "scatter_nd_add", IndexSpecs::scatterNd, 3),
                along("scatter sub", "scatter_sub", IndexSpecs::scatterSub),
                along("segment sum", "segment_sum", (sd, x) -> sd.segmentSum(x, ShapeSpecs.ints(sd, 0, 0, 1, 2))),
                along("unsorted segment sum", "unsorted_segment_sum", IndexSpecs::unsortedSum),
                along("unsorted segment mean", "unsorted_segment_mean", IndexSpecs::unsortedMean),
                along("dynamic partition", "dynamic_partition", IndexSpecs::partition),
                along("dynamic stitch", "dynamic_stitch", IndexSpecs::stitch));
    }

    private static OpSpec along(String label, String opName, OpSpec.Op op) {
        return OpSpec.of(
                label, opName, (sd, x) -> sd.permute(sd.math().tanh(op.apply(sd, sd.permute(x, 1, 0))), 1, 0), 4);
    }

    private static SDVariable gather(SameDiff sd, SDVariable x, int axis, int... indices) {
        return sd.math().tanh(sd.gather(x, ShapeSpecs.ints(sd, indices), axis));
    }

    private static SDVariable gatherOne(SameDiff sd, SDVariable x) {
        return sd.math().tanh(sd.gather(x, sd.constant(2), 1));
    }

    private static SDVariable gatherMatrix(SameDiff sd, SDVariable x) {
        SDVariable indices = sd.constant(Nd4j.createFromArray(new int[][] {{2, 0}, {1, 2}, {3, 1}}));
        return sd.math().tanh(sd.gather(x, indices, 1));
    }

    private static SDVariable table(SameDiff sd, SDVariable x) {
        SDVariable turned = sd.permute(x, 1, 0);
        return sd.permute(sd.math().tanh(sd.gather(turned, ShapeSpecs.ints(sd, 3, 0, 3), 0)), 1, 0);
    }

    private static SDVariable embedding(SameDiff sd, SDVariable x) {
        SDVariable turned = sd.permute(x, 1, 0);
        SDVariable rows =
                new EmbeddingLookup(sd, turned, ShapeSpecs.ints(sd, 2, 0, 2), PartitionMode.MOD).outputVariable();
        return sd.permute(sd.math().tanh(rows), 1, 0);
    }

    private static SDVariable gatherNd(SameDiff sd, SDVariable x) {
        SDVariable indices = sd.constant(Nd4j.createFromArray(new int[][] {{2}, {0}, {2}}));
        return sd.permute(sd.math().tanh(sd.gatherNd(sd.permute(x, 1, 0), indices)), 1, 0);
    }

    private static SDVariable scatterAdd(SameDiff sd, SDVariable x) {
        return sd.scatterAdd(
                sd.math().sin(x), ShapeSpecs.ints(sd, 3, 0, 3, 1), sd.math().square(x));
    }

    private static SDVariable scatterNd(SameDiff sd, SDVariable x) {
        SDVariable indices = sd.constant(Nd4j.createFromArray(new int[][] {{2}, {0}, {2}}));
        SDVariable turned = sd.permute(x, 1, 0);
        SDVariable sum =
                new ScatterNdAdd(sd, sd.math().sin(turned), indices, sd.math().square(turned)).outputVariable();
        return sd.permute(sd.math().tanh(sum), 1, 0);
    }

    private static SDVariable scatterSub(SameDiff sd, SDVariable x) {
        return sd.scatterSub(
                sd.math().sin(x), ShapeSpecs.ints(sd, 3, 0, 3, 1), sd.math().square(x));
    }

    private static SDVariable unsortedSum(SameDiff sd, SDVariable x) {
        return sd.unsortedSegmentSum(x, ShapeSpecs.ints(sd, 1, 0, 1, 2), 3);
    }

    private static SDVariable unsortedMean(SameDiff sd, SDVariable x) {
        return sd.unsortedSegmentMean(x, ShapeSpecs.ints(sd, 1, 0, 1, 1), 2);
    }

    private static SDVariable partition(SameDiff sd, SDVariable x) {
        SDVariable[] parts = sd.dynamicPartition(x, ShapeSpecs.ints(sd, 1, 0, 1, 0), 2);
        return sd.math().sin(parts[0]).mul(parts[1]);
    }

    private static SDVariable stitch(SameDiff sd, SDVariable x) {
        // In rising order: ND4J's own gradient sorts them.
        SDVariable[] indices = {ShapeSpecs.ints(sd, 0, 2, 5, 6), ShapeSpecs.ints(sd, 1, 3, 4, 7)};
        return sd.dynamicStitch(indices, new SDVariable[] {x, sd.math().sin(x)});
    }
}
