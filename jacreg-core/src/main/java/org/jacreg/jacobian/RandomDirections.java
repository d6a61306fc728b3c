package org.jacreg.jacobian;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Emits random directions {@code [V, N, size]} with {@code E[v v^T] = I}, drawn afresh every time the graph runs, from ND4J's
 * global generator. No gradient flows through them.
 *
 * <p>ND4J 1.0.0-M2.1 has two families of random ops. Those that take their shape from a variable draw from a generator of their
 * own, which no seed reaches and which yields the same numbers at every run of a session. Those that draw from the global
 * generator have a fixed shape, or, in the case of dropout, the shape of their input, but then yield only bits. Hence normal
 * numbers come from a pool of fixed size, of which a batch takes what it needs; where a pool row serves several samples of a
 * small pool, each gets it with random signs of its own, which leaves it exactly normal and uncorrelated with the others.
 */
final class RandomDirections {

    /** The samples that get numbers of their own, where the pool is not too large. */
    static final int POOL_SAMPLES = 1024;

    /** About how many numbers per direction a pool holds. */
    private static final int POOL_NUMBERS = 1 << 16;

    private final SDVariable batch;
    private final SameDiff sd;
    private final int size;

    /**
     * Directions for the samples of a batch.
     *
     * @param batch {@code [N, ...]}, {@code size} numbers per sample, in the type that is wanted; only its shape counts
     * @param size numbers per direction
     */
    RandomDirections(SDVariable batch, int size) {
        this.batch = batch;
        this.sd = batch.getSameDiff();
        this.size = size;
    }

    /** Emits {@code count} directions per sample, {@code [count, N, size]}. */
    SDVariable emit(int count, Directions directions) {
        if (directions == Directions.GAUSSIAN) {
            return normals(count);
        }
        if (directions == Directions.RADEMACHER || size == 1) {
            return signs(count).castTo(batch.dataType());
        }
        return directions == Directions.ORTHOGONAL ? orthogonal(count) : sphere(count);
    }

    private SDVariable sphere(int count) {
        SDVariable normal = sd.reshape(normals(count), -1, size);
        SDVariable unit = normal.div(sd.norm2(normal, true, 1));
        return sd.reshape(unit.mul(Math.sqrt(size)), count, -1, size);
    }

    private SDVariable orthogonal(int count) {
        List<SDVariable> groups = new ArrayList<>();
        for (int done = 0; done < count; done += size) {
            groups.add(frame(Math.min(size, count - done)));
        }
        return groups.size() == 1 ? groups.get(0) : sd.concat(0, groups.toArray(new SDVariable[0]));
    }

    /**
     * Up to {@code size} orthogonal directions: Q of a QR decomposition of normal columns, every column turned to where the
     * column of normals was, which makes Q Haar distributed whatever signs the decomposition chooses.
     */
    private SDVariable frame(int count) {
        SDVariable normal = sd.permute(normals(count), 1, 2, 0);
        SDVariable q = sd.linalg().qr(normal, false)[0];
        SDVariable turned = q.mul(sd.math().sign(sd.sum(q.mul(normal), true, 1)));
        return sd.permute(turned, 2, 0, 1).mul(Math.sqrt(size));
    }

    private SDVariable normals(int count) {
        int rows = Math.max(1, Math.min(POOL_SAMPLES, POOL_NUMBERS / size));
        SDVariable pool = sd.random().normal(0, 1, batch.dataType(), count, rows, size);
        SDVariable samples = sd.range(
                sd.constant(Nd4j.scalar(0L)), sd.sizeAt(batch, 0), sd.constant(Nd4j.scalar(1L)), DataType.INT64);
        SDVariable drawn = sd.math().floorMod(samples, sd.constant(Nd4j.scalar((long) rows)));
        SDVariable normal = sd.gather(pool, drawn, 1);
        return rows == POOL_SAMPLES ? normal : normal.mul(signs(count).castTo(batch.dataType()));
    }

    /** Plus and minus 1, {@code [count, N, size]}. Dropout of ND4J keeps or drops; it does not scale what it keeps. */
    private SDVariable signs(int count) {
        // The way through an integer type keeps SameDiff from differentiating a batch of zeros by what they are like.
        SDVariable zeros = sd.zerosLike(sd.reshape(batch, -1, size).castTo(DataType.INT32));
        SDVariable ones = zeros.castTo(DataType.FLOAT).add(sd.constant(Nd4j.ones(DataType.FLOAT, count, 1, size)));
        return sd.nn().dropout(ones, 0.5).mul(2).sub(1);
    }
}
