package org.jacreg.jacobian;

import java.util.Arrays;
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

    private static final int DRAWN_SAMPLES = 1024;

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
     * Random directions, uniform on the unit sphere, drawn afresh every time the graph runs.
     *
     * <p>A normalised standard normal vector from ND4J's global generator, {@code Nd4j.getRandom().setSeed(...)}. In batches
     * of more than {@value #DRAWN_SAMPLES} samples, sample {@code n} shares its directions with sample {@code n -
     * }{@value #DRAWN_SAMPLES}.
     *
     * @param logits {@code [N, *outputShape]}; its graph gains nodes
     * @param outputShape without the batch axis, {@code C} numbers; with one number the directions are plus and minus 1
     * @param count {@code V}, the number of directions per sample
     * @return {@code [V*N, *outputShape]}, samples of Euclidean norm 1, direction-major
     */
    public static SDVariable randomDirections(SDVariable logits, long[] outputShape, int count) {
        /*
         * ND4J 1.0.0-M2.1 has two families of random ops. Those that take their shape from a variable draw from a generator
         * of their own, which no seed reaches and which yields the same numbers at every run of a session. Those that draw
         * from the global generator have a fixed shape; hence a fixed number of draws, of which a batch takes what it needs.
         */
        SameDiff sd = logits.getSameDiff();
        int classes = count(outputShape);
        SDVariable pool = sd.random().normal(0, 1, logits.dataType(), count, DRAWN_SAMPLES, classes);
        SDVariable samples = sd.range(
                sd.constant(Nd4j.scalar(0L)), sd.sizeAt(logits, 0), sd.constant(Nd4j.scalar(1L)), DataType.INT64);
        SDVariable drawn = sd.math().floorMod(samples, sd.constant(Nd4j.scalar((long) DRAWN_SAMPLES)));
        SDVariable normal = sd.reshape(sd.gather(pool, drawn, 1), -1, classes);
        // A norm over an axis of length 1 is a sign; SameDiff of ND4J 1.0.0-M2.1 fails to compute it as a norm.
        SDVariable unit = classes == 1 ? sd.math().sign(normal) : normal.div(sd.norm2(normal, true, 1));
        return sd.reshape(unit, prepend(outputShape, -1));
    }

    /** Zeros of the logits' shape. The way through an integer type keeps SameDiff from differentiating it by the logits. */
    private static SDVariable zerosOfBatch(SDVariable logits) {
        SameDiff sd = logits.getSameDiff();
        return sd.zerosLike(logits.castTo(DataType.INT32)).castTo(logits.dataType());
    }
}
