package org.jacreg.jacobian;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Cotangents of logits {@code [N, *outputShape]}, {@code C} numbers per sample, from which a reverse walk starts, for a batch size that is known only when the graph
 * runs.
 */
public final class CotangentSeeds {

    private CotangentSeeds() {}

    /**
     * The {@code C} unit vectors for every sample, stacked: row {@code c*N + n} is {@code e_c}.
     *
     * @param logits {@code [N, *outputShape]}; its graph gains nodes
     * @param outputShape without the batch axis; not modified
     * @return {@code [C*N, *outputShape]}
     */
    public static SDVariable stackedUnitVectors(SDVariable logits, long... outputShape) {
        SameDiff sd = logits.getSameDiff();
        int classes = count(outputShape);
        INDArray eye = Nd4j.eye(classes).castTo(logits.dataType()).reshape('c', prepend(outputShape, classes, 1));
        SDVariable stacked = sd.constant(eye).add(zerosOfBatch(logits));
        return sd.reshape(stacked, prepend(outputShape, -1));
    }

    private static int count(long[] shape) {
        return (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    private static long[] prepend(long[] shape, long... first) {
        return LongStream.concat(Arrays.stream(first), Arrays.stream(shape)).toArray();
    }

    /**
     * One unit vector for every sample.
     *
     * @param logits {@code [N, *outputShape]}; its graph gains nodes
     * @param outputShape without the batch axis; not modified
     * @param index which unit vector
     * @return {@code [N, *outputShape]}, every sample {@code e_index}
     */
    public static SDVariable unitVector(SDVariable logits, long[] outputShape, int index) {
        INDArray row = Nd4j.zeros(logits.dataType(), 1, count(outputShape));
        row.putScalar(0, index, 1.0);
        return logits.getSameDiff()
                .constant(row.reshape('c', prepend(outputShape, 1)))
                .add(zerosOfBatch(logits));
    }

    /**
     * Random directions, drawn afresh every time the graph runs, scaled so that {@code E[v v^T] = I}.
     *
     * <p>They come from ND4J's global generator, {@code Nd4j.getRandom().setSeed(...)}. In batches of more than 1024 samples
     * (of more than {@code 65536 / C}, where {@code C} is greater than 64) sample {@code n} shares its normal numbers with an
     * earlier one; with more than 64 outputs it has signs of its own. No gradient flows through directions.
     *
     * @param logits {@code [N, *outputShape]}; its graph gains nodes
     * @param outputShape without the batch axis, {@code C} numbers; not modified
     * @param count {@code V}, the number of directions per sample, at least 1
     * @param directions their distribution; with one number per sample, all but the Gaussian are plus and minus 1
     * @return {@code [V*N, *outputShape]}, direction-major
     */
    public static SDVariable randomDirections(SDVariable logits, long[] outputShape, int count, Directions directions) {
        SDVariable drawn = new RandomDirections(logits, count(outputShape)).emit(count, directions);
        return logits.getSameDiff().reshape(drawn, prepend(outputShape, -1));
    }

    /**
     * The same directions as {@link #randomDirections}, one variable for each; those of {@link Directions#ORTHOGONAL} are
     * orthogonal across the variables.
     *
     * @param logits {@code [N, *outputShape]}; its graph gains nodes
     * @param outputShape without the batch axis; not modified
     * @param count {@code V}, the number of directions per sample, at least 1
     * @param directions their distribution
     * @return {@code V} variables {@code [N, *outputShape]}
     */
    static List<SDVariable> separateDirections(
            SDVariable logits, long[] outputShape, int count, Directions directions) {
        SameDiff sd = logits.getSameDiff();
        SDVariable drawn = new RandomDirections(logits, count(outputShape)).emit(count, directions);
        return IntStream.range(0, count)
                .mapToObj(v -> sd.reshape(sd.gather(drawn, new int[] {v}, 0), prepend(outputShape, -1)))
                .toList();
    }

    /** Zeros of the logits' shape. The way through an integer type keeps SameDiff from differentiating it by the logits. */
    private static SDVariable zerosOfBatch(SDVariable logits) {
        SameDiff sd = logits.getSameDiff();
        return sd.zerosLike(logits.castTo(DataType.INT32)).castTo(logits.dataType());
    }
}
